"use strict";
// What a person does among their contacts and with their own profile, in the words of the page.
const assert = require("node:assert/strict");
const { equip } = require("./browser");
const { inside, person, sign_in, sign_up } = require("./people");

// Told by the feed, asked for anew and drawn, on machines that have other things to do.
const soon = { timeout: 8000 };
const dialog = (who, name) => who.page.getByRole("dialog", { name });
const alert = (who) => who.page.getByRole("alert");
const contacts = (who) => who.page.getByRole("region", { name: "Contacts" });
const tab = (who, name) => who.page.getByRole("navigation", { name: "Areas of the page" }).getByRole("button", { name });

async function show_contacts(who) {
  await tab(who, "Contacts").click();
  await contacts(who).waitFor();
}

/** A friend's row: the button that opens the chat. */
function friend(who, name) {
  return contacts(who).locator(".contact .row").filter({ has: who.page.locator("strong", { hasText: name }) });
}

function folder(who, name) {
  return contacts(who).locator(".folder").filter({ has: who.page.getByRole("button", { name: new RegExp("^\\S?\\s*" + name) }) });
}

async function close(who) {
  await who.page.keyboard.press("Escape");
  await who.page.locator(".veil").waitFor({ state: "detached" });
}

async function more(who, item) {
  await contacts(who).getByRole("button", { name: "More about contacts" }).click();
  await who.page.getByRole("menuitem", { name: item }).click();
}

/** Looks for somebody and opens the profile. */
async function find(who, query, name) {
  await contacts(who).getByRole("button", { name: "Find people" }).first().click();
  await dialog(who, "Find people").getByRole("searchbox").fill(query);
  await dialog(who, "Find people").getByRole("button", { name: "Find", exact: true }).click();
  await dialog(who, "Find people").getByRole("listitem").filter({ hasText: name }).getByRole("button").click();
  await dialog(who, name).waitFor();
}

async function profile(who, name) {
  await contacts(who).getByRole("button", { name: `Profile of ${name}` }).click();
  await dialog(who, name).waitFor();
}

async function ask(who, query, name, note) {
  await find(who, query, name);
  await dialog(who, name).getByLabel("A note to them").fill(note);
  await dialog(who, name).getByRole("button", { name: "Add friend" }).click();
  await dialog(who, name).getByRole("status").getByText("Asked, no answer yet").waitFor(soon);
  await close(who);
}

async function block(who, show, name) {
  await show();
  await dialog(who, name).getByRole("button", { name: "Block" }).click();
  await who.page.getByRole("alertdialog").getByText("They are not told.").waitFor();
  await who.page.getByRole("alertdialog").getByRole("button", { name: "Block", exact: true }).click();
  await who.page.locator(".veil").waitFor({ state: "detached" });
}

async function befriend(one, other) {
  await show_contacts(one);
  await show_contacts(other);
  await ask(one, other.username, other.name, "It is me");
  await contacts(other).getByRole("button", { name: `Accept ${one.name}` }).click();
  await friend(one, other.name).waitFor(soon);
  await friend(other, one.name).waitFor(soon);
}

async function my_profile(who) {
  await who.page.getByRole("button", { name: `My profile: ${who.name}` }).click();
  await dialog(who, "My profile").waitFor();
}

async function status(who, value) {
  await my_profile(who);
  await dialog(who, "My profile").getByLabel("Status").selectOption(value);
  await dialog(who, "My profile").getByText("Saved").waitFor(soon);
  await close(who);
}

async function leave(...all) {
  for (const who of all) {
    assert.deepEqual(who.complaints, [], `${who.name}'s page complained`);
    await who.context.close();
  }
}

/**
 * What a test file about people needs: there before its tests, gone after them. `one(name)` is somebody at the
 * door, `two(tag)` are two people, one of whose browsers has no event stream, `second(who)` is another device.
 */
function company() {
  const site = equip();
  const one = (name, options) => person(site.chromium, site.url, name, options);

  return {
    one,
    async two(tag) {
      const ann = await one(`Ann ${tag}`);
      const bob = await one(`Bob ${tag}`, { event_source: false });
      await sign_up(ann, `ann_${tag}`);
      await sign_up(bob, `bob_${tag}`);
      return { ann, bob };
    },
    async second(who) {
      const other = await one(who.name);
      other.username = who.username;
      await sign_in(other);
      await inside(other);
      return other;
    }
  };
}

module.exports = {
  alert, ask, befriend, block, close, company, contacts, dialog, find, folder, friend, leave, more, my_profile,
  profile, show_contacts, soon, status, tab
};
