"use strict";
// What is done with messages, and what is said of them to those who listen; once
// over the stream and once without it.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { equip, server } = require("./browser");
const { choose, listen, message, post } = require("./lines");
const { becomes, bubbles, create_group, join_group, person, row, sees, sign_up, write } = require("./people");

const site = equip(() => server({ options: ["--post-rate", "0"] }));

/** Two people in one group; Ann made it. */
async function pair(tag, event_source) {
  const ann = await person(site.chromium, site.url, `Ann ${tag}`, { event_source });
  const bob = await person(site.chromium, site.url, `Bob ${tag}`, { event_source });
  await sign_up(ann, `m_ann_${tag}`);
  await sign_up(bob, `m_bob_${tag}`);
  await create_group(ann, `Talk ${tag}`);
  await join_group(bob, `Talk ${tag}`);
  return { ann, bob, group: `Talk ${tag}` };
}

async function done(...people) {
  for (const who of people) {
    assert.deepEqual(who.complaints, [], who.name);
    await who.context.close();
  }
}

for (const event_source of [true, false]) {
  const tag = event_source ? "stream" : "poll";

  test(`${tag}: reply, react, take back, pass on`, { timeout: 120000 }, async () => {
    const { ann, bob, group } = await pair(tag, event_source);
    await write(bob, "shall we meet at eight?");
    await sees(ann, "shall we meet at eight?");

    // A reaction is counted on both sides, says who, and is taken away by a second press.
    await choose(ann, "at eight", "👍");
    const [hers, his] = [ann, bob].map((who) => message(who, "at eight").locator(".reaction"));
    await his.waitFor();
    await hers.waitFor();
    assert.equal(await his.textContent(), "👍 1");
    assert.equal(await his.getAttribute("title"), ann.name);
    await his.click();
    await becomes(async () => (await hers.textContent()) === "👍 2" || hers.textContent(), "counted");
    assert.deepEqual([await hers.getAttribute("aria-pressed"), await hers.getAttribute("title")], ["true", `${ann.name}, ${bob.name}`]);
    await hers.click();
    await becomes(async () => (await his.textContent()) === "👍 1" || his.textContent(), "taken away");
    await becomes(async () => (await hers.getAttribute("aria-pressed")) === "false", "and hers is not pressed");

    // A reply quotes what it answers; the quote leads there.
    await choose(ann, "at eight", "Reply");
    await becomes(() => ann.page.evaluate(() => globalThis.document.activeElement.tagName === "TEXTAREA"), "the field has the focus");
    await write(ann, "better at nine");
    const quote = message(bob, "better at nine").locator(".quote");
    await becomes(async () => /Bob.*shall we meet at eight\?/.test(await quote.textContent()) || quote.textContent(), "the quote");
    await quote.click();
    await bob.page.locator(".msg--hit").getByText("shall we meet at eight?").waitFor();

    // What is taken back is gone everywhere, from quotes too; mine can be written anew.
    await choose(bob, "at eight", "Recall");
    await ann.page.getByRole("log").getByText(`${bob.name} recalled a message`).first().waitFor();
    await becomes(async () => !/eight/.test(await ann.page.getByRole("log").textContent()), "nothing of it is left");
    await bob.page.getByRole("button", { name: "Edit again" }).click();
    await becomes(async () => (await bob.page.locator("textarea").inputValue()) === "shall we meet at eight?",
      "the text goes back into the field");

    // Ann owns the group: she takes back what Bob said.
    await write(bob, "something rude");
    await sees(ann, "something rude");
    await choose(ann, "something rude", "Recall");
    await bob.page.getByRole("log").getByText(`${ann.name} recalled a message of ${bob.name}`).waitFor();
    assert.equal(await bob.page.getByRole("button", { name: "Edit again" }).count(), 1, "only what one took back oneself");

    // Passed on into another conversation, with where it is from; the line is cut, so the page keeps it meanwhile.
    await create_group(ann, `Other ${tag}`);
    await row(ann, group).click();
    await choose(ann, "better at nine", "Forward…");
    await ann.page.getByRole("dialog").getByRole("textbox").fill("other");
    await ann.page.route("**/messages", (route) => route.abort());
    await ann.page.keyboard.press("Enter");
    await row(ann, `Other ${tag}`).click();
    const passed_on = ann.page.locator(".msg", { has: ann.page.locator(".forwarded") });
    await passed_on.getByText("Not sent yet").waitFor();
    assert.match(await passed_on.textContent(), new RegExp(`Forwarded from ${ann.name} .*better at nine`));
    await ann.page.unroute("**/messages");
    await passed_on.getByRole("button", { name: "Message actions" }).waitFor();
    assert.match(await passed_on.textContent(), new RegExp(`Forwarded from ${ann.name} .*better at nine`));
    assert.equal(await passed_on.count(), 1);
    await row(ann, group).click();

    // Reported to those who run the server.
    await write(bob, "buy now");
    await sees(ann, "buy now");
    await choose(ann, "buy now", "Report…");
    await ann.page.getByLabel("What is wrong with it?").fill("advertising");
    await ann.page.getByRole("dialog").getByRole("button", { name: "Report", exact: true }).click();
    await ann.page.getByText("Thank you.").waitFor();
    await ann.page.keyboard.press("Escape");
    await done(ann, bob);
  });

  test(`${tag}: one sentence for each message that arrives, and none for anything else`, { timeout: 120000 }, async () => {
    const { ann, bob, group } = await pair(`heard_${tag}`, event_source);
    await write(bob, "before anybody listens");
    await sees(ann, "before anybody listens");
    await ann.page.locator(".announcer").getByText("before anybody listens").waitFor({ state: "attached" });
    const heard = await listen(ann);
    await write(bob, "first");
    await sees(ann, "first");
    await becomes(async () => JSON.stringify(await heard()) === JSON.stringify([`${bob.name}: first`]) || heard(), "one sentence");
    await write(ann, "my own");
    await sees(bob, "my own");
    await choose(bob, "my own", "🎉");
    await message(ann, "my own").locator(".reaction").waitFor();
    await write(bob, "second");
    await becomes(async () => (await heard()).includes(`${bob.name}: second`) || heard(), "the next one");
    assert.deepEqual(await heard(), [`${bob.name}: first`, `${bob.name}: second`], "neither what one says oneself nor a reaction");
    for (let i = 1; i <= 5; i += 1) { await post(bob, "text", { text: `burst ${i}` }); }
    await sees(ann, "burst 5");
    await becomes(async () => {
      const told = (await heard()).slice(2);
      const count = told.reduce((sum, text) => sum + (/: burst/.test(text) ? 1 : Number((/: (\d+) new/.exec(text) || [0, 0])[1])), 0);
      return count === 5 && told.length < 5 || told;
    }, "all five are told of, in fewer sentences");
    const many = (await heard()).length;
    await create_group(ann, `Elsewhere ${tag}`);
    await post(bob, "text", { text: "to another conversation" });
    await becomes(async () => (await heard()).slice(many).includes(`${group}: 1 new message`) || heard(), "counted, not read out");
    await done(ann, bob);
  });
}

test("the timeline by keyboard: rows, the menu, and back to the field", { timeout: 60000 }, async () => {
  const { ann, bob } = await pair("keys", true);
  for (const text of ["one", "two", "three"]) { await write(bob, `row ${text}`); }
  await sees(ann, "row three");
  const focused = () => ann.page.evaluate(() => {
    const bubble_of = globalThis.document.activeElement.querySelector && globalThis.document.activeElement.querySelector(".bubble");
    return bubble_of ? bubble_of.textContent : globalThis.document.activeElement.className;
  });
  await ann.page.getByRole("log").focus();
  await ann.page.keyboard.press("ArrowUp");
  assert.equal(await focused(), "row three");
  await ann.page.keyboard.press("ArrowUp");
  assert.equal(await focused(), "row two");
  await ann.page.keyboard.press("Home");
  await ann.page.keyboard.press("End");
  await becomes(async () => (await focused()) === "row three" || focused(), "the last row");
  assert.equal(await ann.page.locator(".log ol > li[tabindex='0']").count(), 1, "one stop of Tab among the rows");
  await ann.page.keyboard.press("Enter");
  const menu = ann.page.getByRole("menu", { name: "Message actions" });
  await menu.waitFor();
  await ann.page.keyboard.press("End");
  assert.match(await focused(), /menu__item/);
  await ann.page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  await becomes(async () => (await focused()) === "row three" || focused(), "the focus is back on the row");
  // Arrow up in the empty field opens the newest message's menu; the arrows walk the grid.
  await ann.page.locator("textarea").focus();
  await ann.page.keyboard.press("ArrowUp");
  await menu.waitFor();
  await ann.page.keyboard.press("ArrowRight");
  await ann.page.keyboard.press("ArrowDown");
  await ann.page.keyboard.press("Enter");
  await message(ann, "row three").locator(".reaction").getByText("❤️ 1").waitFor();
  await done(ann, bob);
});

test("read by the other, the time of each, links that cannot look back", { timeout: 60000 }, async () => {
  const { ann, bob } = await pair("read", true);
  const her = await ann.page.evaluate(() => globalThis.chat.main.store.state().me.id);
  await bob.page.evaluate((id) => globalThis.chat.main.groups.direct(id, "Ann"), her);
  await bob.page.getByRole("heading", { name: ann.name }).waitFor();
  await write(bob, "are you there? https://example.com/a javascript:alert(1)");
  const link = message(bob, "are you there?").locator(".bubble a");
  await link.waitFor();
  assert.equal(await link.count(), 1);
  assert.deepEqual([await link.getAttribute("href"), await link.getAttribute("target")], ["https://example.com/a", "_blank"]);
  assert.match(await link.getAttribute("rel"), /noopener/);
  const state = message(bob, "are you there?").locator(".state");
  assert.doesNotMatch(await state.textContent(), /Read/);
  await row(ann, bob.name).click();
  await becomes(async () => /· Read/.test(await state.textContent()) || state.textContent(), "read, once she looked");
  const title = await message(bob, "are you there?").locator("time").first().getAttribute("title");
  assert.match(title, /day, \d{4}-\d+-\d+ \d\d:\d\d:\d\d$/);
  await done(ann, bob);
});

test("bodies of any shape, of every kind, break nothing", { timeout: 60000 }, async () => {
  const { ann, bob } = await pair("hostile", true);
  await write(bob, "before the storm");
  await sees(ann, "before the storm");
  await ann.page.evaluate(() => {
    const { store } = globalThis.chat.main;
    const state = store.state();
    const id = state.open;
    const shapes = [null, 0, true, "text", [], [[]], {}, { text: {} }, { text: [] }, { emoji: { type: "img" } },
      { content: {} }, { content: [] },
      { content: { kind: "image", body: { file: {}, width: {}, name: [] } } }, { user: {}, role: [], name: {} },
      { file: [], size: "x", width: -5 },
      { text: { type: "script", props: { src: "x" }, key: null, ref: null } }, { type: "b", props: { children: "x" }, constructor: null },
      { text: "x", reply_to: 1e9 }, { question: "<b>x</b>", options: [{}, 1, null] }];
    const kinds = ["text", "emoji", "forward", "image", "file", "nudge", "friend.made", "poll", "constructor",
      "group.create", "group.join", "group.leave",
      "group.remove", "group.role", "group.settings", "group.avatar", "group.dissolve", "group.mute",
      "group.card", "group.invitation", "group.hook"];
    const messages = [];
    kinds.forEach((kind) => shapes.forEach((body) => messages.push({
      type: "message", conversation: id, seq: 1000 + messages.length, counted: 1, kind, sender: "x", sender_name: "\u202eevil", body,
      sent_at: "2026-01-01T00:00:00.000Z", notes: { reaction: { "👍 x": true, "": 1, nospace: true }, other: body }
    })));
    globalThis.hostile = messages.length;
    store.dispatch({ type: "page", conversation: id, messages });
  });
  await becomes(async () => (await ann.page.locator(".log li[data-seq]").count()) === 200 || ann.page.locator(".log li[data-seq]").count(),
    "the window is full");
  await ann.page.evaluate(() => { globalThis.document.querySelector(".log").scrollTop = 0; });
  await becomes(async () => (await ann.page.locator(".log li[data-seq]").count()) > 200, "it scrolls");
  assert.equal(await ann.page.locator(".log script, .log .bubble > b").count(), 0);
  // The page still works.
  await ann.page.getByRole("button", { name: /To the newest/ }).click();
  await write(ann, "after the storm");
  await sees(bob, "after the storm");
  assert.deepEqual((await bubbles(bob)), ["before the storm", "after the storm"]);
  await done(ann, bob);
});

test("a list line is not empty because the last thing was a reaction", { timeout: 60000 }, async () => {
  const { ann, bob, group } = await pair("line", true);
  await write(bob, "the last words");
  await sees(ann, "the last words");
  await choose(ann, "the last words", "👍");
  await message(ann, "the last words").locator(".reaction").waitFor();
  await create_group(ann, "Another");
  await ann.page.reload();
  await row(ann, group).getByText("the last words").waitFor();
  await done(ann, bob);
});
