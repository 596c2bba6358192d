"use strict";
// The page of settings: what is set holds at once and after a reload, and what cannot be had says why.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { equip } = require("./browser");
const { server_with } = require("./command");
const { becomes, person, sign_up } = require("./people");

const site = equip(server_with);

const to_settings = (who) => who.page.getByRole("button", { name: "Settings", exact: true }).click();

for (const event_source of [true, false]) {
  const tag = event_source ? "stream" : "poll";

  test(`${tag}: what is set holds at once, and after a reload`, { timeout: 60000 }, async () => {
    const ann = await person(site.chromium, site.url, `Ann ${tag}`, { event_source });
    await ann.context.grantPermissions(["notifications"]);
    await sign_up(ann, `settings_ann_${tag}`);
    await to_settings(ann);
    await ann.page.getByLabel("Colours").selectOption("dark");
    await becomes(async () => (await ann.page.locator("html").getAttribute("data-theme")) === "dark", "it is dark at once");
    await ann.page.getByLabel("Sound").uncheck();
    await ann.page.getByLabel("Desktop notices").check();
    await ann.page.getByLabel("Spoken to screen readers").selectOption("mentions");
    await ann.page.getByRole("button", { name: "Show", exact: true }).click();
    await ann.page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await ann.page.keyboard.press("Escape");
    await ann.page.reload();
    await ann.page.getByRole("heading", { name: "Settings" }).waitFor();
    assert.equal(await ann.page.locator("html").getAttribute("data-theme"), "dark");
    assert.equal(await ann.page.getByLabel("Colours").inputValue(), "dark");
    assert.equal(await ann.page.getByLabel("Sound").isChecked(), false);
    assert.equal(await ann.page.getByLabel("Desktop notices").isChecked(), true);
    assert.equal(await ann.page.getByLabel("Spoken to screen readers").inputValue(), "mentions");
    await ann.page.getByLabel("Language").selectOption("zh-CN");
    await ann.page.getByRole("heading", { name: "设置" }).waitFor();
    assert.equal(await ann.page.locator("html").getAttribute("lang"), "zh-CN");
    assert.deepEqual(ann.complaints, []);
    await ann.context.close();
  });
}

test("notices that cannot be had are closed and say why", { timeout: 60000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann plain");
  await ann.context.addInitScript("Object.defineProperty(window, 'isSecureContext', { value: false });");
  await ann.page.reload();
  await sign_up(ann, "settings_ann_plain");
  await to_settings(ann);
  await ann.page.getByText("Browsers allow them on https addresses only.").waitFor();
  assert.equal(await ann.page.getByLabel("Desktop notices").isDisabled(), true);
  await ann.context.close();
});
