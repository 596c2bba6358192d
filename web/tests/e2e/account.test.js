"use strict";
// One's own profile and account: name and face, devices, password, and the end of it.
const assert = require("node:assert/strict");
const { Buffer } = require("node:buffer");
const { test } = require("node:test");
const {
  alert, befriend, close, company, dialog, friend, leave,
  my_profile, profile, show_contacts, soon, tab
} = require("./contacts");
const { PASSWORD, becomes, create_group, inside, sign_in, sign_up } = require("./people");

const { one, two, second } = company();

// Two pixels on two, as small as a PNG can be.
const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==",
  "base64");

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
  const ann = await one("Ann devices");
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
  return { "X-CSRFToken": cookies.filter(({ name }) => name === "csrftoken")[0].value };
}

/** As other parts of the page do it: a profile by id. */
function open_profile(who, user) {
  return who.page.evaluate(`chat.main.store.dispatch({ type: "dialog", dialog: { name: "person", user: ${JSON.stringify(user)} } })`);
}

test("profiles of bots, of oneself and of nobody say what they are", { timeout: 60000 }, async () => {
  const ann = await one("Ann bots");
  await sign_up(ann, "ann_bots");
  const data = { username: "helper_bot", name: "Helper" };
  const made = await ann.page.request.post(ann.url + "/api/bots", { data, headers: await token(ann) });
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
  const id = (await (await bob.page.request.get(bob.url + "/api/groups?query=Gone%20readers")).json()).groups[0].id;
  const dissolved = (await bob.page.request.delete(bob.url + "/api/groups/" + id, { headers: await token(bob) })).status();
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
