"use strict";
// People on the page: finding, asking and answering, folders, presence, blocks, one's own
// profile and account. One of the two browsers has no event stream.
const assert = require("node:assert/strict");
const { Buffer } = require("node:buffer");
const { after, before, test } = require("node:test");
const { browser, server } = require("./browser");
const { PASSWORD, becomes, create_group, inside, person, sign_in, sign_up } = require("./people");

let running;
let chromium;

before(async () => {
  running = await server();
  chromium = await browser();
});

after(async () => {
  if (chromium) { await chromium.close(); }
  if (running) { await running.stop(); }
});

// Told by the feed, asked for anew and drawn, on machines that have other things to do.
const soon = { timeout: 8000 };
// Two pixels on two, as small as a PNG can be.
const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==",
  "base64");

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

async function two(tag) {
  const ann = await person(chromium, running.url, `Ann ${tag}`);
  const bob = await person(chromium, running.url, `Bob ${tag}`, { event_source: false });
  await sign_up(ann, `ann_${tag}`);
  await sign_up(bob, `bob_${tag}`);
  return { ann, bob };
}

/** Another device of the same user. */
async function second(who) {
  const other = await person(chromium, running.url, who.name);
  other.username = who.username;
  await sign_in(other);
  await inside(other);
  return other;
}

async function leave(...all) {
  for (const who of all) {
    assert.deepEqual(who.complaints, [], `${who.name}'s page complained`);
    await who.context.close();
  }
}

test("asking with a note, accepting, and who is there", { timeout: 90000 }, async () => {
  const { ann, bob } = await two("asking");
  await show_contacts(ann);
  await contacts(ann).getByText("No friends yet.").waitFor();

  // By number as well as by name; the request waits on both sides.
  await my_profile(bob);
  const number = /No\. (\d+)/.exec(await dialog(bob, "My profile").textContent())[1];
  await close(bob);
  await ask(ann, number, bob.name, "We met <b>yesterday</b>");
  await contacts(ann).getByRole("button", { name: `Withdraw the request to ${bob.name}` }).waitFor(soon);
  await tab(bob, "1 friend request").waitFor(soon);
  await show_contacts(bob);
  await contacts(bob).getByText("We met <b>yesterday</b>").waitFor();
  await contacts(bob).getByRole("button", { name: `Accept ${ann.name}` }).click();
  await friend(bob, ann.name).getByText("Online").waitFor(soon);
  await friend(ann, bob.name).getByText("Online").waitFor(soon);
  await folder(ann, "My friends").getByText("1/1").waitFor();
  assert.equal(await contacts(ann).getByText("Waiting for an answer").count(), 0);
  assert.equal(await tab(bob, "friend request").count(), 0, "the badge went with the request");

  // Busy, invisible, online: each arrives by itself.
  await status(bob, "busy");
  await friend(ann, bob.name).getByText("Busy").waitFor(soon);
  await status(bob, "invisible");
  await friend(ann, bob.name).getByText("Offline").waitFor(soon);
  await folder(ann, "My friends").getByText("0/1").waitFor();
  assert.match(await contacts(ann).locator(".contact").filter({ hasText: bob.name }).getAttribute("class"), /offline/);
  await status(bob, "online");
  await friend(ann, bob.name).getByText("Online").waitFor(soon);

  // A press opens the chat.
  await friend(ann, bob.name).click();
  await ann.page.getByRole("heading", { name: bob.name }).waitFor();
  assert.deepEqual([[...ann.feeds], [...bob.feeds]], [["/api/stream"], ["/api/poll"]]);
  await leave(ann, bob);
});

test("declining and taking back leave no trace", { timeout: 60000 }, async () => {
  const { ann, bob } = await two("no");
  await show_contacts(ann);
  await show_contacts(bob);
  await ask(ann, bob.username, bob.name, "please");
  await contacts(bob).getByRole("button", { name: `Decline ${ann.name}` }).click();
  await contacts(ann).getByRole("button", { name: `Withdraw the request to ${bob.name}` }).waitFor({ state: "detached", ...soon });
  await ask(ann, bob.username, bob.name, "again");
  await contacts(bob).getByText("again").waitFor(soon);
  await contacts(ann).getByRole("button", { name: `Withdraw the request to ${bob.name}` }).click();
  await contacts(bob).getByText("again").waitFor({ state: "detached", ...soon });
  assert.equal(await friend(bob, ann.name).count(), 0);
  await leave(ann, bob);
});

test("remark and folder: on another device at once, after a reload still, shut in this browser", { timeout: 90000 }, async () => {
  const { ann, bob } = await two("folders");
  await befriend(ann, bob);
  const phone = await second(ann);
  await show_contacts(phone);

  await more(ann, "Manage folders");
  for (const name of ["School", "Work"]) {
    await dialog(ann, "Manage folders").getByLabel("New folder").fill(name);
    await dialog(ann, "Manage folders").getByRole("button", { name: "Make" }).click();
    await dialog(ann, "Manage folders").getByRole("listitem").filter({ hasText: name }).waitFor(soon);
  }
  await dialog(ann, "Manage folders").getByLabel("New folder").fill("Work");
  await dialog(ann, "Manage folders").getByRole("button", { name: "Make" }).click();
  await alert(ann).getByText("You have a folder of this name.").waitFor(soon);
  // Up by keyboard: the focus stays on the button that moved.
  await dialog(ann, "Manage folders").getByRole("button", { name: "Move Work up" }).focus();
  await ann.page.keyboard.press("Enter");
  const order = async () => (await dialog(ann, "Manage folders").locator("li strong").allTextContents()).join(" ");
  await becomes(async () => (await order()) === "Work School" || order(), "Work stands before School");
  assert.equal(await ann.page.evaluate("document.activeElement.getAttribute('aria-label')"), "Move Work up");
  await dialog(ann, "Manage folders").getByRole("button", { name: "Rename School" }).click();
  await dialog(ann, "Manage folders").getByLabel("Name of the folder").fill("Class");
  await ann.page.keyboard.press("Enter");
  await dialog(ann, "Manage folders").getByRole("listitem").filter({ hasText: "Class" }).waitFor(soon);
  await close(ann);

  await profile(ann, bob.name);
  await dialog(ann, bob.name).getByLabel("Your own name for them").fill("Bobby");
  await dialog(ann, bob.name).getByRole("button", { name: "Save" }).click();
  await dialog(ann, "Bobby").waitFor(soon);
  await dialog(ann, "Bobby").getByLabel("Folder").selectOption({ label: "Class" });
  await folder(ann, "Class").getByText("1/1").waitFor(soon);
  await close(ann);

  for (const who of [ann, phone]) {
    await folder(who, "Class").getByRole("listitem").filter({ hasText: "Bobby" }).waitFor(soon);
  }
  await folder(ann, "Class").getByRole("button", { name: "Class" }).click();
  await folder(ann, "Class").getByRole("listitem").waitFor({ state: "detached" });
  for (const who of [ann, phone]) { await who.page.reload(); }
  await folder(phone, "Class").getByRole("listitem").filter({ hasText: "Bobby" }).waitFor();
  await folder(ann, "Class").waitFor();
  assert.equal(await folder(ann, "Class").getByRole("button", { name: "Class" }).getAttribute("aria-expanded"), "false");
  assert.equal(await friend(ann, "Bobby").count(), 0, "what is shut here is open there");

  // The filter opens what is shut; Bob is found by his own name, too.
  await ann.page.getByRole("searchbox", { name: "Filter contacts" }).fill(bob.username);
  await friend(ann, "Bobby").waitFor();
  await ann.page.getByRole("searchbox", { name: "Filter contacts" }).fill("nobody");
  await contacts(ann).getByText("No contact matches “nobody”.").waitFor();
  await ann.page.getByRole("searchbox", { name: "Filter contacts" }).fill("");

  // A folder that goes leaves its friends with the others.
  await more(ann, "Manage folders");
  await dialog(ann, "Manage folders").getByRole("button", { name: "Remove the folder Class" }).click();
  await ann.page.getByRole("alertdialog").getByText("1 friend moves to “My friends”.").waitFor();
  await ann.page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await folder(ann, "My friends").getByText("1/1").waitFor(soon);
  await leave(ann, bob, phone);
});

test("who is blocked meets what a stranger meets, and asks in vain", { timeout: 90000 }, async () => {
  const { ann, bob } = await two("block");
  const eve = await person(chromium, running.url, "Eve block");
  await sign_up(eve, "eve_block");
  await befriend(ann, bob);

  // A friend who is blocked is none any more, on both sides.
  await block(bob, () => profile(bob, ann.name), ann.name);
  await friend(ann, bob.name).waitFor({ state: "detached", ...soon });
  await friend(bob, ann.name).waitFor({ state: "detached", ...soon });

  // Bob blocks Eve, Ann does not: Eve cannot tell the two apart.
  await block(bob, () => find(bob, eve.username, eve.name), eve.name);
  await show_contacts(eve);
  const said = [];
  for (const other of [bob, ann]) {
    await find(eve, other.username, other.name);
    await dialog(eve, other.name).getByRole("button", { name: "Message" }).click();
    await alert(eve).getByText("You can only write to friends").waitFor(soon);
    const told = await dialog(eve, other.name).textContent();
    said.push(told.split(other.name).join("NAME").split(other.username).join("USER")
      .replace(/No\. \d+/, "NUMBER").replace(/[AB]NAME/, "NAME"));
    await close(eve);
    await ask(eve, other.username, other.name, "hello");
  }
  assert.equal(said[0], said[1]);
  // Ann has heard of Eve; Bob, who was asked before her, never will.
  await contacts(ann).getByText("hello").waitFor(soon);
  assert.equal(await contacts(bob).getByText("hello").count(), 0);
  await bob.page.reload();
  await contacts(bob).getByText("My friends").waitFor();
  assert.equal(await contacts(bob).getByText("hello").count(), 0);

  await more(bob, "Blocked people");
  await dialog(bob, "Blocked people").getByRole("button", { name: `Unblock ${ann.name}` }).click();
  await dialog(bob, "Blocked people").getByRole("button", { name: `Unblock ${ann.name}` }).waitFor({ state: "detached", ...soon });
  assert.equal(await bob.page.evaluate("document.querySelector('.dialog').contains(document.activeElement)"), true,
    "the row went, the focus stayed in the dialogue");
  await leave(ann, bob, eve);
});

test("ending a friendship says what it means, and both are without", { timeout: 60000 }, async () => {
  const { ann, bob } = await two("end");
  await befriend(ann, bob);
  await profile(ann, bob.name);
  await dialog(ann, bob.name).getByRole("button", { name: "Remove friend" }).click();
  await ann.page.getByRole("alertdialog").getByText("disappears from your friends, and you from theirs").waitFor();
  await ann.page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await ann.page.locator(".veil").waitFor({ state: "detached" });
  // The dialogue that stood in between is gone; the focus is where all of it began.
  assert.equal(await ann.page.evaluate("document.activeElement.getAttribute('aria-label')"), `Profile of ${bob.name}`);
  assert.equal(await friend(ann, bob.name).count(), 1);
  await profile(ann, bob.name);
  await dialog(ann, bob.name).getByRole("button", { name: "Remove friend" }).click();
  await ann.page.getByRole("alertdialog").getByRole("button", { name: "Remove friend" }).click();
  await friend(ann, bob.name).waitFor({ state: "detached", ...soon });
  await friend(bob, ann.name).waitFor({ state: "detached", ...soon });
  await leave(ann, bob);
});

test("one's own profile: name, signature and face reach the other, and one's other devices at once", { timeout: 90000 }, async () => {
  const { ann, bob } = await two("face");
  await befriend(ann, bob);
  const phone = await second(bob);
  await my_profile(phone);

  await my_profile(bob);
  const mine = dialog(bob, "My profile");
  await mine.getByLabel("Signature").fill("on the road");
  await mine.getByRole("button", { name: "Save" }).click();
  await mine.getByText("Saved").waitFor(soon);
  await mine.getByLabel("Choose a picture").setInputFiles({ name: "a.txt", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await mine.getByRole("button", { name: "Use this picture" }).click();
  await alert(bob).getByText("This is no picture that can be read").waitFor(soon);
  await mine.getByLabel("Choose another").setInputFiles({ name: "a.png", mimeType: "image/png", buffer: PICTURE });
  await becomes(async () => /^blob:/.test(await mine.locator("img").getAttribute("src")), "looked at before it is sent");
  await mine.getByRole("button", { name: "Use this picture" }).click();
  await becomes(async () => /size=large/.test(await mine.locator("img").getAttribute("src")), "the server's picture is shown");
  await dialog(phone, "My profile").locator("img").waitFor(soon);

  await profile(ann, bob.name);
  await dialog(ann, bob.name).getByText("on the road").waitFor(soon);
  const face = dialog(ann, bob.name).locator(".portrait img");
  await face.waitFor(soon);
  await becomes(() => face.evaluate((image) => image.complete && image.naturalWidth === 240), "the picture is drawn");
  await close(ann);

  await mine.getByRole("button", { name: "Remove picture" }).click();
  await mine.locator("img").waitFor({ state: "detached", ...soon });
  await dialog(phone, "My profile").locator("img").waitFor({ state: "detached", ...soon });

  await mine.getByLabel("Show how far I have read").uncheck();
  await becomes(async () => !(await dialog(phone, "My profile").getByLabel("Show how far I have read").isChecked()), "the switch follows");
  await mine.getByLabel("Name that others see").fill("Robert");
  await mine.getByRole("button", { name: "Save" }).click();
  bob.name = "Robert";
  await close(bob);
  await inside(bob);
  await leave(ann, bob, phone);
});

test("devices: one signed out alone, all others by a new password", { timeout: 90000 }, async () => {
  const ann = await person(chromium, running.url, "Ann devices");
  await sign_up(ann, "ann_devices");
  const [phone, tablet] = [await second(ann), await second(ann)];
  const door = (who) => who.page.getByRole("button", { name: "Sign in", exact: true });
  await tab(ann, "Settings").click();
  const devices = ann.page.getByRole("list", { name: "Signed-in devices" }).getByRole("listitem");
  await becomes(async () => (await devices.count()) === 3 || devices.count(), "three devices are told");
  assert.equal(await devices.filter({ hasText: "This device" }).count(), 1);
  assert.equal(await devices.filter({ hasText: "This device" }).getByRole("button").count(), 0);
  await devices.getByRole("button").first().click();
  await becomes(async () => (await devices.count()) === 2 || devices.count(), "two are left");
  await becomes(async () => (await door(phone).count()) + (await door(tablet).count()) === 1, "one of them stands at the door");

  const form = ann.page.getByRole("main");
  await form.getByLabel("Present password").fill("not this one");
  await form.getByLabel("New password").fill("another horse battery");
  await form.getByRole("button", { name: "Change password" }).click();
  await alert(ann).getByText("This is not your present password.").waitFor(soon);
  await inside(ann);
  await form.getByLabel("Present password").fill(PASSWORD);
  await form.getByRole("button", { name: "Change password" }).click();
  await form.getByText("The password is changed.").waitFor(soon);
  await becomes(async () => (await door(phone).count()) + (await door(tablet).count()) === 2, "both stand at the door");
  await inside(ann);
  await sign_in(phone);
  await alert(phone).waitFor();
  await sign_in(phone, "another horse battery");
  await inside(phone);

  const [saved] = await Promise.all([ann.page.waitForEvent("download"), form.getByRole("link", { name: "Download my data" }).click()]);
  assert.equal(await saved.failure(), null);
  await leave(ann, phone, tablet);
});

/** What a request of the page's own carries. */
async function token(who) {
  const cookies = await who.context.cookies();
  return { "X-CSRFToken": cookies.filter((one) => one.name === "csrftoken")[0].value };
}

/** As other parts of the page do it: a profile by id. */
function open_profile(who, user) {
  return who.page.evaluate(`chat.main.store.dispatch({ type: "dialog", dialog: { name: "person", user: ${JSON.stringify(user)} } })`);
}

test("profiles of bots, of oneself and of nobody say what they are", { timeout: 60000 }, async () => {
  const ann = await person(chromium, running.url, "Ann bots");
  await sign_up(ann, "ann_bots");
  const data = { username: "helper_bot", name: "Helper" };
  const made = await ann.page.request.post(running.url + "/api/bots", { data, headers: await token(ann) });
  const answer = await made.json();
  await open_profile(ann, (answer.bot || answer.user || answer).id);
  await dialog(ann, "Helper").getByText("Bot", { exact: true }).waitFor(soon);
  assert.equal(await dialog(ann, "Helper").getByRole("button", { name: "Add friend" }).count(), 0, "nobody is there to accept");
  await close(ann);
  await open_profile(ann, "00000000-0000-4000-8000-000000000000");
  await alert(ann).getByText("It is not there any more.").waitFor(soon);
  await close(ann);
  await open_profile(ann, await ann.page.evaluate("chat.main.store.state().me.id"));
  await dialog(ann, ann.name).getByRole("button", { name: "Edit my profile" }).click();
  await dialog(ann, "My profile").waitFor();
  await leave(ann);
});

test("deleting the account: groups first, then out for good; others see that it is gone", { timeout: 90000 }, async () => {
  const { ann, bob } = await two("gone");
  await befriend(ann, bob);
  const bob_id = await bob.page.evaluate("chat.main.store.state().me.id");
  await friend(ann, bob.name).click();
  await tab(bob, "Conversations").click();
  await create_group(bob, "Gone readers");
  await tab(bob, "Settings").click();
  await bob.page.getByRole("button", { name: "Delete account" }).click();
  const ending = bob.page.getByRole("alertdialog", { name: "Delete account" });
  await ending.getByLabel("Present password").fill("not this one");
  await ending.getByRole("button", { name: "Delete for good" }).click();
  await alert(bob).getByText("This is not your present password.").waitFor(soon);
  await ending.getByLabel("Present password").fill(PASSWORD);
  await ending.getByRole("button", { name: "Delete for good" }).click();
  await alert(bob).getByRole("button", { name: "Gone readers" }).waitFor(soon);
  const id = (await (await bob.page.request.get(running.url + "/api/groups?query=Gone%20readers")).json()).groups[0].id;
  const dissolved = (await bob.page.request.delete(running.url + "/api/groups/" + id, { headers: await token(bob) })).status();
  assert.equal(dissolved, 204);
  await ending.getByRole("button", { name: "Delete for good" }).click();
  await bob.page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  await sign_in(bob);
  await alert(bob).waitFor();

  await show_contacts(ann);
  await friend(ann, "Deleted account").waitFor(soon);
  assert.equal(await friend(ann, bob.name).count(), 0);
  await open_profile(ann, bob_id);
  const gone = dialog(ann, "Deleted account");
  await gone.getByText("Deleted", { exact: true }).waitFor(soon);
  assert.equal(await gone.getByRole("button", { name: /Message|Block|Add friend/ }).count(), 0, "nobody is there to hear it");
  await gone.getByRole("button", { name: "Remove friend" }).click();
  await ann.page.getByRole("alertdialog").getByRole("button", { name: "Remove friend" }).click();
  await friend(ann, "Deleted account").waitFor({ state: "detached", ...soon });
  await leave(ann, bob);
});
