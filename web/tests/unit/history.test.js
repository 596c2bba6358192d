"use strict";
// Pages asked for on the way through history, and what is said to those who listen.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Clock, dictionary, load, plain } = require("../load");

const C = "c1";

function page(conversation = {}, settings = { announce: "all" }) {
  const clock = new Clock();
  const { chat } = load(["lib/limits", "lib/change", "lib/backoff", "lib/id", "lib/http", "lib/i18n", "lib/time", "lib/parts",
    "kinds/", "state/", "actions/history", "actions/marks", "actions/people_of", "effects/announce"], clock.fakes);
  chat.i18n.use(dictionary("en"));
  const calls = [];
  const said = [];
  const app = { store: chat.store(chat.reduce, chat.initial()) };
  app.api = new Proxy({}, { get: (_, name) => (...given) => calls.push({ name, done: given.pop(), given: plain(given) }) });
  app.announce = chat.announce(app);
  app.history = chat.history(app);
  app.marks = chat.marks(app);
  app.store.dispatch({ type: "settings", settings });
  app.store.dispatch({ type: "synced", snapshot: { cursor: "0", me: { id: "me", username: "me", name: "Me" }, conversations: [
    { id: C, type: "group", name: "G", unread: 0, read_seq: 300, head_seq: 300, last_message: text(300), ...conversation },
    { id: "c2", type: "direct", peer: "he", name: "He", unread: 0, read_seq: 0, head_seq: 0, last_message: text(0) }
  ] } });
  app.people = chat.people_of(app);
  for (const part of [app.announce, app.history, app.people]) { app.store.listen(part.follow); }
  app.store.listen((before, after) => { if (before.said !== after.said) { said.push(after.said.text); } });
  const feed = (...messages) => messages.forEach((message) => app.store.dispatch({ type: "message", message }));
  const open = (id = C) => {
    app.store.dispatch({ type: "opened", id });
    if (id === C) { named("history").pop().done(null, { messages: range(251, 300) }); }
  };
  const named = (name) => calls.filter((call) => call.name === name);
  return { app, chat, clock, calls, named, said, feed, open, get: () => plain(app.store.state().conversations[C]) };
}

const text = (seq, values) => ({
  type: "message", conversation: C, seq, counted: seq, kind: "text", sender: "he", sender_name: "He", body: { text: "t" + seq },
  sent_at: "2026-01-01T00:00:00Z", ...values
});
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => text(from + index));
const lost = { status: 0, code: "network", detail: "", retry_ms: 0 };
const gone = { status: 404, code: "not_found", detail: "", retry_ms: 0 };

test("older pages: one at a time, told how many; a failure is kept for its row and asked for again", () => {
  const { app, clock, named, open, said, get } = page();
  open();
  app.history.older(C);
  app.history.older(C);
  assert.deepEqual(named("history").slice(1).map((call) => call.given[1]), ["limit=50&before=251"]);
  named("history")[1].done(lost, null);
  assert.equal(get().trouble.code, "network");
  app.history.older(C);
  named("history")[2].done(null, { messages: range(201, 250) });
  assert.deepEqual([get().trouble, get().messages.length, get().oldest], [null, 100, 201]);
  clock.advance(5000);
  assert.deepEqual(said, ["50 older messages loaded"], "and the first page says nothing");
});

test("a jump within what is held asks nobody; beyond it a page about the target is loaded", () => {
  const { app, named, open, get } = page();
  open();
  app.history.jump(C, 270);
  assert.equal(named("history").length, 1);
  assert.deepEqual(plain(app.store.state().jump), { conversation: C, seq: 270, stamp: 1, quiet: false });
  app.history.jump(C, 100, true);
  assert.equal(named("history")[1].given[1], "limit=100&after=49");
  named("history")[1].done(null, { messages: range(50, 149) });
  assert.deepEqual([app.store.state().jump.seq, get().around.messages.length], [100, 100]);
  app.history.jump(C, 120);
  assert.equal(named("history").length, 2, "it is held around the first");
  app.history.jump(C, 280);
  assert.equal(get().around, null, "back within the newest");
});

test("a jump to a conversation that is not open opens it; one that fails says so", () => {
  const { app, named, open } = page();
  open("c2");
  app.history.jump(C, 10);
  assert.equal(app.store.state().open, C);
  named("history").filter((call) => /after=0/.test(call.given[1]))[0].done(gone, null);
  assert.equal(app.store.state().notice.code, "not_found");
});

test("faces are asked for of whoever speaks in what is drawn, far back as well", () => {
  const { app, named, open } = page();
  open();
  app.history.jump(C, 100);
  named("history")[1].done(null, { messages: range(50, 149).map((one) => ({ ...one, sender: one.seq === 70 ? "old" : "he" })) });
  assert.ok(named("people").some((call) => call.given[0].includes("old")));
});

test("around a jump both ways are read on, one page at a time", () => {
  const { app, named, open, get } = page();
  open();
  app.history.jump(C, 100);
  named("history")[1].done(null, { messages: range(50, 149) });
  app.history.newer(C);
  app.history.older(C);
  assert.deepEqual(named("history").slice(2).map((call) => call.given[1]), ["limit=50&after=149"]);
  named("history")[2].done(lost, null);
  assert.equal(get().around.trouble.code, "network");
  app.history.older(C);
  assert.equal(named("history")[3].given[1], "limit=50&before=50");
  named("history")[3].done(null, { messages: range(1, 49) });
  assert.deepEqual([get().around.messages.length, get().around.trouble, get().around.older], [149, null, false]);
});

test("a quoted message is asked for once; what is gone or hidden stays gone", () => {
  const { app, named } = page();
  app.history.quote(C, 3);
  app.history.quote(C, 3);
  assert.equal(named("message").length, 1);
  named("message")[0].done(lost, null);
  app.history.quote(C, 3);
  assert.equal(named("message").length, 2, "no answer is no answer");
  named("message")[1].done(gone, null);
  app.history.quote(C, 3);
  assert.equal(named("message").length, 2);
  assert.deepEqual(plain(app.store.state().quotes[C + "/3"]), { gone: true });
  app.history.quote(C, 4);
  named("message")[2].done(null, { ...text(4), kind: "hidden" });
  app.history.quote(C, 5);
  named("message")[3].done(null, text(5));
  const { quotes } = app.store.state();
  assert.deepEqual([plain(quotes[C + "/4"]), quotes[C + "/5"].message.body.text], [{ gone: true }, "t5"]);
});

test("the list's empty lines are looked up, once each; the server's kinds are, too", () => {
  const { app, named, get } = page({ last_message: text(300, { kind: "reaction", body: { seq: 1, emoji: "x", on: true } }) });
  app.store.dispatch({ type: "typing", conversation: C, user: "he", stamp: 1 });
  app.store.dispatch({ type: "typing", conversation: C, user: "he", stamp: 2 });
  assert.deepEqual(named("history").map((call) => call.given), [[C, "limit=50"]]);
  named("history")[0].done(null, { messages: [text(299), text(300, { kind: "reaction", body: {} })] });
  assert.equal(get().last_message.seq, 299);
  app.history.schemas();
  app.history.schemas();
  named("kinds")[0].done(null, { kinds: [{ name: "poll", schema: {} }] });
  app.history.schemas();
  assert.deepEqual([named("kinds").length, Object.keys(app.store.state().schemas)], [1, ["poll"]]);
});

test("what is done to a message is repeated under one id while nobody answers, and a no is told", () => {
  const { app, clock, named } = page();
  app.marks.react(C, 7, "👍", true);
  named("post")[0].done(lost, null);
  clock.advance(2000);
  assert.deepEqual(named("post")[1].given, named("post")[0].given);
  assert.deepEqual(named("post")[0].given[1].body, { seq: 7, emoji: "👍", on: true });
  named("post")[1].done({ status: 422, code: "no_reaction_here", detail: "No.", retry_ms: 0 }, null);
  assert.equal(app.store.state().notice.code, "no_reaction_here");
  clock.advance(60000);
  assert.equal(named("post").length, 2);
});

test("one sentence per message in the open conversation, a count elsewhere, one a second", () => {
  const { clock, feed, open, said } = page();
  open();
  feed(text(301));
  clock.advance(1);
  assert.deepEqual(said, ["He: t301"]);
  feed(text(302), text(303), text(304), text(1, { conversation: "c2" }));
  clock.advance(998);
  assert.equal(said.length, 1, "a second has not passed");
  clock.advance(1);
  assert.deepEqual(said.slice(1), ["G: 3 new messages"]);
  clock.advance(1000);
  assert.deepEqual(said.slice(2), ["He: 1 new message"]);
  feed(text(2, { conversation: "c2" }), text(3, { conversation: "c2" }));
  clock.advance(5000);
  assert.deepEqual(said.slice(3), ["He: 2 new messages"]);
  feed(text(305));
  clock.advance(5000);
  assert.deepEqual(said.slice(4), ["He: t305"]);
});

test("the first words of somebody new are told of", () => {
  const { clock, feed, said } = page();
  feed(text(1, { conversation: "c3" }));
  clock.advance(5000);
  assert.equal(said.length, 1);
});

test("never one's own, never history, never a reaction, never what was muted; unless it calls", () => {
  const { app, clock, feed, open, said } = page();
  open();
  feed(text(301, { sender: "me" }), text(302, { kind: "reaction", body: { seq: 300, emoji: "👍", on: true } }));
  clock.advance(5000);
  assert.deepEqual(said, []);
  feed(text(1, { conversation: "me", kind: "conversation", body: { conversation: C, muted: true } }));
  feed(text(303));
  app.store.dispatch({ type: "page", conversation: C, messages: range(201, 250) });
  clock.advance(5000);
  assert.deepEqual(said, []);
  feed(text(304, { mentions: ["me"] }));
  clock.advance(5000);
  assert.deepEqual(said, ["He: t304"]);
});

test("the setting: only what is for me, or nothing", () => {
  const expect = { mentions: ["He: 1 new message", "He: t302"], off: [], all: ["He: 1 new message", "G: 2 new messages"] };
  for (const [announce, expected] of Object.entries(expect)) {
    const { clock, feed, open, said } = page({}, { announce });
    open();
    feed(text(301), text(1, { conversation: "c2" }), text(302, { mentions: ["me"] }));
    clock.advance(5000);
    assert.deepEqual(said.sort(), [...expected].sort(), announce);
  }
});

test("a recall or a reaction that overtakes a page of history is not lost with it", () => {
  const { app, feed, named, get } = page();
  const words = (seq) => get().messages.concat(get().around ? get().around.messages : []).filter((one) => one.seq === seq)
    .map((one) => one.recalled ? "recalled" : one.body.text);
  app.store.dispatch({ type: "opened", id: C });
  feed(text(301, { kind: "recall", body: { seq: 299 }, counted: 300 }));
  feed(text(302, { kind: "reaction", body: { seq: 298, emoji: "👍", on: true }, counted: 300 }));
  named("history")[0].done(null, { messages: range(251, 300) });
  assert.deepEqual(words(299), ["recalled"]);
  assert.deepEqual(get().messages.filter((one) => one.seq === 298)[0].notes.reaction, { "👍 he": true });
  app.history.jump(C, 100);
  feed(text(303, { kind: "recall", body: { seq: 101 }, counted: 300 }));
  named("history")[1].done(null, { messages: range(50, 150) });
  assert.deepEqual(words(101), ["recalled"]);
  app.history.quote(C, 20);
  feed(text(304, { kind: "recall", body: { seq: 20 }, counted: 300 }));
  named("message")[0].done(null, text(20));
  assert.equal(app.store.state().quotes[C + "/20"].message.body, null);
});

test("a page that was asked for before older messages were let go is none: it would leave a hole", () => {
  const { app, chat, feed, named, open, get } = page();
  open();
  app.history.older(C);
  app.store.dispatch({ type: "opened", id: "c2" });
  feed(...range(301, 300 + chat.limits.held_elsewhere));
  assert.equal(get().messages[0].seq, 301);
  named("history").filter((call) => call.given[0] === C).pop().done(null, { messages: range(201, 250) });
  assert.deepEqual([get().messages[0].seq, get().oldest, get().loading], [301, 301, false]);
  app.store.dispatch({ type: "opened", id: C });
  app.history.older(C);
  assert.deepEqual(named("history").pop().given, [C, "limit=50&before=301"]);
});

test("a page that was asked for before a reset is no page of what came after", () => {
  const { app, chat, named, get } = page();
  const again = (head) => app.store.dispatch({ type: "synced", snapshot: { cursor: "1", me: { id: "me", name: "Me" }, conversations: [
    { id: C, type: "group", name: "G", unread: 0, read_seq: 300, head_seq: head, last_message: text(head) }
  ] } });
  app.store.dispatch({ type: "opened", id: C });
  again(320);
  named("history")[0].done(null, { messages: range(251, 300) });
  assert.deepEqual([get().loaded, get().messages.length], [false, 0]);
  named("history")[1].done(null, { messages: range(271, 320) });
  assert.deepEqual([get().loaded, get().oldest], [true, 271]);
  app.history.older(C);
  again(400);
  named("history")[3].done(null, { messages: range(351, 400) });
  named("history")[2].done(null, { messages: range(221, 270) });
  assert.deepEqual([get().oldest, get().messages.length], [351, 50]);
  app.history.jump(C, 100);
  const wide = chat.limits.around_messages;
  named("history")[4].done(null, { messages: range(100, 99 + wide) });
  app.history.newer(C);
  app.history.jump(C, 20);
  named("history")[6].done(null, { messages: range(1, wide) });
  named("history")[5].done(null, { messages: range(100 + wide, 149 + wide) });
  assert.equal(get().around.newest, wide, "the stretch of before is gone");
});

test("whoever one writes to directly is looked up anew each time their chat opens", () => {
  const { named, open, app } = page();
  open("c2");
  assert.deepEqual(named("person").map((call) => call.given), [["he"]]);
  named("person")[0].done(null, { user: { id: "he", username: "he", name: "He now" } });
  assert.equal(app.store.state().people.he.name, "He now");
  open(null);
  open("c2");
  assert.equal(named("person").length, 2);
});

test("a reaction that waits for its next try goes with whoever made it", () => {
  const { app, clock, named } = page();
  app.marks.react(C, 300, "👍", true);
  named("post")[0].done(lost, null);
  app.store.dispatch({ type: "signed_out" });
  app.store.dispatch({ type: "synced", snapshot: { cursor: "0", me: { id: "other", username: "other", name: "O" }, conversations: [] } });
  clock.advance(60000);
  assert.equal(named("post").length, 1);
});

test("friends are asked for again after somebody went while they were on their way", () => {
  const { app, named } = page();
  const before = named("friends").length;
  assert.ok(before > 0 || app.store.state().friends.asked_at === -1);
  app.store.dispatch({ type: "attentive", attentive: true });
  const pending = named("friends").pop();
  app.store.dispatch({ type: "signed_out" });
  pending.done({ status: 401, code: "no_session", detail: "", retry_ms: 0 }, null);
  const count = named("friends").length;
  app.store.dispatch({ type: "synced", snapshot: { cursor: "0", me: { id: "other", username: "other", name: "O" }, conversations: [] } });
  assert.equal(named("friends").length, count + 1);
});
