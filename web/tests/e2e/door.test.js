"use strict";
// The door in all its states: wrong, taken, too soon, closed, by invitation, down.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { equip } = require("./browser");
const { server_with } = require("./command");
const { PASSWORD, becomes, has_focus, inside, person, sign_in, sign_out } = require("./people");

const site = equip(server_with);

const field = (who, name) => who.page.locator("#door-" + name);
const to_sign_up = (who) => who.page.getByRole("button", { name: "Create an account" }).click();

/** The words of an alert. */
function told(who, words) {
  return who.page.getByRole("alert").filter({ hasText: words }).waitFor();
}

async function fill_sign_up(who, username, password = PASSWORD) {
  await field(who, "username").fill(username);
  await field(who, "display_name").fill(who.name);
  await field(who, "password").fill(password);
  await who.page.getByRole("button", { name: "Sign up" }).click();
}

async function scenario(tag, event_source) {
  const ann = await person(site.chromium, site.url, `Ann ${tag}`, { event_source });
  await ann.page.getByText("Chat in the browser").waitFor();
  await has_focus(field(ann, "username"), "one can begin at once");
  assert.deepEqual([await field(ann, "username").getAttribute("autocomplete"), await field(ann, "password").getAttribute("autocomplete")],
    ["username", "current-password"]);

  // Another language, at the door already, and for the next time.
  await ann.page.getByRole("button", { name: "简体中文" }).click();
  await ann.page.getByRole("button", { name: "登录", exact: true }).waitFor();
  assert.equal(await ann.page.locator("html").getAttribute("lang"), "zh-CN");
  await ann.page.reload();
  await ann.page.getByRole("button", { name: "English" }).click();
  await ann.page.getByRole("button", { name: "Sign in" }).waitFor();

  // What is too short is not even asked.
  let asked = 0;
  ann.page.on("request", (request) => { asked += request.method() === "POST" && /\/api\/users$/.test(request.url()) ? 1 : 0; });
  await to_sign_up(ann);
  await ann.page.locator("#door-password[autocomplete=new-password]").waitFor();
  await fill_sign_up(ann, `door_ann_${tag}`, "short");
  await told(ann, "8 to 128 characters.");
  await has_focus(field(ann, "password"), "the password has the focus");
  assert.equal(asked, 0);
  await fill_sign_up(ann, `door_ann_${tag}`);
  await inside(ann);
  await sign_out(ann);

  // Wrong: said at the field, which has the focus. One can look at what one typed.
  ann.username = `door_ann_${tag}`;
  await sign_in(ann, "not the password");
  await told(ann, "User name or password is wrong.");
  await has_focus(field(ann, "password"), "the password has the focus");
  assert.equal(await field(ann, "password").getAttribute("aria-invalid"), "true");
  await ann.page.getByRole("button", { name: "Show what is typed" }).click();
  await ann.page.locator("#door-password[type=text]").waitFor();
  await ann.page.getByRole("button", { name: "Hide what is typed" }).click();
  await ann.page.locator("#door-password[type=password]").waitFor();

  // Taken, or so like a name that is taken that people would mix them up.
  const bob = await person(site.chromium, site.url, `Bob ${tag}`, { event_source });
  await to_sign_up(bob);
  await fill_sign_up(bob, `door_ann_${tag}`);
  await told(bob, "Somebody has this user name.");
  await has_focus(field(bob, "username"), "the user name has the focus");
  await fill_sign_up(bob, `d00r_ann_${tag}`.replace("d00r", "dооr")); // Cyrillic letters
  await told(bob, "It looks like somebody's user name.");
  await has_focus(field(bob, "username"), "the user name has the focus");

  // Disabled, to who gives the right password.
  site.server.command(["disable", ann.username]);
  await sign_in(ann);
  await told(ann, "This account is disabled.");
  site.server.command(["disable", ann.username, "--undo"]);

  // Too many tries: one waits, and sees for how long.
  await ann.page.route("**/api/sessions", (route) => route.fulfill({
    status: 429, headers: { "Retry-After": "6", "Content-Type": "application/problem+json" }, body: '{"code":"too_many_tries"}'
  }));
  await sign_in(ann);
  await told(ann, "Too many tries.");
  await ann.page.getByText(/You can try again in [3-6] seconds\./).waitFor();
  const button = ann.page.getByRole("button", { name: "Sign in" });
  assert.equal(await button.isDisabled(), true);
  await becomes(async () => /try again in 1 second\./.test(await ann.page.getByRole("main").innerText()), "it counts down", 10000);
  await becomes(() => button.isEnabled(), "the wait is over");
  assert.equal(await ann.page.getByRole("alert").count(), 0);

  // Nobody there: a press tries again, with what stands in the form.
  await ann.page.unroute("**/api/sessions");
  await ann.page.route("**/api/sessions", (route) => route.abort());
  await sign_in(ann);
  await told(ann, "The server cannot be reached.");
  await ann.page.unroute("**/api/sessions");
  await ann.page.getByRole("button", { name: "Try again" }).click();
  await inside(ann);
  for (const who of [ann, bob]) {
    assert.deepEqual(who.complaints, []);
    await who.context.close();
  }
}

test("the door, then the event stream", { timeout: 120000 }, () => scenario("stream", true));
test("the door, then long-poll", { timeout: 120000 }, () => scenario("poll", false));

test("by invitation: the field comes when it is needed; a wrong code, then a good one", { timeout: 60000 }, async () => {
  const invited = await server_with({ WEBQQ_REGISTRATION: "invite" });
  try {
    const ann = await person(site.chromium, invited.url, "Ann invited");
    await to_sign_up(ann);
    assert.equal(await field(ann, "invitation").count(), 0);
    await fill_sign_up(ann, "invited_ann");
    await told(ann, "Signing up here takes an invitation code.");
    await has_focus(field(ann, "invitation"), "the code has the focus");
    await field(ann, "invitation").fill("nonsense");
    await field(ann, "invitation").press("Enter");
    await told(ann, "This code is wrong, over or used up.");
    const code = invited.command(["invite"]).trim().split(/\s+/).pop();
    await field(ann, "invitation").fill(code);
    await field(ann, "invitation").press("Enter");
    await inside(ann);

    // Whoever knows that they have one need not be refused first.
    const bob = await person(site.chromium, invited.url, "Bob invited");
    await to_sign_up(bob);
    await bob.page.getByRole("button", { name: "I have an invitation" }).click();
    await has_focus(field(bob, "invitation"), "the code has the focus");
    await field(bob, "invitation").fill(code);
    await fill_sign_up(bob, "invited_bob");
    await told(bob, "This code is wrong, over or used up.");
    assert.deepEqual([ann.complaints, bob.complaints], [[], []]);
    await ann.context.close();
    await bob.context.close();
  } finally {
    await invited.stop();
  }
});

test("closed: nobody signs up, and the page says whom to ask", { timeout: 60000 }, async () => {
  const closed = await server_with({ WEBQQ_REGISTRATION: "closed" });
  try {
    const ann = await person(site.chromium, closed.url, "Ann outside");
    await to_sign_up(ann);
    await fill_sign_up(ann, "outside_ann");
    await told(ann, "Nobody can sign up here.");
    assert.deepEqual(ann.complaints, []);
    await ann.context.close();
  } finally {
    await closed.stop();
  }
});

test("the door takes what a phone's width gives", { timeout: 60000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann narrow");
  await ann.page.setViewportSize({ width: 320, height: 568 });
  await to_sign_up(ann);
  await field(ann, "display_name").waitFor();
  assert.equal(await ann.page.locator(".door").evaluate((door) => door.scrollWidth - door.clientWidth), 0);
  await ann.context.close();
});

test("an answer that comes after its user has gone comes to nobody", { timeout: 60000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann late");
  const { page, context } = ann;
  await to_sign_up(ann);
  await fill_sign_up(ann, "late_ann");
  await inside(ann);
  await page.getByRole("button", { name: "Contacts" }).click();
  await page.getByText("No friends yet").waitFor();

  // What Ann asks for now is held on its way until Bob is there.
  const held = [];
  const hold = (route) => new Promise((resolve) => { held.push(async () => { resolve(await route.continue().catch(() => {})); }); });
  for (const address of ["**/api/friends", "**/api/blocks", "**/api/bots", "**/api/people**"]) { await context.route(address, hold); }
  await page.evaluate(() => globalThis.chat.main.store.dispatch({ type: "friends_stale" }));
  await page.evaluate(() => globalThis.chat.main.act.account && globalThis.chat.main.act.dialog({ name: "blocks" }));
  await becomes(() => held.length >= 2, "Ann's requests are under way");
  const asked = held.length;
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await sign_out(ann);
  await page.getByRole("button", { name: "Create an account" }).click();
  const bob = { ...ann, name: "Bob late" };
  await fill_sign_up(bob, "late_bob");
  await inside(bob);
  await page.getByRole("button", { name: "Contacts" }).click();
  await becomes(() => held.length > asked, "Bob asks for his own");
  for (const go of held.splice(0)) { await go(); }
  await page.getByText("No friends yet").waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  assert.deepEqual(ann.complaints, []);
  await context.close();
});
