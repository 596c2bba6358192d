"use strict";
// Every state in both languages, on a narrow screen: it is told which language this is,
// no key and no hole is seen instead of words, no word of the other language, and
// nothing sticks out at the side, also not in a language that needs more room.
const assert = require("node:assert/strict");
const { after, before, describe, test } = require("node:test");
const { dictionary } = require("../load");
const { house } = require("./scene");
const { STATES } = require("./states");
const { LANGUAGES } = require("./words");

// 1280 px at 400 %: what WCAG calls reflow.
const NARROW = { width: 320, height: 640 };
// Texts of another language may be this much longer than the longer of ours.
const LONGER = 1.25;

const { scene } = house();

/** What is said on the page by the page: texts and names, without what people wrote. */
function said(page) {
  return page.evaluate(() => {
    const own = globalThis.document.body.cloneNode(true);
    const theirs = ".bubble, .avatar, .notice, .row .who, .member__name, .found .who, script, noscript";
    own.querySelectorAll(theirs).forEach((one) => one.parentNode.removeChild(one));
    const found = [globalThis.document.title];
    const walk = (node) => {
      if (node.nodeType === 3 && node.data.trim()) { found.push(node.data.trim()); }
      if (node.nodeType !== 1) { return; }
      for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        if (node.getAttribute(name)) { found.push(node.getAttribute(name)); }
      }
      node.childNodes.forEach(walk);
    };
    walk(own);
    return found;
  });
}

/** What sticks out of the screen at a side, and controls whose words do not fit into them. */
function sticking_out(page) {
  return page.evaluate(() => {
    const { document, innerWidth, getComputedStyle } = globalThis;
    const found = [];
    /** Is it cut off, with dots, by something that does not stick out itself? */
    const cut = (one, out) => {
      for (let over = one.parentElement; over && over !== document.body; over = over.parentElement) {
        if (getComputedStyle(over).overflowX === "hidden" && !out(over.getBoundingClientRect())) { return true; }
      }
      return false;
    };
    const tell = (one, why) => found.push(`${why}: ${one.tagName.toLowerCase()}.${one.className} "${one.textContent.trim().slice(0, 40)}"`);
    if (document.documentElement.scrollWidth > innerWidth) { found.push(`the page is ${document.documentElement.scrollWidth} wide`); }
    for (const one of document.body.querySelectorAll("*")) {
      const box = one.getBoundingClientRect();
      const style = getComputedStyle(one);
      if (!box.width || !box.height || style.visibility === "hidden" || one.closest(".sr")) { continue; }
      const out = (part) => part.right > innerWidth + 1 || part.left < -1;
      if (out(box) && !cut(one, out)) { tell(one, "sticks out"); }
      const fits = one.scrollWidth <= one.clientWidth + 1;
      if (!fits && style.overflowX !== "hidden" && one.matches("button, label, h1, h2, h3, a")) { tell(one, "does not fit"); }
      // A pane that has to be pushed sideways is a page that does.
      if (!fits && /auto|scroll/.test(style.overflowX) && !one.matches("textarea, input")) { tell(one, "scrolls sideways"); }
    }
    return found;
  });
}

function check_words(language, heard) {
  const own = dictionary(language);
  const other = dictionary(LANGUAGES.find((one) => one !== language));
  const prefixes = [...new Set(Object.keys(own).map((key) => key.split(".")[0]))];
  const key = new RegExp(`(^|\\s)(${prefixes.join("|")})\\.[a-z_]+`);
  const foreign = new Set(Object.values(other));
  Object.values(own).forEach((text) => foreign.delete(text));
  for (const text of heard) {
    assert.doesNotMatch(text, key, "a key instead of words");
    assert.doesNotMatch(text, /\{\w+\}/, "a hole that nobody filled");
    assert.ok(!foreign.has(text), `"${text}" is of the other language`);
  }
}

for (const language of LANGUAGES) {
  describe(language, () => {
    let on;
    before(async () => { on = await scene({ language, viewport: NARROW }); });
    after(async () => { if (on) { await on.close(); } });

    for (const state of STATES) {
      test(state.name, { timeout: 30000 }, async () => {
        try {
          const page = await on.show(state);
          assert.equal(await page.locator("html").getAttribute("lang"), language);
          check_words(language, await said(page));
          assert.deepEqual(await sticking_out(page), []);
        } finally {
          await on.leave(state);
        }
      });
    }
  });
}

describe("a language with longer words", () => {
  let on;

  // The longer of both texts and some more, but as words: one word may stay as it is.
  const long = {};
  const [one, two] = LANGUAGES.map(dictionary);
  for (const key of Object.keys(one)) {
    long[key] = [one[key], two[key]].sort((a, b) => b.length - a.length)[0].split("|").map((text) =>
      text + " lorem ipsum dolor sit amet".slice(0, Math.ceil(text.length * (LONGER - 1)))).join("|");
  }

  before(async () => {
    on = await scene({ language: "en", texts: long, viewport: NARROW });
  });
  after(async () => { if (on) { await on.close(); } });

  for (const state of STATES) {
    test(state.name, { timeout: 30000 }, async () => {
      try {
        assert.deepEqual(await sticking_out(await on.show(state)), []);
      } finally {
        await on.leave(state);
      }
    });
  }
});
