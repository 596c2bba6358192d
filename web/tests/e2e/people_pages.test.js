"use strict";
// People on the page: finding, asking and answering, folders, presence, blocks.
// One of the two browsers has no event stream.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const {
  alert, ask, befriend, block, close, company, contacts, dialog, find,
  folder, friend, leave, more, my_profile, profile, show_contacts, soon, status, tab
} = require("./contacts");
const { answered, becomes, sign_up } = require("./people");

const { one, two, second } = company();

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
    await answered(ann);
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
  const eve = await one("Eve block");
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
