"use strict";
// What is not sent yet: it goes out once and in order, whatever page dies when.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Clock, dictionary, load, plain } = require("../load");

const C = "c1";

/** One browser: its storage outlives pages, and tells the other pages what one changed. */
function browser() {
  const kept = new Map();
  const pages = [];
  const clock = new Clock();
  const server = { log: [], ids: new Map() };

  class FakeDate extends Date {
    constructor(...given) { super(...(given.length ? given : [FakeDate.now()])); }
    static now() { return 1700000000000 + clock.now; }
  }

  /** The server of the protocol: the same client id is the same message for ever. */
  function post(conversation, draft) {
    const known = server.ids.get(draft.client_id);
    if (known) { return known; }
    const receipt = { conversation, seq: 6 + server.log.length, sent_at: "2026-01-01T00:00:00.000Z" };
    server.ids.set(draft.client_id, receipt);
    server.log.push({ ...receipt, type: "message", counted: receipt.seq, sender: "me", sender_name: "Me", ...plain(draft) });
    return receipt;
  }

  function open(user = "me") {
    const listeners = {};
    const page = { calls: [], dead: false, quota: false };
    const localStorage = {
      get length() { return kept.size; },
      key: (at) => [...kept.keys()][at],
      getItem: (key) => (kept.has(key) ? kept.get(key) : null),
      setItem: (key, value) => {
        if (page.quota) { throw new Error("full"); }
        kept.set(key, value);
        tell(page, key, value);
      },
      removeItem: (key) => {
        kept.delete(key);
        tell(page, key, null);
      }
    };
    const { chat } = load(["boot", "lib/", "kinds/", "state/", "actions/", "effects/outbox_kept", "effects/drafts"], {
      setTimeout: (run, wait) => clock.fakes.setTimeout(() => { if (!page.dead) { run(); } }, wait),
      clearTimeout: clock.fakes.clearTimeout, Date: FakeDate, localStorage,
      addEventListener: (name, run) => {
        const others = listeners[name];
        listeners[name] = (event) => {
          if (others) { others(event); }
          run(event);
        };
      },
      document: {
        documentElement: { setAttribute() { return; } }, visibilityState: "visible",
        addEventListener: (name, run) => { listeners["document " + name] = run; }
      }
    });
    chat.i18n.use(dictionary("en"));
    const app = { store: chat.store(chat.reduce, chat.initial()), session: { sync() { return; } },
      announce: { say: (text) => { page.heard = text; } } };
    app.api = new Proxy({}, { get: (_, name) => (...given) => {
      const done = given.pop();
      page.calls.push({ name, given: plain(given), done: (problem, answer) => { if (!page.dead) { done(problem, answer); } } });
    } });
    app.receive = chat.receive(app);
    app.send = chat.send(app);
    app.uploading = { busy: () => false, choose_again: (item) => { page.chosen_again = item.client_id; } };
    app.outbox_kept = chat.outbox_kept(app);
    app.drafts = chat.drafts(app);
    for (const name of ["drafts", "outbox_kept", "receive", "send"]) { app.store.listen(app[name].follow); }
    app.outbox_kept.start();
    app.drafts.start();
    Object.assign(page, {
      app, chat, listeners,
      sync: () => app.store.dispatch({ type: "synced", snapshot: {
        cursor: "0", me: { id: user, name: "Me" }, conversations: [{
          id: C, type: "group", name: "G", unread: 0, read_seq: 5, head_seq: 5 + server.log.length,
          last_message: server.log[server.log.length - 1] || { seq: 5, counted: 5 }
        }]
      } }),
      outbox: () => plain(app.store.state().outbox),
      texts: () => plain(app.store.state().outbox).map((item) => item.body.text),
      posts: () => page.calls.filter((call) => call.name === "post"),
      /** The request reaches the server; whether its answer comes back is another matter. */
      reach: (call) => post(call.given[0], call.given[1]),
      answer: (call) => call.done(null, page.reach(call)),
      echo: (at) => app.receive.entry(server.log[at]),
      history: () => app.store.dispatch({ type: "page", conversation: C, messages: server.log.slice() }),
      close: () => {
        if (listeners.pagehide) { listeners.pagehide({}); }
        page.dead = true;
      },
      crash: () => { page.dead = true; }
    });
    pages.push(page);
    return page;
  }

  function tell(from, key, newValue) {
    for (const page of pages) {
      if (page !== from && !page.dead && page.listeners.storage) { page.listeners.storage({ key, newValue }); }
    }
  }

  return { open, clock, server, kept, said: () => server.log.map((one) => one.body.text) };
}

const refused = { status: 403, code: "muted", detail: "No.", retry_ms: 0 };

test("a message that was never posted goes out from the next page, once", () => {
  const here = browser();
  const first = here.open();
  first.sync();
  first.app.send.text(C, "one");
  first.app.send.text(C, "two");
  first.crash();
  const second = here.open();
  assert.deepEqual(second.outbox(), [], "nobody is in yet");
  second.sync();
  assert.deepEqual(second.texts(), ["one", "two"]);
  assert.deepEqual(second.posts().map((call) => call.given), first.posts().map((call) => call.given), "one at a time, under its own id");
  second.answer(second.posts()[0]);
  second.answer(second.posts()[1]);
  assert.deepEqual(here.said(), ["one", "two"]);
  assert.deepEqual([second.outbox(), [...here.kept.keys()].filter((key) => /outbox/.test(key))], [[], []]);
  const third = here.open();
  third.sync();
  assert.deepEqual([third.outbox(), third.posts().length], [[], 0]);
});

test("what is passed on looks as it will, is asked for by its place, and outlives the page", () => {
  const here = browser();
  const first = here.open();
  here.server.log.push({
    type: "message", conversation: C, seq: 6, counted: 6, kind: "text", sender: "ann", sender_name: "Ann",
    body: { text: "at nine", reply_to: 3 }, sent_at: "2026-01-01T00:00:00.000Z"
  });
  first.sync();
  assert.equal(first.app.send.forward(C, 6, C).code, "not_found", "it is not held yet");
  first.history();
  assert.equal(first.app.send.forward(C, 6, C), null);
  const shown = { content: { kind: "text", body: { text: "at nine" }, sender_name: "Ann", sent_at: "2026-01-01T00:00:00.000Z" } };
  const asked = { source: { conversation: C, seq: 6 } };
  assert.deepEqual([first.outbox()[0].body, first.posts()[0].given[1].body], [shown, asked]);
  first.crash();
  const second = here.open();
  second.sync();
  assert.deepEqual([second.outbox()[0].body, second.posts()[0].given], [shown, first.posts()[0].given]);
  assert.equal(second.heard, undefined);
  second.answer(second.posts()[0]);
  assert.deepEqual([second.outbox(), second.heard], [[], "Forwarded"]);
  const held = plain(second.app.store.state().conversations[C].messages);
  assert.deepEqual(held[held.length - 1].body, shown, "as the feed will tell it");
});

// Everything that can happen to one message, in every order: its request reaches the
// server, the answer comes, the echo comes, the page dies and another one begins.
test("whatever order of request, answer, echo, snapshot, history and death: once in the log, nothing left behind", () => {
  const steps = ["reach", "answer", "echo", "death", "history"];
  const orders = (rest) => (!rest.length ? [[]] : rest.flatMap((one, at) => (
    orders([...rest.slice(0, at), ...rest.slice(at + 1)]).map((tail) => [one, ...tail]))));
  for (const order of orders(steps)) {
    const here = browser();
    let page = here.open();
    page.sync();
    page.app.send.text(C, "once");
    for (const step of order) {
      const call = page.posts()[page.posts().length - 1];
      if (step === "reach" && call) { page.reach(call); }
      if (step === "answer" && call) { page.answer(call); }
      if (step === "echo" && here.server.log.length) { page.echo(0); }
      if (step === "history") { page.history(); }
      if (step === "death") {
        page.crash();
        page = here.open();
        page.sync();
      }
      if (step === "echo" && here.server.log.length) { assert.deepEqual(page.outbox(), [], `${order}: the echo is enough`); }
      const state = page.app.store.state();
      const drawn = state.conversations[C].messages.filter((one) => one.body && one.body.text === "once").length +
        state.outbox.filter((one) => one.body.text === "once").length;
      assert.ok(drawn <= 1, `${order}: drawn ${drawn} times after ${step}`);
      assert.ok(drawn === 1 || here.server.log.length === 1, `${order}: gone after ${step}`);
    }
    here.clock.advance(60000);
    page.posts().forEach((call) => page.answer(call));
    assert.deepEqual(here.said(), ["once"], String(order));
    assert.deepEqual(page.outbox(), [], String(order));
    assert.deepEqual([...here.kept.keys()].filter((key) => /outbox/.test(key)), [], String(order));
  }
});

test("a receipt that comes after the message was taken back does not bring it back", () => {
  const here = browser();
  const page = here.open();
  page.sync();
  page.app.send.text(C, "regret");
  page.reach(page.posts()[0]);
  page.echo(0);
  page.app.receive.entry({
    type: "message", conversation: C, seq: 7, counted: 6, kind: "recall", sender: "me", body: { seq: 6 }, sent_at: ""
  });
  const said = (of) => plain(of.app.store.state().conversations[C].messages).filter((one) => one.body && one.body.text);
  page.answer(page.posts()[0]);
  assert.deepEqual(said(page), []);
  // The same in a page that holds no history yet.
  const other = browser();
  const first = other.open();
  first.sync();
  first.app.send.text(C, "regret");
  first.reach(first.posts()[0]);
  first.crash();
  const second = other.open();
  second.sync();
  second.answer(second.posts()[0]);
  assert.deepEqual([said(second), second.outbox()], [[], []]);
});

test("what a dead page could not clear up is cleared up by one that has seen it arrive", () => {
  const here = browser();
  const [ann, bob] = [here.open(), here.open()];
  ann.sync();
  bob.sync();
  ann.app.send.text(C, "arrived");
  ann.reach(ann.posts()[0]);
  ann.crash();
  bob.echo(0);
  here.clock.advance(60000);
  assert.deepEqual([bob.outbox(), bob.posts().length, [...here.kept.keys()].filter((key) => /outbox/.test(key))], [[], 0, []]);
});

test("a clear no stays a clear no in the next page, with its reason", () => {
  const here = browser();
  const first = here.open();
  first.sync();
  first.app.send.text(C, "muted");
  first.posts()[0].done(refused, null);
  first.close();
  const second = here.open();
  second.sync();
  assert.deepEqual([second.outbox()[0].state, second.outbox()[0].problem.code, second.posts().length], ["failed", "muted", 0]);
  second.app.send.again(second.outbox()[0].client_id);
  assert.equal(second.posts()[0].given[1].client_id, first.posts()[0].given[1].client_id);
  second.app.send.discard(second.outbox()[0].client_id);
  assert.equal(here.open().outbox().length, 0);
  assert.deepEqual([...here.kept.keys()].filter((key) => /outbox/.test(key)), []);
});

test("refusals that mean later, where later is for people to decide, do not go out by themselves", () => {
  const here = browser();
  const page = here.open();
  page.sync();
  page.app.send.nudge(C, "he");
  page.posts()[0].done({ status: 429, code: "nudged_already", detail: "", retry_ms: 30000 }, null);
  here.clock.advance(120000);
  assert.deepEqual([page.outbox()[0].state, page.posts().length], ["failed", 1]);
  page.app.send.text(C, "x");
  page.posts()[1].done({ status: 429, code: "too_many_posts", detail: "", retry_ms: 2000 }, null);
  here.clock.advance(4000);
  assert.equal(page.posts().length, 3);
});

test("two pages of one user: neither writes over the other, and a closed one's messages are sent by the other", () => {
  const here = browser();
  const [ann, bob] = [here.open(), here.open()];
  ann.sync();
  bob.sync();
  here.clock.advance(14000);
  ann.app.send.text(C, "from the first");
  bob.app.send.text(C, "from the second");
  assert.deepEqual([ann.posts().length, bob.posts().length], [1, 1]);
  ann.crash();
  here.clock.advance(5000);
  assert.deepEqual(bob.texts(), ["from the second"], "it may still be under way there");
  bob.answer(bob.posts()[0]);
  here.clock.advance(40000);
  assert.deepEqual(bob.texts(), ["from the first"]);
  bob.answer(bob.posts()[1]);
  assert.deepEqual(here.said(), ["from the second", "from the first"]);
  assert.deepEqual([bob.outbox(), [...here.kept.keys()].filter((key) => /outbox/.test(key))], [[], []]);
});

test("what one page got rid of, another does not send", () => {
  const here = browser();
  const first = here.open();
  first.sync();
  first.app.send.text(C, "better not");
  first.posts()[0].done(refused, null);
  const second = here.open();
  second.sync();
  assert.equal(second.texts()[0], "better not");
  first.app.send.discard(first.outbox()[0].client_id);
  assert.deepEqual(second.outbox(), []);
});

test("another user of the browser sees nothing of it, and takes nothing away", () => {
  const here = browser();
  const first = here.open();
  first.sync();
  first.app.send.text(C, "mine");
  first.app.store.dispatch({ type: "signed_out" });
  const before = JSON.stringify([...here.kept]);
  first.posts()[0].done(null, { conversation: C, seq: 6, sent_at: "" });
  const other = here.open("you");
  other.sync();
  other.app.send.text(C, "yours");
  assert.deepEqual(other.texts(), ["yours"]);
  other.app.send.discard(other.outbox()[0].client_id);
  assert.equal(JSON.stringify([...here.kept]), before);
  const again = here.open();
  again.sync();
  assert.deepEqual(again.texts(), ["mine"]);
});

test("signed in again as somebody else, an answer for the first one draws nothing", () => {
  const here = browser();
  const page = here.open();
  page.sync();
  page.app.send.text(C, "mine");
  page.app.store.dispatch({ type: "signed_out" });
  page.app.store.dispatch({ type: "synced", snapshot: { cursor: "0", me: { id: "you", name: "You" }, conversations: [{
    id: C, type: "group", name: "G", unread: 0, read_seq: 5, head_seq: 5, last_message: null
  }] } });
  page.answer(page.posts()[0]);
  assert.deepEqual(plain(page.app.store.state().conversations[C].messages), []);
});

test("there is a bound, and it is said; a full disk loses nothing of this page", () => {
  const here = browser();
  const page = here.open();
  page.sync();
  const { outbox_items } = page.chat.limits;
  for (let i = 0; i < outbox_items; i += 1) { assert.equal(page.app.send.text(C, "m" + i), null); }
  assert.equal(page.app.send.text(C, "too many").code, "outbox_full");
  assert.equal(page.outbox().length, outbox_items);
  const other = browser().open();
  other.sync();
  other.quota = true;
  other.app.send.text(C, "kept in memory");
  other.answer(other.posts()[0]);
  assert.deepEqual(other.outbox(), []);
});

test("strange things in the storage are left alone", () => {
  const here = browser();
  here.kept.set("webqq.outbox.me.x", "{broken");
  here.kept.set("webqq.outbox.me.y", "[1]");
  here.kept.set("webqq.outbox.me.z", JSON.stringify({ client_id: "z" }));
  const page = here.open();
  page.sync();
  assert.deepEqual(page.outbox(), []);
});

test("a file whose bytes travelled when the page went is told as lost; one that was up is posted", () => {
  const here = browser();
  const first = here.open();
  first.sync();
  const file = (values) => ({ name: "a.png", size: 5, ...values });
  first.app.send.queue(C, "image", file(), { client_id: "travels", upload: { going: true, sent: 1, total: 5, tries: 1 } });
  first.app.send.queue(C, "image", file(), { client_id: "up", upload: { going: true, sent: 1, total: 5, tries: 1 } });
  first.app.store.dispatch({ type: "uploaded", client_id: "up", kind: "image", body: file({ file: "f" }) });
  assert.equal(here.kept.has("webqq.outbox.me.travels"), false, "another page must not think it lost while it travels");
  first.close();
  const second = here.open();
  second.sync();
  assert.deepEqual(second.outbox().map((item) => [item.client_id, item.state, item.problem && item.problem.code]),
    [["travels", "failed", "file_lost"], ["up", "sending", null]]);
  second.app.send.again("travels");
  assert.equal(second.chosen_again, "travels");
  assert.equal(second.outbox()[0].state, "failed", "there is nothing to send yet");
  second.listeners.pageshow({ persisted: false });
  assert.equal(here.kept.has("webqq.outbox.me.travels"), true);
});

test("what waits for a file of one page is not sent by another before it, and is found when that page goes", () => {
  for (const way of ["stays", "closes", "crashes"]) {
    const here = browser();
    const first = here.open();
    first.sync();
    const file = (values) => ({ name: "a.png", size: 5, ...values });
    first.app.send.queue(C, "image", file(), { client_id: "travels", upload: { going: true, sent: 1, total: 5, tries: 1 } });
    first.app.send.text(C, "look at this", null, "travels");
    const second = here.open();
    second.sync();
    here.clock.advance(60000);
    assert.deepEqual(second.texts(), [], "another page leaves it alone");
    if (way === "stays") {
      first.app.store.dispatch({ type: "uploaded", client_id: "travels", kind: "image", body: file({ file: "f" }) });
      first.answer(first.posts()[0]);
      first.answer(first.posts()[1]);
    }
    if (way === "closes") { first.close(); }
    if (way === "crashes") {
      first.crash();
      here.clock.advance(3600000);
    }
    here.clock.advance(60000);
    second.posts().forEach((call) => second.answer(call));
    assert.deepEqual(here.said().filter(Boolean), ["look at this"], way);
  }
});

test("half-typed texts are kept per user, a moment later or at the last moment, and never too many", () => {
  const here = browser();
  const first = here.open();
  first.sync();
  first.app.store.dispatch({ type: "draft", id: C, value: "half" });
  assert.equal(here.kept.size, 0, "not with every key");
  here.clock.advance(400);
  assert.equal(here.kept.size, 1);
  first.app.store.dispatch({ type: "draft", id: C, value: "half a sen" });
  first.close();
  const second = here.open();
  second.sync();
  assert.deepEqual(plain(second.app.store.state().drafts), { [C]: "half a sen" });
  const other = here.open("you");
  other.sync();
  assert.deepEqual(plain(other.app.store.state().drafts), {});
  // Two pages of one user: each changes only what was typed in it.
  const third = here.open();
  third.sync();
  second.app.store.dispatch({ type: "draft", id: "c2", value: "two" });
  third.app.store.dispatch({ type: "draft", id: "c3", value: "three" });
  second.app.store.dispatch({ type: "draft", id: C, value: "" });
  here.clock.advance(1000);
  const fourth = here.open();
  fourth.sync();
  assert.deepEqual(plain(fourth.app.store.state().drafts), { c2: "two", c3: "three" });
  for (let i = 0; i < 60; i += 1) {
    fourth.app.store.dispatch({ type: "draft", id: "many" + i, value: "x" });
    here.clock.advance(500);
  }
  fourth.app.store.dispatch({ type: "draft", id: "huge", value: "x".repeat(20001) });
  here.clock.advance(500);
  const kept = JSON.parse(here.kept.get("webqq.drafts.me"));
  assert.equal(Object.keys(kept).length, 50);
  assert.ok(kept.many59 && !kept.many5 && !kept.huge, "the oldest go");
  fourth.app.store.dispatch({ type: "draft", id: "many59", value: "last words" });
  fourth.app.store.dispatch({ type: "signed_out" });
  assert.equal(JSON.parse(here.kept.get("webqq.drafts.me")).many59.text, "last words");
});
