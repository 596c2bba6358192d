"use strict";
// Every dialogue: no rule that axe knows is broken in it; by the keyboard alone it
// opens, takes the focus, holds it, closes, and gives it back.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { describe, test } = require("node:test");
const { focused, violations } = require("./axe");
const { server_with } = require("./command");
const { DIALOGUES, PLACES, furnish } = require("./dialogues");
const { Friend } = require("./friend");
const { becomes } = require("./people");
const { DESKTOP, PHONE, house } = require("./scene");
const { WEB, scripts } = require("../load");

const TABS = 40;

const { scene } = house({
  start: () => server_with({ WEBQQ_POST_RATE: "0", WEBQQ_AUTH_RATE: "0" }),
  furnish: (made, running) => furnish(made, running, Friend)
});

const box = (page) => page.locator("[role=dialog], [role=alertdialog]").first();
const seen = (state) => state.seen || ((page) => box(page));
/** Does what has the focus stand in the dialogue? */
const inside = (page) => page.evaluate(() => {
  const one = globalThis.document.activeElement;
  return Boolean(one && one.closest("[role=dialog], [role=alertdialog]"));
});

test("the table has every dialogue of the page", () => {
  const named = scripts().filter((file) => file.startsWith("js/")).flatMap((file) =>
    [...fs.readFileSync(path.join(WEB, file), "utf8").matchAll(/chat\.dialogs\.add\("(\w+)"/g)].map((found) => found[1]));
  assert.ok(named.length > 20);
  assert.deepEqual(DIALOGUES.map((one) => one.name).sort(), named.sort());
});

// Each in both languages, both themes and both widths, though not in every mix of them.
const LOOKS = [
  { language: "en", theme: "light", viewport: DESKTOP }, { language: "zh-CN", theme: "dark", viewport: DESKTOP }
];

describe("axe", { concurrency: 2 }, () => LOOKS.forEach((look) => {
  test(`${look.language}, ${look.theme}, ${look.viewport.width} px`, { timeout: 300000 }, async (context) => {
    const on = await scene(look);
    for (const state of [...DIALOGUES, ...PLACES]) {
      await context.test(state.name, { timeout: 30000 }, async () => {
        const page = await on.show({ ...state, seen: seen(state) });
        assert.deepEqual(await violations(page), []);
        await page.setViewportSize(PHONE);
        assert.deepEqual(await violations(page), [], "as narrow as a phone");
        await page.setViewportSize(DESKTOP);
      });
    }
    assert.deepEqual(on.complaints, []);
    await on.close();
  });
}));

test("by the keyboard alone", { timeout: 300000 }, async (context) => {
  const on = await scene({ language: "en" });
  for (const state of DIALOGUES) {
    await context.test(state.name, { timeout: 30000 }, async () => {
      let opener = null;
      const page = await on.show({ ...state, seen: seen(state), go: async (...given) => { opener = await state.go(...given); } });
      await becomes(() => inside(page), "the focus is in the dialogue");
      // It goes round, forward and backward, and what has it is seen.
      for (const key of ["Tab", "Shift+Tab"]) {
        for (let i = 0; i < TABS; i += 1) {
          await page.keyboard.press(key);
          assert.ok(await inside(page), `${key} ${i + 1} leaves the dialogue: ${JSON.stringify(await focused(page))}`);
        }
        const now = await focused(page);
        assert.ok(now.seen, `the focus is seen on ${now.role} "${now.name}"`);
      }
      if (state.back) {
        const before_ = await box(page).getAttribute("aria-labelledby");
        await page.keyboard.press("Escape");
        await becomes(async () => await box(page).getAttribute("aria-labelledby") !== before_, "the one before");
      }
      await page.keyboard.press("Escape");
      await box(page).waitFor({ state: "detached" });
      if (opener && opener.evaluate) {
        await becomes(() => opener.evaluate((one) => one.contains(globalThis.document.activeElement)), "the focus is where it was");
      }
    });
  }
  assert.deepEqual(on.complaints, []);
  await on.close();
});
