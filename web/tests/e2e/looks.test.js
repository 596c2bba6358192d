"use strict";
// What the page looks like, held without pictures of another machine: its browser and fonts
// would draw other pixels (docs/decisions/0036-no-golden-pictures.md).
//
// An old browser has to draw what a new one draws: both pictures are made here, now. And what
// every state consists of, as those hear it who cannot see, stands in fixtures/structure.txt;
// WEBQQ_STRUCTURE=update writes it anew.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { test } = require("node:test");
const { PNG } = require("pngjs");
const { NEW } = require("./people");
const { DESKTOP, PHONE, house } = require("./scene");
const { STATES } = require("./states");

const FILE = path.join(__dirname, "../fixtures/structure.txt");
const UPDATE = process.env.WEBQQ_STRUCTURE === "update";
const SAME = 0.001; // the part of all pixels that may differ
const SHADE = 32; // of 255, in a channel: a picture made smaller comes out a little softer now and then
const STILL = 40; // so often it is looked at until it stands still
const STEP_MS = 100;

// Without a link the page says how long it waits: no two moments of that are the same.
const LOOKED_AT = STATES.filter((one) => one.name !== "offline");

// What was not read looks different once it was: everything is read before one looks.
const { scene } = house({ furnish: async (world) => {
  for (const one of [world.group, world.family, world.direct]) {
    const { conversations } = await world.me.ask("GET", "/api/sync");
    const { head_seq: seq } = conversations.find((held) => held.id === one);
    await world.me.ask("PUT", `/api/conversations/${one}/read`, { seq });
  }
} });

/** A browser that lacks what IE11 lacks; without CSS.supports js/legacy.js fills in the colours. */
async function old(context) {
  for (const name of NEW) { await context.addInitScript(`delete window.${name};`); }
}

/** Takes the custom properties away: from now on var() means nothing, wherever it still stands. */
async function forget_properties(page) {
  const count = await page.evaluate(() => {
    const strip = (rules) => [...rules].reduce((sum, rule) => {
      const names = rule.style ? [...rule.style].filter((name) => name.startsWith("--")) : [];
      names.forEach((name) => rule.style.removeProperty(name));
      return sum + names.length + (rule.cssRules ? strip(rule.cssRules) : 0);
    }, 0);
    return [...globalThis.document.styleSheets].reduce((sum, sheet) => sum + strip(sheet.cssRules), 0);
  });
  assert.ok(count > 20, `${count} properties`);
}

/** Looks until what is found is the same so often in a row: more answers may be due. */
async function still(look, same, times) {
  let last = null;
  let found = 0;
  for (let i = 0; i < STILL; i += 1) {
    const now = await look();
    found = last !== null && same(now, last) ? found + 1 : 1;
    if (found === times) { return now; }
    last = now;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  throw new Error("the page does not stand still");
}

/** The picture of a page that stands still, but for the list of devices: each finds itself at another place of it. */
async function picture(on, state, prepare = async () => {}) {
  const page = await on.show(state);
  await prepare(page);
  const mask = [page.getByRole("list", { name: on.t("devices.title") })];
  return PNG.sync.read(await still(async () => {
    await page.evaluate(() => Promise.all([...globalThis.document.images].map((one) => one.decode().catch(() => {}))));
    return page.screenshot({ animations: "disabled", caret: "hide", mask });
  }, (a, b) => a.equals(b), 2));
}

/** How many pixels differ; both pictures are kept if they are too many. */
function differ(name, one, two) {
  assert.deepEqual([one.width, one.height], [two.width, two.height]);
  let count = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    if ([at, at + 1, at + 2].some((channel) => Math.abs(one.data[channel] - two.data[channel]) > SHADE)) { count += 1; }
  }
  if (count <= SAME * one.width * one.height) { return null; }
  const to = fs.mkdtempSync(path.join(os.tmpdir(), "webqq-looks-"));
  fs.writeFileSync(path.join(to, `${name}-new.png`), PNG.sync.write(one));
  fs.writeFileSync(path.join(to, `${name}-old.png`), PNG.sync.write(two));
  return `${name}: ${count} pixels differ, see ${to}`;
}

for (const viewport of [DESKTOP, PHONE]) {
  test(`an old browser draws the same, ${viewport.width} px`, { timeout: 240000 }, async () => {
    const [today, then] = [await scene({ viewport }), await scene({ viewport, ready: old })];
    const told = [];
    for (const state of LOOKED_AT) {
      told.push(differ(state.name, await picture(today, state), await picture(then, state, forget_properties)));
    }
    assert.deepEqual(told.filter(Boolean), []);
    for (const on of [today, then]) {
      assert.deepEqual(on.complaints, []);
      await on.close();
    }
  });
}

/** What a state consists of; clocks and ids are not its matter, nor how often somebody has signed in. */
async function structure(on, state) {
  const page = await on.show(state);
  const devices = new RegExp(`^( *)- list "${on.t("devices.title")}":\n(\\1 .*\n)*`, "m");
  return still(async () => (await page.locator("body").ariaSnapshot()).replace(/\b\d\d:\d\d\b/g, "00:00")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID").replace(devices, "$1- list of devices\n"), (a, b) => a === b, 4);
}

test("every state consists of what it did", { timeout: 120000 }, async () => {
  const on = await scene();
  const found = {};
  for (const state of LOOKED_AT) { found[state.name] = await structure(on, state); }
  await on.close();
  if (UPDATE) {
    fs.writeFileSync(FILE, Object.entries(found).map(([name, text]) => `== ${name}\n${text}\n`).join("\n"));
  }
  const kept = Object.fromEntries(fs.readFileSync(FILE, "utf8").trimEnd().split(/^== /m).slice(1)
    .map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1).trimEnd()]));
  assert.deepEqual(Object.keys(found), Object.keys(kept));
  for (const [name, text] of Object.entries(found)) { assert.equal(text, kept[name], name); }
});
