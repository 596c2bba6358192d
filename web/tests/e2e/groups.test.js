"use strict";
// Groups from the first to the last: made, filled, governed, handed over, dissolved.
// One of the two browsers has no event stream and polls.
const assert = require("node:assert/strict");
const { Buffer } = require("node:buffer");
const { randomUUID } = require("node:crypto");
const { test } = require("node:test");
const { equip } = require("./browser");
const { AT_ONCE_MS, answered, becomes, choose, create_group, inside, person, row, sees, sign_in, write } = require("./people");
const { befriend, program } = require("./program");

// One pixel.
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

const site = equip();

/** An account made by requests, and its page. */
async function user(username, name, options) {
  const by_request = await program(site.url, username, name);
  const who = await person(site.chromium, site.url, name, options);
  who.username = username;
  who.id = by_request.id;
  who.ask = by_request.ask;
  await sign_in(who);
  await inside(who);
  return who;
}

const log = (who, text) => who.page.getByRole("log").getByText(text);
const dialog = (who, name) => who.page.getByRole("dialog", { name });
const panel = (who) => who.page.getByRole("complementary", { name: "Group" });
const member = (who, name) => panel(who).getByRole("listitem").filter({ hasText: name });
const told = (who, text) => log(who, text).first().waitFor({ timeout: AT_ONCE_MS });

async function open_panel(who, group) {
  await row(who, group).click();
  await who.page.getByRole("button", { name: /^Members/ }).click();
  await panel(who).getByRole("list", { name: "Members" }).waitFor();
}

async function sure(who, label) {
  await who.page.getByRole("alertdialog").getByRole("button", { name: label, exact: true }).click();
}

test("invited, let in, promoted, muted, removed, banned; handed over and dissolved", { timeout: 180000 }, async () => {
  const ann = await user("ann", "Ann");
  const bob = await user("bob", "Bob", { event_source: false });
  const cat = await program(site.url, "cat", "Cat");
  const dan = await program(site.url, "dan", "Dan");
  const eve = await program(site.url, "eve", "Eve");
  await befriend(ann, bob);
  await befriend(ann, dan);

  // Ann makes a group for three by approval.
  await ann.page.getByRole("button", { name: "New group" }).click();
  await ann.page.getByLabel("Name of the group").fill("Crew");
  await ann.page.getByLabel("Who comes in").selectOption("approval");
  await ann.page.getByLabel("Members at most").fill("3");
  await ann.page.getByRole("button", { name: "Create", exact: true }).click();
  await ann.page.getByRole("heading", { name: "Crew" }).waitFor();
  const id = decodeURIComponent(/#\/c\/([^/]+)/.exec(ann.page.url())[1]);
  await ann.page.getByRole("button", { name: "Members", exact: true }).click();
  await panel(ann).getByText("1/3", { exact: true }).waitFor();

  // She invites Bob; he finds a card, comes in by it, and she is told.
  await panel(ann).getByRole("button", { name: "Invite", exact: true }).click();
  await dialog(ann, "Invite friends").getByRole("button", { name: "Invite Bob" }).click();
  await dialog(ann, "Invite friends").getByText("Invited").waitFor();
  await ann.page.keyboard.press("Escape");
  await row(bob, "Ann").click();
  await bob.page.getByRole("log").getByRole("button", { name: "Look and join Crew" }).click();
  await dialog(bob, "Crew").getByText(/1\/3 members/).waitFor();
  await dialog(bob, "Crew").getByRole("button", { name: /^(Join|Ask to join)$/ }).click();
  await bob.page.getByRole("heading", { name: "Crew" }).waitFor();
  await told(ann, "Bob joined the group");
  await panel(ann).getByText("2/3", { exact: true }).waitFor();

  // Cat asks; the badge stands on the panel's button and in the panel; Ann lets her in.
  await cat.ask("POST", `/api/groups/${id}/members`, { note: "it is Cat" }, 202);
  await ann.page.getByRole("button", { name: "Members, 1 request to join" }).waitFor({ timeout: AT_ONCE_MS });
  await panel(ann).getByRole("button", { name: /Requests/ }).click();
  await dialog(ann, "Requests").getByText("it is Cat").waitFor();
  await dialog(ann, "Requests").getByRole("button", { name: "Accept Cat" }).click();
  await dialog(ann, "Requests").getByText("Nobody is waiting.").waitFor({ timeout: AT_ONCE_MS });
  await ann.page.keyboard.press("Escape");
  await told(bob, "Ann let Cat in");
  await panel(ann).getByText("3/3", { exact: true }).waitFor();
  await member(ann, "Cat").waitFor();

  // Bob shares a group with Cat: he may invite her to another from her profile, though she is no friend.
  await create_group(bob, "Elsewhere");
  await bob.ask("POST", "/api/groups", { name: "Shut", join_mode: "closed", client_id: randomUUID() }, 201);
  await open_panel(bob, "Crew");
  await choose(bob, "About Cat", "Profile");
  await dialog(bob, "Cat").getByRole("button", { name: "Invite to a group" }).click();
  await dialog(bob, "Invite to a group").getByRole("button", { name: /Shut/ }).click();
  await dialog(bob, "Invite to a group").getByRole("alert").filter({ hasText: "no new members" }).waitFor();
  assert.equal(await dialog(bob, "Invite to a group").getByRole("button", { name: /Crew/ }).count(), 0, "she is there already");
  await dialog(bob, "Invite to a group").getByRole("button", { name: /Elsewhere/ }).click();
  await dialog(bob, "Cat").getByRole("button", { name: "Message", exact: true }).waitFor();
  const { conversations } = await cat.ask("GET", "/api/sync");
  assert.deepEqual(conversations.filter((one) => one.type === "direct").map((one) => one.last_message.kind), ["group.invitation"]);
  await bob.page.keyboard.press("Escape");

  // Full: nobody can be invited, and the reason is there. Dan cannot be let in either.
  assert.equal(await panel(ann).getByRole("button", { name: "Invite", exact: true }).isDisabled(), true);
  await panel(ann).getByText("The group is full (3/3): nobody can be invited.").waitFor();
  await dan.ask("POST", `/api/groups/${id}/members`, {}, 202);
  await panel(ann).getByRole("button", { name: /Requests/ }).click();
  await dialog(ann, "Requests").getByRole("button", { name: "Accept Dan" }).click();
  await dialog(ann, "Requests").getByRole("alert").getByText("This group is full.").waitFor();
  await dialog(ann, "Requests").getByRole("button", { name: "Decline Dan" }).click();
  await dialog(ann, "Requests").getByText("Nobody is waiting.").waitFor({ timeout: AT_ONCE_MS });
  await ann.page.keyboard.press("Escape");

  // Bob becomes an admin; his page knows without a reload.
  assert.equal(await panel(bob).getByRole("button", { name: /Requests/ }).count(), 0);
  await choose(ann, "About Bob", "Make an admin");
  await told(bob, "Ann made Bob an admin");
  await panel(bob).getByRole("button", { name: /Requests/ }).waitFor();
  await member(bob, "Bob").getByText("Admin").waitFor();
  await choose(ann, "About Bob", "Make an ordinary member");
  await panel(bob).getByRole("button", { name: /Requests/ }).waitFor({ state: "detached", timeout: AT_ONCE_MS });

  // Muted: the composer is a sentence that counts down, until the mute ends.
  await choose(ann, "About Bob", "Mute…");
  await dialog(ann, "Mute Bob").getByRole("button", { name: "10 minutes" }).click();
  await told(bob, "Ann muted Bob for 10 minutes");
  const sentence = bob.page.getByText(/^You are muted, \d+:\d\d left$/);
  await sentence.waitFor({ timeout: AT_ONCE_MS });
  assert.equal(await bob.page.locator("textarea").count(), 0);
  const first = await sentence.textContent();
  assert.match(first, /(10:00|9:5\d) left$/);
  await becomes(async () => (await sentence.textContent()) !== first, "the sentence counts down");
  await member(ann, "Bob").getByText(/muted 9:\d\d/).waitFor();
  await choose(ann, "About Bob", "Unmute");
  await bob.page.locator("textarea").waitFor({ timeout: AT_ONCE_MS });

  // Everybody is muted, and again not.
  await choose(ann, "This group", "Group settings");
  await dialog(ann, "Group settings").getByLabel("Only the owner and admins may write").check();
  await dialog(ann, "Group settings").getByLabel("Announcement").fill("Tomorrow at eight\nbring a book");
  await dialog(ann, "Group settings").getByRole("button", { name: "Save" }).click();
  await dialog(ann, "Group settings").waitFor({ state: "detached" });
  await bob.page.getByText("Everybody is muted: only the owner and admins may write now.").waitFor({ timeout: AT_ONCE_MS });
  await bob.page.getByRole("main").getByRole("region", { name: "Announcement" }).getByText("Tomorrow at eight").waitFor();
  await told(bob, "Ann changed the group: only the owner and admins may write");
  await write(ann, "still me");
  await sees(bob, "still me");
  await choose(ann, "This group", "Group settings");
  await dialog(ann, "Group settings").getByLabel("Only the owner and admins may write").uncheck();
  await dialog(ann, "Group settings").getByRole("button", { name: "Save" }).click();
  await bob.page.locator("textarea").waitFor({ timeout: AT_ONCE_MS });

  // A picture for the group: seen in the list, and taken away again.
  await choose(ann, "This group", "Group settings");
  const settings = dialog(ann, "Group settings");
  await settings.getByLabel("Choose a picture").setInputFiles({ name: "face.png", mimeType: "image/png", buffer: PICTURE });
  await told(bob, "Ann changed the group's picture");
  await row(bob, "Crew").locator("img").waitFor({ timeout: AT_ONCE_MS });
  await answered(ann);
  await settings.getByRole("button", { name: "Remove the picture" }).click();
  await row(bob, "Crew").locator("img").waitFor({ state: "detached", timeout: AT_ONCE_MS });
  await answered(ann);
  await settings.getByLabel("Choose a picture").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("text") });
  await settings.getByRole("alert").getByText("This is no picture that can be read").waitFor();
  await ann.page.keyboard.press("Escape");

  // Cards: one's own, and that of somebody below.
  await choose(bob, "This group", "My name in this group");
  await bob.page.getByRole("textbox", { name: "Name in this group" }).fill("Bobby");
  await bob.page.getByRole("button", { name: "Save" }).click();
  await member(ann, "Bobby").waitFor({ timeout: AT_ONCE_MS });

  // Removed and banned: gone from the list; the ban stands in its list and is lifted.
  await choose(ann, "About Cat", "Remove and ban");
  await sure(ann, "Remove and ban");
  await told(bob, "Ann removed Cat and banned them");
  await panel(ann).getByText("2/3", { exact: true }).waitFor();
  await cat.ask("POST", `/api/groups/${id}/members`, {}, 403);
  await choose(ann, "This group", "Bans");
  await dialog(ann, "Bans").getByRole("button", { name: "Lift the ban of Cat" }).click();
  await dialog(ann, "Bans").getByText("Nobody is banned.").waitFor({ timeout: AT_ONCE_MS });
  await ann.page.keyboard.press("Escape");
  await cat.ask("POST", `/api/groups/${id}/members`, {}, 202);

  // Handed over: Bob is the owner, Ann an admin; he removes her, and her page says so.
  await choose(ann, "About Bobby", "Hand the group over…");
  await ann.page.getByRole("alertdialog").getByText("Bobby becomes the owner and you an admin.").waitFor();
  await sure(ann, "Hand over");
  await told(bob, "Ann handed the group over to Bobby");
  await member(bob, "Bobby").getByText("Owner").waitFor();
  await member(bob, "Ann").getByText("Admin").waitFor();
  await choose(bob, "About Ann", "Remove");
  await sure(bob, "Remove");
  await ann.page.getByText("You are no longer in this group.").waitFor({ timeout: AT_ONCE_MS });
  assert.equal(await panel(ann).count(), 0);

  // Eve comes, and the group ends: what was said stays to be read, and nothing can be added.
  await eve.ask("POST", `/api/groups/${id}/members`, {}, 202);
  await panel(bob).getByRole("button", { name: /Requests/ }).click();
  await dialog(bob, "Requests").getByRole("button", { name: "Accept Eve" }).click();
  await bob.page.keyboard.press("Escape");
  await panel(bob).getByText("2/3", { exact: true }).waitFor();
  await choose(bob, "This group", "Dissolve the group");
  await bob.page.getByRole("alertdialog").getByText("2 people lose this group.").waitFor();
  await sure(bob, "Dissolve");
  await bob.page.getByRole("main").getByText("This group is dissolved. What was said stays readable.").waitFor({ timeout: AT_ONCE_MS });
  await sees(bob, "still me");
  await choose(bob, "This group", "Leave the group");
  await sure(bob, "Leave");
  await bob.page.getByText("You are no longer in this group.").waitFor({ timeout: AT_ONCE_MS });

  for (const [who, route] of [[ann, "/api/stream"], [bob, "/api/poll"]]) {
    assert.deepEqual([...who.feeds], [route], `${who.name} used ${route} and nothing else`);
    assert.deepEqual(who.complaints, [], `${who.name}'s page complained`);
    await who.context.close();
  }
});

test("the ways in: asking and waiting, links, and why not", { timeout: 120000 }, async () => {
  const fay = await user("fay", "Fay");
  const gus = await user("gus", "Gus", { event_source: false });
  await create_group(fay, "Doors");
  const id = decodeURIComponent(/#\/c\/([^/]+)/.exec(fay.page.url())[1]);
  await fay.ask("PATCH", `/api/groups/${id}`, { join_mode: "approval" });
  for (const [name, values] of [["Doors closed", { join_mode: "closed" }], ["Doors invited", { join_mode: "invitation" }]]) {
    const made = await fay.ask("POST", "/api/groups", { name });
    await fay.ask("PATCH", `/api/groups/${made.group.id}`, values);
  }

  await gus.page.getByRole("button", { name: "Find groups" }).click();
  await gus.page.getByRole("searchbox").fill("Doors");
  await gus.page.getByRole("button", { name: "Find", exact: true }).click();
  const results = gus.page.getByRole("list", { name: "Groups found" }).or(gus.page.locator(".side__form .scroll"));
  await results.getByText("By invitation", { exact: true }).waitFor();
  await results.getByText("Closed", { exact: true }).waitFor();

  // Asked with a note, waiting, taken back, asked again, declined.
  await gus.page.getByRole("button", { name: "Ask to join Doors", exact: true }).click();
  await gus.page.getByLabel("A note, so that they know who you are").fill("Gus from work");
  await dialog(gus, "Doors").getByRole("button", { name: "Ask to join" }).click();
  await dialog(gus, "Doors").getByText("You asked to join. An admin of the group has to agree.").waitFor();
  await told(fay, "Gus asks to join: Gus from work");
  await dialog(gus, "Doors").getByRole("button", { name: "Take the request back" }).click();
  await dialog(gus, "Doors").getByRole("button", { name: "Ask to join" }).click();
  await dialog(gus, "Doors").getByText("You asked to join.").waitFor();
  await gus.page.keyboard.press("Escape");
  await gus.page.getByRole("button", { name: "Asked to join Doors, waiting" }).waitFor();
  await fay.page.getByRole("button", { name: "Members, 1 request to join" }).click();
  await panel(fay).getByRole("button", { name: /Requests/ }).click();
  await dialog(fay, "Requests").getByRole("button", { name: "Decline Gus" }).click();
  await fay.page.keyboard.press("Escape");
  await gus.page.getByText("You were not let into “Doors”.").waitFor({ timeout: AT_ONCE_MS });
  await gus.page.getByRole("button", { name: "Ask to join Doors", exact: true }).waitFor();

  // A link: its address is told once; it leads in, past the approval, after signing in.
  await choose(fay, "This group", "Invitation links");
  const links = dialog(fay, "Invitation links");
  await links.getByLabel("Used at most").selectOption("1");
  await links.getByRole("button", { name: "Make a link" }).click();
  const address = await links.getByLabel("Address of the invitation").inputValue();
  assert.match(address, new RegExp(`^${fay.url}/#/join/[0-9a-f]+$`));
  await links.getByText("1 use left").waitFor({ timeout: AT_ONCE_MS });
  await gus.page.goto("about:blank");
  await gus.page.goto(address.replace(fay.url, gus.url));
  await dialog(gus, "Join a group by a link").getByRole("button", { name: "Join" }).click();
  await gus.page.getByRole("heading", { name: "Doors" }).waitFor();
  await told(fay, "Gus joined the group by a link");
  await links.getByText("Over").waitFor({ timeout: AT_ONCE_MS });
  await links.getByRole("button", { name: /^End the link/ }).click();
  await links.getByText("There are no links yet.").waitFor({ timeout: AT_ONCE_MS });
  await fay.page.keyboard.press("Escape");

  // Used up: somebody who is signed out signs in first, and is told.
  await program(site.url, "hal", "Hal");
  const hal = await person(site.chromium, site.url, "Hal");
  hal.username = "hal";
  await hal.page.goto("about:blank");
  await hal.page.goto(address.replace(fay.url, hal.url));
  await sign_in(hal);
  await dialog(hal, "Join a group by a link").getByRole("button", { name: "Join" }).click();
  await dialog(hal, "Join a group by a link").getByRole("alert").getByText("This link is over or was used up.").waitFor();
  assert.deepEqual(hal.complaints, []);

  // Pinned, silent, hidden: for oneself.
  await choose(fay, "This conversation", "Pin to the top");
  await becomes(async () => {
    const names = await fay.page.getByRole("list", { name: "Conversations" }).locator("strong").allTextContents();
    return names[0] === "Doors" || names;
  }, "the pinned one is the first");
  await choose(fay, "This conversation", "Mute for me");
  await fay.page.getByRole("button", { name: "This conversation", exact: true }).click();
  await fay.page.getByRole("menuitem", { name: "Unmute for me" }).waitFor();
  await fay.page.getByRole("menuitem", { name: "Hide this conversation" }).click();
  await row(fay, "Doors").filter({ hasNotText: "invited" }).first().waitFor({ state: "visible" });
  await becomes(async () => (await fay.page.getByRole("list", { name: "Conversations" }).locator("strong")
    .allTextContents()).indexOf("Doors") < 0, "the hidden one leaves the list");
  for (const who of [fay, gus]) {
    assert.deepEqual(who.complaints, [], `${who.name}'s page complained`);
    await who.context.close();
  }
  await hal.context.close();
});

test("a bot, its token, a hook that speaks, and the end of both", { timeout: 120000 }, async () => {
  const ivy = await user("ivy", "Ivy");
  await create_group(ivy, "Builds");
  await ivy.page.getByRole("button", { name: "Members", exact: true }).click();
  await choose(ivy, "This group", "Hooks and bots");
  const hooks = dialog(ivy, "Hooks and bots");
  await hooks.getByText("Make a bot first: a hook speaks as one.").waitFor();
  await hooks.getByRole("button", { name: "My bots" }).click();
  const bots = dialog(ivy, "My bots");
  await bots.getByLabel("User name").fill("robot");
  await bots.getByLabel("Name", { exact: true }).fill("Robot");
  await bots.getByRole("button", { name: "Make a bot" }).click();
  const token = await bots.getByLabel("Token of Robot").inputValue();
  const me = await globalThis.fetch(`${site.url}/api/me`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await me.json()).username, "robot");
  await bots.getByRole("button", { name: "Close" }).click();

  await hooks.getByLabel("What it is for").fill("builds");
  await hooks.getByRole("button", { name: "Make a hook" }).click();
  const address = await hooks.getByLabel("Address to post to").inputValue();
  await hooks.getByText("Robot, added by Ivy").waitFor({ timeout: AT_ONCE_MS });
  const post = (text) => globalThis.fetch(address, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text })
  });
  assert.equal((await post("main is green")).status, 201);
  await sees(ivy, "main is green");
  await member(ivy, "Robot").getByText("Bot", { exact: true }).waitFor();
  await hooks.getByRole("button", { name: "End builds" }).click();
  await hooks.getByText("There are no hooks yet.").waitFor({ timeout: AT_ONCE_MS });
  assert.equal((await post("gone")).status, 404);

  await hooks.getByRole("button", { name: "My bots" }).click();
  await bots.getByRole("button", { name: "Delete the bot Robot" }).click();
  await sure(ivy, "Delete");
  await bots.getByText("You have no bots yet.").waitFor({ timeout: AT_ONCE_MS });
  await ivy.page.keyboard.press("Escape");
  await told(ivy, "Robot left the group");
  assert.deepEqual(ivy.complaints, []);
  await ivy.context.close();
});
