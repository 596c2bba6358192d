"use strict";
// Actions against a server that answers when the test says so.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Clock, dictionary, load, plain } = require("../load");

const C = "c1";

function page() {
  const clock = new Clock();
  const day = 1700000000000;
  class FakeDate extends Date {
    constructor(...given) { super(...(given.length ? given : [day + clock.now])); }
    static now() { return day + clock.now; }
  }
  const { chat } = load(["lib/limits", "lib/change", "lib/backoff", "lib/id", "lib/http", "lib/i18n", "kinds/", "state/", "actions/"],
    { ...clock.fakes, Date: FakeDate });
  chat.i18n.use(dictionary("en"));
  const calls = [];
  const app = { store: chat.store(chat.reduce, chat.initial()), syncs: 0 };
  app.api = new Proxy({}, { get: (_, name) => (...given) => {
    const done = given.pop();
    calls.push({ name, given: plain(given), done });
  } });
  app.session = { sync: () => { app.syncs += 1; } };
  for (const name of ["receive", "history", "send", "typing", "reading"]) {
    app[name] = chat[name](app);
    if (app[name].follow) { app.store.listen(app[name].follow); }
  }
  app.store.dispatch({ type: "synced", snapshot: {
    cursor: "0", me: { id: "me", username: "me", name: "Me" }, conversations: [{
      id: C, type: "group", name: "G", unread: 0, read_seq: 5, head_seq: 5, last_message: { seq: 5, counted: 5 }
    }]
  } });
  return {
    app, chat, clock, calls,
    get: () => plain(app.store.state().conversations[C]),
    outbox: () => plain(app.store.state().outbox),
    named: (name) => calls.filter((call) => call.name === name)
  };
}

const said = (seq, values) => Object.assign({
  type: "message", conversation: C, seq, counted: seq, kind: "text", sender: "he", sender_name: "He",
  body: { text: "t" }, sent_at: "2026-01-01T00:00:00Z"
}, values);
const lost = { status: 0, code: "network", detail: "", retry_ms: 0 };
const refused = { status: 422, code: "refused", detail: "No.", retry_ms: 0 };

test("a hole is filled by one fetch at a time, page by page", () => {
  const { app, named, get } = page();
  app.receive.entry(said(8));
  app.receive.entry(said(9));
  assert.deepEqual(named("history").map((call) => call.given), [[C, "limit=200&after=5"]]);
  named("history")[0].done(null, { messages: [said(6), said(7)] });
  assert.deepEqual(named("history")[1].given, [C, "limit=200&after=7"]);
  named("history")[1].done(null, { messages: [said(8), said(9), said(10)] });
  assert.deepEqual([get().last, get().unread, named("history").length], [10, 5, 2]);
});

test("a fetch that fails is repeated; a log that does not give what it announced means starting over", () => {
  const { app, clock, named } = page();
  app.receive.entry(said(8));
  named("history")[0].done(lost, null);
  clock.advance(31000);
  assert.equal(named("history").length, 2);
  named("history")[1].done(null, { messages: [] });
  assert.equal(app.syncs, 1);
});

test("a new conversation's name is learnt, once", () => {
  const { app, named } = page();
  app.receive.entry(said(1, { conversation: "c2" }));
  app.receive.entry(said(2, { conversation: "c2" }));
  assert.equal(named("sync").length, 1);
  named("sync")[0].done(null, { conversations: [{ id: "c2", type: "direct", name: "He", unread: 2, head_seq: 2, read_seq: 0 }] });
  assert.deepEqual(plain(app.store.state().conversations.c2.name), "He");
  assert.equal(named("sync").length, 1);
});

test("read elsewhere, and not to be told from what is held: that one message is asked for", () => {
  const { app, named, get } = page();
  app.store.dispatch({ type: "synced", snapshot: {
    cursor: "0", me: { id: "me", name: "Me" }, conversations: [{
      id: C, type: "group", name: "G", unread: 9, read_seq: 1, head_seq: 10, last_message: { seq: 10, counted: 10 }
    }]
  } });
  app.receive.entry({ type: "signal", signal: "read", conversation: C, user: "he", seq: 10 });
  assert.equal(get().unread, 9, "what others read is not ours");
  app.receive.entry({ type: "signal", signal: "read", conversation: C, user: "me", seq: 7 });
  assert.deepEqual(named("history")[0].given, [C, "limit=1&before=8"]);
  named("history")[0].done(null, { messages: [said(7)] });
  assert.deepEqual([get().read_seq, get().unread], [7, 3]);
  app.receive.entry({ type: "state", presence: {}, read: { [C]: 10 } });
  assert.deepEqual([get().read_seq, get().unread], [10, 0]);
});

test("typing is shown for six seconds and never for oneself", () => {
  const { app, clock, get } = page();
  app.receive.entry({ type: "signal", signal: "typing", conversation: C, user: "me" });
  assert.deepEqual(get().typing, {});
  app.receive.entry({ type: "signal", signal: "typing", conversation: C, user: "he" });
  clock.advance(4000);
  app.receive.entry({ type: "signal", signal: "typing", conversation: C, user: "he" });
  clock.advance(4000);
  assert.deepEqual(Object.keys(get().typing), ["he"]);
  clock.advance(2100);
  assert.deepEqual(get().typing, {});
});

test("typing is told at most once in three seconds, and not for an empty field", () => {
  const { app, clock, named } = page();
  app.typing.typed(C, "");
  assert.equal(named("typing").length, 0);
  for (let i = 0; i < 60; i += 1) {
    app.typing.typed(C, "x" + i);
    clock.advance(100);
  }
  assert.equal(named("typing").length, 2);
  app.typing.sent(C);
  app.typing.typed(C, "next");
  assert.equal(named("typing").length, 3);
  app.typing.sent(C);
  app.typing.typed(C, "one more");
  assert.equal(named("typing").length, 3, "the server takes no more, and who sends writes fast");
});

test("texts go out one at a time, in order, each under its own id", () => {
  const { app, named, outbox, get } = page();
  app.send.text(C, "one");
  app.send.text(C, "two");
  assert.deepEqual([named("post").length, outbox().map((item) => item.state)], [1, ["sending", "queued"]]);
  named("post")[0].done(null, { conversation: C, seq: 6, sent_at: "2026-01-01T00:00:00Z" });
  assert.deepEqual(named("post").map((call) => call.given[1].body.text), ["one", "two"]);
  assert.notEqual(named("post")[0].given[1].client_id, named("post")[1].given[1].client_id);
  assert.deepEqual([get().last, get().messages.length], [5, 1]);
});

test("no answer: the same id is tried again, and what was written later waits", () => {
  const { app, clock, named, outbox } = page();
  app.send.text(C, "one");
  app.send.text(C, "two");
  named("post")[0].done(lost, null);
  assert.deepEqual(outbox().map((item) => item.state), ["waiting", "queued"]);
  clock.advance(1300);
  assert.equal(named("post").length, 2);
  assert.deepEqual(named("post")[1].given, named("post")[0].given);
  named("post")[1].done(lost, null);
  app.store.dispatch({ type: "link", state: "online", route: "poll" });
  clock.advance(0);
  assert.equal(named("post").length, 3, "a link that is back is worth a try at once");
});

test("an echo without a receipt is enough", () => {
  const { app, clock, named, outbox } = page();
  app.send.text(C, "one");
  const id = named("post")[0].given[1].client_id;
  app.receive.entry(said(6, { sender: "me", client_id: id }));
  assert.equal(outbox().length, 0);
  named("post")[0].done(lost, null);
  clock.advance(60000);
  assert.deepEqual([outbox().length, named("post").length], [0, 1]);
});

test("a clear no stands with its reason, and blocks nothing", () => {
  const { app, named, outbox } = page();
  app.send.text(C, "one");
  app.send.text(C, "two");
  named("post")[0].done(refused, null);
  assert.deepEqual(outbox().map((item) => item.state), ["failed", "sending"]);
  assert.equal(outbox()[0].problem.detail, "No.");
  named("post")[1].done(null, { conversation: C, seq: 6, sent_at: "" });
  app.send.again(outbox()[0].client_id);
  assert.equal(named("post")[2].given[1].client_id, named("post")[0].given[1].client_id);
  named("post")[2].done(refused, null);
  app.send.discard(outbox()[0].client_id);
  assert.deepEqual(outbox(), []);
});

test("reading is told while somebody looks, at most every two seconds, and at once on turning away", () => {
  const { app, clock, named } = page();
  app.store.dispatch({ type: "opened", id: C });
  named("history")[0].done(null, { messages: [said(5)] });
  app.receive.entry(said(6));
  clock.advance(5000);
  assert.equal(named("read").length, 0, "nobody looks");
  app.store.dispatch({ type: "attentive", attentive: true });
  clock.advance(0);
  assert.deepEqual(named("read")[0].given, [C, 6]);
  named("read")[0].done(null, { read_seq: 6, unread: 0 });
  for (let seq = 7; seq < 17; seq += 1) {
    app.receive.entry(said(seq));
    clock.advance(100);
  }
  assert.equal(named("read").length, 1);
  clock.advance(1000);
  assert.deepEqual(named("read")[1].given, [C, 16]);
  named("read")[1].done(null, { read_seq: 16, unread: 0 });
  app.receive.entry(said(17));
  app.store.dispatch({ type: "view", view: "settings" });
  assert.deepEqual(named("read")[2].given, [C, 17]);
  named("read")[2].done(null, { read_seq: 17, unread: 0 });
  app.store.dispatch({ type: "view", view: "chats" });
  app.receive.entry(said(18));
  app.store.dispatch({ type: "opened", id: null });
  assert.deepEqual(named("read")[3].given, [C, 18]);
});

test("scrolled up, only what was in sight is read; at the newest again, all of it", () => {
  const { app, clock, named, get } = page();
  app.store.dispatch({ type: "attentive", attentive: true });
  app.store.dispatch({ type: "opened", id: C });
  named("history")[0].done(null, { messages: [said(5)] });
  app.reading.seen(C, 5);
  app.receive.entry(said(6));
  app.receive.entry(said(7));
  clock.advance(5000);
  assert.deepEqual([named("read").length, get().unread], [0, 2]);
  app.reading.seen(C, 6);
  clock.advance(5000);
  assert.deepEqual(named("read").map((call) => call.given), [[C, 6]]);
  named("read")[0].done(null, { read_seq: 6, unread: 1 });
  app.reading.seen(C, 4);
  clock.advance(5000);
  assert.equal(named("read").length, 1, "looking back takes nothing back");
  app.reading.seen(C, null);
  clock.advance(5000);
  assert.deepEqual(named("read")[1].given, [C, 7]);
});
