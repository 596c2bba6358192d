"use strict";
// No rule of WCAG 2.2 A and AA, and no best practice that axe-core knows, is broken in
// any state of the page, in both themes and both languages; and the keyboard alone
// goes the whole way.
const assert = require("node:assert/strict");
const { describe, test } = require("node:test");
const { focused, violations } = require("./axe");
const { becomes, settled } = require("./people");
const { DESKTOP, PHONE, house } = require("./scene");
const { STATES } = require("./states");
const { LANGUAGES } = require("./words");

const LOOKS = [];
for (const language of LANGUAGES) {
  for (const theme of ["light", "dark"]) { LOOKS.push({ language, theme, viewport: DESKTOP }); }
}
// What shows on a phone only is looked at there, too; colours and words are the same.
LOOKS.push({ language: "zh-CN", theme: "light", viewport: PHONE });

const { scene, made } = house();

describe("axe", { concurrency: 2 }, () => LOOKS.forEach((look) => {
  test(`${look.language}, ${look.theme}, ${look.viewport.width} px`, { timeout: 180000 }, async (context) => {
    const on = await scene(look);
    for (const state of STATES) {
      // Each state is a test of its own: one that is broken does not hide the others.
      await context.test(state.name, { timeout: 30000 }, async () => {
        try {
          const page = await on.show(state);
          assert.deepEqual(await violations(page), []);
        } finally {
          await on.leave(state);
        }
      });
    }
    assert.deepEqual(on.complaints, []);
    await on.close();
  });
}));

test("axe notices what it is there to notice", { timeout: 30000 }, async () => {
  const on = await scene({ language: "en" });
  const page = await on.show(STATES[0]);
  await page.evaluate(() => {
    const nameless = globalThis.document.createElement("button");
    globalThis.document.querySelector("main").appendChild(nameless);
    globalThis.document.querySelector("h1").style.color = "#ccc";
  });
  const found = (await violations(page)).map((one) => one.split(":")[0]);
  assert.ok(found.includes("button-name") && found.includes("color-contrast"), String(found));
  await on.close();
});

/** Tab, until the focus is on what bears the name, or begins with it; everything on the way is seen, too. */
async function tab_to(page, name, { key = "Tab", begins = false } = {}) {
  const way = [];
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press(key);
    const now = await focused(page);
    way.push(now.name.slice(0, 30));
    if (now.name) { assert.ok(now.seen, `the focus is seen on ${now.role} "${now.name}"`); }
    if (now.name === name || begins && now.name.startsWith(name)) { return; }
  }
  assert.fail(`no way to "${name}" by ${key}: ${way.join(" → ")}`);
}

for (const language of LANGUAGES) {
  test(`by keyboard alone: sign in, write, look at the group, sign out (${language})`, { timeout: 90000 }, async () => {
    const on = await scene({ language });
    const { t } = on;
    const page = await on.show(STATES[0]);
    await tab_to(page, t("door.username"));
    await page.keyboard.type("xiaoming");
    await tab_to(page, t("door.password"));
    await page.keyboard.type("correct horse battery");
    await page.keyboard.press("Enter");
    await page.locator(".row").first().waitFor();

    // Open the group: the focus goes to where one writes.
    await tab_to(page, made().GROUP, { begins: true });
    await page.keyboard.press("Enter");
    await becomes(async () => (await focused(page)).name === t("composer.to", { name: made().GROUP }) || focused(page),
      "the focus is in the composer");
    const said = `by keyboard ${language}`;
    await page.keyboard.type(said);
    await page.keyboard.press("Enter");
    await page.getByRole("log").locator(".bubble", { hasText: said }).waitFor();

    // The timeline can be reached and scrolled; the panel opens and closes, and the focus is not lost.
    await tab_to(page, t("panel.members"), { key: "Shift+Tab" });
    await page.keyboard.press("Enter");
    await page.getByRole("complementary").getByText(t("role.owner")).waitFor();
    await tab_to(page, t("panel.tools"));
    await page.keyboard.press("Enter");
    await page.keyboard.press("End");
    await becomes(async () => (await focused(page)).name === t("panel.leave_group") || focused(page), "the last of the menu");
    await page.keyboard.press("Enter");
    // The safe answer has the focus; after it the focus is back at the menu.
    await becomes(async () => (await focused(page)).name === t("dialog.cancel") || focused(page), "the focus is on the question");
    await page.keyboard.press("Enter");
    await becomes(async () => (await focused(page)).name === t("panel.tools") || focused(page), "the focus returns");

    await tab_to(page, t("rail.me", { name: "小明" }), { begins: true });
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await tab_to(page, t("me.sign_out"));
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await becomes(async () => (await focused(page)).name.startsWith(t("rail.me", { name: "小明" })) || focused(page),
      "the focus returns");
    await page.keyboard.press("Enter");
    await tab_to(page, t("me.sign_out"));
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: t("door.no_account") }).waitFor();
    assert.deepEqual(on.complaints, []);
    await on.close();
  });
}

test("whoever presses a button keeps their place until the answer comes", { timeout: 60000 }, async () => {
  const on = await scene({ language: "en" });
  const { t } = on;

  /** Presses what has the focus; the answer waits on its way until the page was drawn. */
  async function pressed(page, address, name, then) {
    let go = null;
    await page.route(address, (route) => { go = () => route.continue(); });
    await page.keyboard.press("Enter");
    await becomes(() => Boolean(go), "it is asked for");
    await settled(page);
    assert.equal((await focused(page)).name, name, "while it is asked for");
    await page.keyboard.press("Enter"); // once more: nothing comes of it
    await go();
    await page.unroute(address);
    await then.waitFor();
    return focused(page);
  }

  const page = await on.show({ who: "me", go: (one) => one.getByRole("button", { name: t("find.title") }).click(),
    seen: (one) => one.getByRole("searchbox") });
  await page.getByRole("searchbox").fill("no such group");
  await tab_to(page, t("find.go"));
  assert.equal((await pressed(page, "**/api/groups?query=*", t("find.go"), page.getByText(t("find.nothing")))).name, t("find.go"));

  const door = await on.show({ door: true, go: () => {}, seen: (one) => one.getByLabel(t("door.username")) });
  await door.getByLabel(t("door.username")).fill("xiaoming");
  await door.getByLabel(t("door.password"), { exact: true }).fill("not that");
  await tab_to(door, t("door.sign_in"));
  const now = await pressed(door, "**/api/sessions", t("door.busy"), door.getByRole("alert"));
  assert.equal(now.name, t("door.password"), "what is to be written anew");
  assert.deepEqual(on.complaints, []);
  await on.close();
});
