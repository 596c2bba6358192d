"use strict";
// The list of conversations: what a row says, and what one can do to it.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { equip } = require("./browser");
const { server_with } = require("./command");
const { becomes, create_group, has_focus, inside, join_group, person, row, sees, sign_in, sign_up, write } = require("./people");

const site = equip(server_with);

const titles = (who) => who.page.getByRole("list", { name: "Conversations" }).locator("strong").allTextContents();

async function order(who, expected) {
  await becomes(async () => {
    const found = await titles(who);
    return JSON.stringify(found) === JSON.stringify(expected) || found;
  }, `${who.name} sees ${expected}`);
}

async function choose(who, title, item) {
  await who.page.getByRole("button", { name: `Menu of ${title}` }).click();
  await who.page.getByRole("menuitem", { name: item, exact: true }).click();
}

/** Opens a conversation and writes there: not before the field is that conversation's. */
async function write_in(who, title, text) {
  await row(who, title).click();
  await who.page.getByRole("heading", { name: title }).waitFor();
  await write(who, text);
}

async function scenario(tag, event_source) {
  const ann = await person(site.chromium, site.url, `Ann ${tag}`, { event_source });
  const bob = await person(site.chromium, site.url, `Bob ${tag}`, { event_source });
  await sign_up(ann, `list_ann_${tag}`);
  await sign_up(bob, `list_bob_${tag}`);
  await ann.page.getByText("No conversations yet.").waitFor();
  const [a, b, c] = ["A", "B", "C"].map((letter) => `${letter} ${tag}`);
  for (const group of [a, b, c]) {
    await create_group(ann, group);
    await join_group(bob, group);
  }
  await order(ann, [c, b, a]);
  const phone = await person(site.chromium, site.url, `Ann ${tag}`, { event_source });
  phone.username = ann.username;
  await sign_in(phone);
  await inside(phone);

  // Pinned: first, marked, on every device and after a reload.
  await choose(ann, a, "Pin");
  await order(ann, [a, c, b]);
  await row(ann, a).getByText("Pinned").waitFor();
  await order(phone, [a, c, b]);
  await ann.page.reload();
  await order(ann, [a, c, b]);
  await choose(phone, a, "Unpin");
  await order(ann, [c, b, a]);

  // Muted: the number stands and does not shout, not even in the title.
  await choose(ann, b, "Mute");
  await row(ann, b).getByText("Muted").waitFor();
  await row(ann, c).click();
  await write_in(bob, b, "psst");
  await row(ann, b).locator(".badge--quiet", { hasText: "1" }).waitFor();
  assert.equal(await ann.page.title(), "WebQQ");

  // Read without opening; the server knows.
  await choose(ann, b, "Mark as read");
  await row(ann, b).locator(".badge").waitFor({ state: "detached" });
  await ann.page.reload();
  await row(ann, b).waitFor();
  assert.equal(await row(ann, b).locator(".badge").count(), 0);
  await choose(ann, b, "Unmute");
  await row(ann, b).getByText("Muted").waitFor({ state: "detached" });

  // Somebody calls: said before what they said, until it is read.
  await row(ann, c).click();
  await write_in(bob, a, `@${ann.name} look here`);
  await row(ann, a).getByText("[@you]").waitFor();
  await row(ann, a).click();
  await row(ann, a).getByText("[@you]").waitFor({ state: "detached" });

  // Begun and left: the row says so, the text is there.
  await ann.page.locator("textarea").fill("half a thou");
  await row(ann, b).click();
  await row(ann, a).getByText("[Draft] half a thou").waitFor();

  // Hidden until its next message.
  await choose(ann, c, "Hide from the list");
  await order(ann, [a, b]);
  await write_in(bob, c, "still here");
  await order(ann, [c, a, b]);

  // Refused: the row says that something was not sent.
  await ann.page.route("**/api/conversations/*/messages", (route) => route.request().method() !== "POST" ? route.continue()
    : route.fulfill({ status: 403, contentType: "application/problem+json", body: '{"code":"muted"}' }));
  await write(ann, "may I?");
  await row(ann, b).getByText("[Not sent] may I?").waitFor();

  // By keyboard: along the rows, and to the next conversation from anywhere.
  await row(ann, c).focus();
  await ann.page.keyboard.press("ArrowDown");
  await has_focus(row(ann, a), "the second row has the focus");
  await ann.page.keyboard.press("End");
  await has_focus(row(ann, b), "the last row has the focus");
  await ann.page.keyboard.press("Alt+ArrowUp");
  await ann.page.getByRole("heading", { name: a }).waitFor();
  await ann.page.keyboard.press("Control+K");
  await has_focus(ann.page.locator("#finder"), "the box has the focus");
  await ann.page.keyboard.press("Control+/");
  await ann.page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await ann.page.keyboard.press("Escape");

  // Before the first snapshot the list has its shape.
  let let_through;
  const held = new Promise((resolve) => { let_through = resolve; });
  await ann.page.route("**/api/sync*", async (route) => {
    await held;
    await route.continue();
  });
  await ann.page.reload();
  await becomes(async () => (await ann.page.locator(".ghost").count()) === 6 || ann.page.locator(".ghost").count(), "six shapes");
  let_through();
  await order(ann, [c, a, b]);
  assert.equal(await ann.page.locator(".ghost").count(), 0);

  for (const who of [ann, bob, phone]) {
    assert.deepEqual(who.complaints, []);
    await who.context.close();
  }
}

test("the list, over the event stream", { timeout: 120000 }, () => scenario("stream", true));
test("the list, over long-poll", { timeout: 120000 }, () => scenario("poll", false));

test("a direct chat shows whether the other is there", { timeout: 60000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann there");
  const bob = await person(site.chromium, site.url, "Bob there");
  await sign_up(ann, "there_ann");
  await sign_up(bob, "there_bob");
  await create_group(ann, "There");
  await join_group(bob, "There");
  const ask = (method, address, body) => "new Promise(function (done) { chat.http(" +
    [method, address, body].map((part) => JSON.stringify(part)).join(", ") + ", " +
    "function (problem, answer) { done(problem || answer); }); })";
  const [hers, his] = [await ann.page.evaluate(ask("GET", "/api/me", null)), await bob.page.evaluate(ask("GET", "/api/me", null))];
  await ann.page.evaluate(ask("POST", "/api/friends", { user: his.id }));
  await bob.page.evaluate(ask("PUT", `/api/friends/${hers.id}`, { accept: true }));
  await row(ann, bob.name).getByText("Online").waitFor();
  await write_in(bob, ann.name, "bye");
  await row(ann, bob.name).click();
  await sees(ann, "bye");
  await bob.context.close();
  await row(ann, bob.name).getByText("Offline").waitFor({ timeout: 20000 });
  assert.deepEqual(ann.complaints, []);
  await ann.context.close();
});
