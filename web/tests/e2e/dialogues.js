"use strict";
// Every dialogue of the page by the name it has in the code, and the pages and panels
// that states.js has not: how one gets there by the keyboard. `go` gives what the
// focus is to come back to, where that is a button of the page.
const { button, open, rail } = require("./states");

/** By the keyboard. */
async function press(one) {
  await one.waitFor();
  await one.focus();
  await one.press("Enter");
  return one;
}

/** A choice of a menu; the focus comes back to its button. */
async function choose(page, menu, item) {
  await press(menu);
  await press(page.getByRole("menuitem", { name: item, exact: true }));
  return menu;
}

const search = (page) => page.locator("#find-query");

async function group(page, t, world) {
  await open(page, world.GROUP);
  await page.getByRole("heading", { name: world.GROUP }).waitFor();
}

/** The panel of the group, whose button may name who waits. */
async function panel(page, t, world) {
  await group(page, t, world);
  await press(page.locator(".head__panel"));
  await page.locator(".panel").getByText(t("role.owner")).first().waitFor();
}

async function tool(page, t, world, item) {
  await panel(page, t, world);
  return choose(page, button(page, t("panel.tools")), t(item));
}

async function contacts(page, t) {
  await press(rail(page, t("rail.contacts")));
  await button(page, t("contacts.more")).waitFor();
}

async function settings(page, t) {
  await press(rail(page, t("rail.settings")));
  await button(page, t("settings.keys_show")).waitFor();
}

async function admin(page, t, room) {
  await press(rail(page, t("rail.admin")));
  const tab = page.getByRole("navigation", { name: t("admin.pages") }).getByRole("button", { name: t(`admin.${room}`), exact: true });
  await press(tab);
  return page.getByRole("region", { name: t(`admin.${room}`) });
}

/** The menu of the message with these words. */
async function message(page, t, world, words) {
  await group(page, t, world);
  const row = page.locator("li.msg").filter({ hasText: words });
  const more = row.locator(".msg__more");
  await press(more);
  await page.getByRole("menu", { name: t("message.actions") }).waitFor();
  return row;
}

async function find(page, t, text) {
  await press(button(page, t("find.title")));
  await search(page).fill(text);
  await search(page).press("Enter");
}

const alert = (page) => page.getByRole("alertdialog");

/** `seen`: what is there then; a dialogue, if nothing else is said. `back`: closing leads to the one before. */
const DIALOGUES = [
  { name: "create_group", go: (page, t) => press(button(page, t("create.title"))) },
  { name: "group_join", go: async (page, t) => {
    await find(page, t, "By request");
    return press(button(page, t("find.ask_name", { name: "By request" })));
  } },
  { name: "join_link", go: (page, t, world) => page.evaluate((code) => { globalThis.location.hash = `#/join/${code}`; }, world.code) },
  { name: "group_settings", who: "owner", go: (page, t, world) => tool(page, t, world, "settings_of.title") },
  { name: "group_links", who: "owner", go: (page, t, world) => tool(page, t, world, "links.title") },
  { name: "group_hooks", who: "owner", go: (page, t, world) => tool(page, t, world, "hooks.title") },
  { name: "bots", who: "owner", go: async (page, t, world) => {
    const menu = await tool(page, t, world, "hooks.title");
    await press(button(page, t("bots.title")));
    await page.getByRole("heading", { name: t("bots.title") }).waitFor();
    return menu;
  }, back: true },
  { name: "group_bans", who: "owner", go: (page, t, world) => tool(page, t, world, "bans.title") },
  { name: "group_invite", who: "owner", go: async (page, t, world) => {
    await panel(page, t, world);
    return press(button(page, t("invite.go")));
  } },
  { name: "group_requests", who: "owner", go: async (page, t, world) => {
    await panel(page, t, world);
    return press(page.locator(".panel__bar").getByRole("button", { name: t("requests.title") }));
  } },
  { name: "member_card", go: (page, t, world) => tool(page, t, world, "member.own_card") },
  { name: "member_mute", who: "owner", go: async (page, t, world) => {
    await panel(page, t, world);
    return choose(page, button(page, t("panel.about", { name: "Wang Lei" })), t("member.mute_for"));
  } },
  { name: "confirm", go: (page, t, world) => tool(page, t, world, "panel.leave_group"), seen: alert },
  { name: "person", go: async (page, t) => {
    await open(page, /丽/);
    return choose(page, button(page, t("arrange.title")), t("panel.profile"));
  } },
  { name: "invite_to", go: async (page, t) => {
    await open(page, /丽/);
    const menu = await choose(page, button(page, t("arrange.title")), t("panel.profile"));
    await press(button(page, t("invite.to")));
    await page.getByRole("heading", { name: t("invite.to") }).waitFor();
    return menu;
  }, back: true },
  { name: "picture", go: async (page, t, world) => {
    await group(page, t, world);
    return press(page.locator("a.thumb").first());
  } },
  { name: "forward", go: async (page, t, world) => {
    const row = await message(page, t, world, "收到，辛苦了");
    await press(page.getByRole("menuitem", { name: t("message.forward") }));
    return row;
  } },
  { name: "report", go: async (page, t, world) => {
    const row = await message(page, t, world, "收到，辛苦了");
    await press(page.getByRole("menuitem", { name: t("message.report") }));
    return row;
  } },
  { name: "me", go: (page) => press(page.locator(".rail__me")) },
  { name: "find_people", go: async (page, t) => {
    await contacts(page, t);
    return press(button(page, t("people.title")));
  } },
  { name: "folders", go: async (page, t) => {
    await contacts(page, t);
    return choose(page, button(page, t("contacts.more")), t("folders.title"));
  } },
  { name: "blocks", go: async (page, t) => {
    await contacts(page, t);
    return choose(page, button(page, t("contacts.more")), t("blocks.title"));
  } },
  { name: "keys", go: async (page, t) => {
    await settings(page, t);
    return press(button(page, t("settings.keys_show")));
  } },
  { name: "delete_account", go: async (page, t) => {
    await settings(page, t);
    return press(button(page, t("account.delete")));
  } },
  { name: "ask", who: "root", go: async (page, t) => {
    const room = await admin(page, t, "groups");
    return choose(page, room.getByRole("button", { name: /Rust/ }), t("admin.groups.set_limit"));
  } },
  { name: "told_once", who: "root", go: async (page, t) => {
    const room = await admin(page, t, "users");
    const menu = await choose(page, room.getByRole("button", { name: /forgetful/ }), t("admin.users.password"));
    await press(alert(page).getByRole("button", { name: t("admin.users.password"), exact: true }));
    await page.locator("#secret").waitFor();
    return menu;
  } }
];

/** What is no dialogue: looked at like them, but not closed. */
const PLACES = [
  ...["figures", "users", "groups", "reports", "invitations", "audit"].map((room) => ({
    name: `admin_${room}`, who: "root", go: (page, t) => admin(page, t, room),
    seen: (page, t) => page.getByRole("region", { name: t(`admin.${room}`) })
  })),
  { name: "emoji", go: async (page, t, world) => {
    await group(page, t, world);
    await press(button(page, t("composer.emoji")));
  }, seen: (page) => page.getByRole("grid") },
  { name: "message_menu", go: (page, t, world) => message(page, t, world, "收到，辛苦了"),
    seen: (page, t) => page.getByRole("menu", { name: t("message.actions") }) },
  { name: "conversation_menu", go: async (page, t, world) => {
    await group(page, t, world);
    await press(button(page, t("arrange.title")));
  }, seen: (page, t) => page.getByRole("menuitem", { name: t("arrange.hide") }) },
  { name: "mention", go: async (page, t, world) => {
    await group(page, t, world);
    await page.locator("textarea").pressSequentially("@");
  }, seen: (page) => page.getByRole("option") },
  { name: "search_everywhere", go: async (page) => {
    await page.locator("#finder").fill("面馆");
    await page.locator("#finder").press("Enter");
  }, seen: (page) => page.locator(".hit__text") },
  { name: "search_here", go: async (page, t, world) => {
    await group(page, t, world);
    await press(button(page, t("search.here")));
    await page.locator("#here-query").fill("slides");
    await page.locator("#here-query").press("Enter");
  }, seen: (page) => page.locator(".hit__text") },
  { name: "sign_in_again", go: (page) => page.evaluate(() => globalThis.chat.main.session.expired()),
    seen: (page) => page.getByRole("dialog") }
];

/** What these need beside the world: who runs the server, an account, a group one asks to be let into, a link. */
async function furnish(world, running, Friend) {
  const names = { root: "Root", forgetful: "forgetful" };
  running.administrator("root", names.root);
  const forgetful = await Friend.sign_up(running.url, "forgetful", names.forgetful);
  const { owner, me, stranger } = world;
  const closed = await owner.create_group("By request", { join_mode: "approval" });
  await forgetful.ask("POST", `/api/groups/${closed}/members`, { note: "please" });
  const { code } = await owner.ask("POST", `/api/groups/${world.group}/links`, { hours: 1, uses: 5 });
  await owner.ask("POST", "/api/bots", { username: "wetter_bot", name: "Wetter" });
  const { seq } = await owner.say(world.group, "Not nice");
  await me.ask("PUT", `/api/blocks/${forgetful.me.id}`, null);
  await stranger.ask("POST", "/api/reports", { conversation: world.group, seq, reason: "rude" });
  return Object.assign(world, { code, root: { url: running.url, me: { username: "root" } } });
}

module.exports = { DIALOGUES, PLACES, furnish };
