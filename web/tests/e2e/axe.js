"use strict";
// What axe-core has to say of a page, and what the focus is on.
const fs = require("node:fs");
const { settled } = require("./people");

const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/** What axe has to say of what was drawn, in a sentence for each. */
async function violations(page) {
  await settled(page);
  await page.evaluate(AXE); // by the debugger, so the content policy stays as it is
  const { violations: found } = await page.evaluate((tags) => globalThis.axe.run(globalThis.document, {
    runOnly: tags, resultTypes: ["violations"]
  }), TAGS);
  return found.flatMap((rule) => rule.nodes.map((node) => {
    const [why = { message: rule.help }] = [...node.any, ...node.all, ...node.none];
    return `${rule.id}: ${node.target.join(" ")} · ${node.html.slice(0, 120)} · ${why.message}`;
  }));
}

/** What has the focus, as a person would say it; and whether one sees that. */
function focused(page) {
  return page.evaluate(() => {
    const one = globalThis.document.activeElement;
    if (!one || one === globalThis.document.body) { return { name: "", seen: false }; }
    const label = one.id && globalThis.document.querySelector(`label[for="${one.id}"]`);
    const heard = (node) => {
      if (node.nodeType === 3) { return node.data; }
      if (node.nodeType !== 1 || node.getAttribute("aria-hidden") === "true") { return ""; }
      return node.alt || [...node.childNodes].map(heard).join("");
    };
    const style = globalThis.getComputedStyle(one);
    const box = one.getBoundingClientRect();
    return {
      name: (one.getAttribute("aria-label") || label && label.textContent || heard(one)).trim(),
      role: one.getAttribute("role") || one.tagName.toLowerCase(),
      seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.height > 0 &&
        box.bottom > 0 && box.right > 0 && box.top < globalThis.innerHeight && box.left < globalThis.innerWidth
    };
  });
}

module.exports = { focused, violations };
