"use strict";
// States of the page worth looking at, one line each: a name, how one gets there, and
// what must be seen then. `t` gives the words, `world` is what world.js made. Each
// begins with a fresh page: at the door, or signed in with the list in sight.
const button = (page, name) => page.getByRole("button", { name, exact: true });
const rail = (page, name) => page.getByRole("navigation").getByRole("button").filter({ hasText: name });
const open = (page, title) => page.locator(".row").filter({ has: page.locator("strong", { hasText: title }) }).first().click();

const STATES = [
  { name: "sign_in", door: true, go: async () => {}, seen: (page, t) => button(page, t("door.sign_in")) },
  { name: "sign_in_refused", door: true, go: async (page, t) => {
    await page.getByLabel(t("door.username")).fill("nobody");
    await page.getByLabel(t("door.password")).fill("wrong password");
    await button(page, t("door.sign_in")).click();
  }, seen: (page) => page.getByRole("alert") },
  { name: "sign_up_refused", door: true, go: async (page, t) => {
    await button(page, t("door.no_account")).click();
    await button(page, t("door.sign_up")).waitFor();
    await page.getByLabel(t("door.username")).fill("x");
    await page.getByLabel(t("door.password")).fill("short");
    await button(page, t("door.sign_up")).click();
  }, seen: (page) => page.getByRole("alert") },
  { name: "list", go: async () => {}, seen: (page, t, world) => page.locator(".row", { hasText: world.GROUP }) },
  { name: "list_empty", who: "newcomer", go: async () => {}, seen: (page, t) => page.getByText(t("list.empty")) },
  { name: "group", go: (page, t, world) => open(page, world.GROUP), seen: (page) => page.locator(".bubble img") },
  { name: "direct", go: (page) => open(page, /丽/), seen: (page) => page.locator(".bubble", { hasText: "面馆" }) },
  { name: "group_panel", go: async (page, t, world) => {
    await open(page, world.GROUP);
    await button(page, t("panel.members")).click();
  }, seen: (page, t) => page.locator(".panel").getByText(t("role.owner")) },
  { name: "group_leaving", go: async (page, t, world) => {
    await open(page, world.GROUP);
    await button(page, t("panel.members")).click();
    await button(page, t("panel.tools")).click();
    await page.getByRole("menuitem", { name: t("panel.leave_group") }).click();
  }, seen: (page) => page.getByRole("alertdialog") },
  { name: "create_group", go: (page, t) => button(page, t("create.title")).click(), seen: (page, t) => page.getByLabel(t("create.name")) },
  { name: "find_groups", go: async (page, t) => {
    await button(page, t("find.title")).click();
    await page.getByRole("searchbox").fill("Rust");
    await button(page, t("find.go")).click();
  }, seen: (page, t) => page.getByRole("list", { name: t("find.results") }) },
  { name: "find_nothing", go: async (page, t) => {
    await button(page, t("find.title")).click();
    await page.getByRole("searchbox").fill("no such group");
    await button(page, t("find.go")).click();
  }, seen: (page, t) => page.getByText(t("find.nothing")) },
  { name: "contacts", go: (page, t) => rail(page, t("rail.contacts")).click(),
    seen: (page) => page.locator(".contact", { hasText: "Wang Lei" }) },
  { name: "settings", go: (page, t) => rail(page, t("rail.settings")).click(),
    seen: (page, t) => page.getByRole("list", { name: t("devices.title") }) },
  { name: "me", go: (page, t) => page.getByRole("button", { name: t("rail.me", { name: "小明" }) }).click(),
    seen: (page, t) => page.getByRole("dialog").getByRole("button", { name: t("me.sign_out") }) },
  { name: "composer_too_long", go: async (page, t, world) => {
    await open(page, world.GROUP);
    await page.locator("textarea").fill("长".repeat(5001));
    await page.locator("textarea").press("Enter");
  }, seen: (page) => page.getByRole("alert") },
  { name: "offline", go: async (page, t, world) => {
    await open(page, world.GROUP);
    await page.locator(".bubble img").waitFor();
    await world.cut();
  }, seen: (page, t) => page.getByText(t("banner.waiting").split("{")[0]), after: (world) => world.heal() }
];

module.exports = { STATES, button, open, rail };
