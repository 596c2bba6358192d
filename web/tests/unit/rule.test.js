"use strict";
// The client's rule and the unread count, against the state the page really keeps.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { dictionary, load, plain } = require("../load");

const ME = "me";
const HE = "he";
const C = "c1";

function page() {
  const { chat } = load(["lib/limits", "lib/change", "lib/i18n", "kinds/", "state/"]);
  chat.i18n.use(dictionary("en"));
  const store = chat.store(chat.reduce, chat.initial());
  const sync = (values) => store.dispatch({ type: "synced", snapshot: {
    cursor: "0", me: { id: ME, username: ME, name: "Me" },
    conversations: values === null ? [] : [Object.assign({
      id: C, type: "group", name: "G", unread: 0, read_seq: 5, head_seq: 5,
      last_message: { seq: 5, counted: 3, kind: "text", body: { text: "x" }, sender: HE }
    }, values)]
  } });
  sync({});
  return {
    chat, store, sync,
    get: () => plain(store.state().conversations[C]),
    feed: (...messages) => messages.forEach((message) => store.dispatch({ type: "message", message }))
  };
}

function said(seq, values) {
  return Object.assign({
    type: "message", conversation: C, seq, counted: seq - 2, kind: "text", sender: HE, sender_name: "He",
    body: { text: "text " + seq }, client_id: "id" + seq, sent_at: "2026-01-01T00:00:00Z"
  }, values);
}

const seqs = (conversation) => conversation.messages.map((message) => message.seq);

test("the next seq is applied, a known one ignored", () => {
  const { get, feed } = page();
  feed(said(6), said(6), said(4), said(7), said(5));
  assert.deepEqual([get().last, seqs(get()), get().unread], [7, [6, 7], 2]);
});

test("a jump is not applied: the missing is wanted, and filled in order", () => {
  const { store, get, feed } = page();
  feed(said(8));
  assert.deepEqual([get().last, seqs(get()), get().wanted, get().unread], [5, [], 8, 0]);
  store.dispatch({ type: "filled", messages: [said(6), said(7), said(8)] });
  assert.deepEqual([get().last, seqs(get()), get().unread], [8, [6, 7, 8], 3]);
  feed(said(7), said(9));
  assert.equal(get().last, 9);
});

test("a message that adds me sets last, wherever it is, and starts with nothing unread", () => {
  const { get, feed } = page();
  feed(said(6), said(7, { kind: "group.leave", sender: ME, removed: [ME], counted: 4 }));
  assert.equal(get().left, true);
  feed(said(40, { kind: "group.join", sender: ME, added: [ME], counted: 30 }));
  assert.deepEqual([get().last, get().left, get().unread, get().read_seq, seqs(get()), get().loaded],
    [40, false, 0, 40, [40], false]);
  feed(said(41, { counted: 31 }));
  assert.deepEqual([get().last, get().unread], [41, 1]);
});

test("a message that adds somebody else is no licence to jump", () => {
  const { get, feed } = page();
  feed(said(8, { kind: "group.join", added: [HE] }));
  assert.deepEqual([get().last, get().wanted], [5, 8]);
});

test("an old message that adds me moves nothing", () => {
  const { get, feed } = page();
  feed(said(3, { kind: "group.join", added: [ME] }));
  assert.equal(get().last, 5);
});

test("an unknown conversation starts at 0 and asks for its name", () => {
  const { store, sync, feed, get } = page();
  sync(null);
  feed(said(1, { counted: 1 }));
  assert.deepEqual([get().last, get().known, get().unread], [1, false, 1]);
  store.dispatch({ type: "merged", snapshot: { conversations: [
    { id: C, type: "direct", name: "He", unread: 9, read_seq: 0, head_seq: 9, last_message: null }
  ] } });
  assert.deepEqual([get().last, get().known, get().name, get().type, get().unread], [1, true, "He", "direct", 1]);
});

test("an unknown conversation that adds me starts there; another with a jump is filled from 0", () => {
  const { sync, feed, get } = page();
  sync(null);
  feed(said(7, { added: [ME], kind: "group.join" }));
  assert.equal(get().last, 7);
  sync(null);
  feed(said(7));
  assert.deepEqual([get().last, get().wanted], [0, 7]);
});

test("a hidden stub moves last and draws nothing", () => {
  const { feed, get } = page();
  feed({ type: "message", conversation: C, seq: 6, counted: 3, kind: "hidden" }, said(7, { counted: 4 }));
  assert.deepEqual([get().last, seqs(get()), get().unread, get().last_message.seq], [7, [7], 1, 7]);
});

test("a receipt is drawn and never moves last; the log's word replaces it", () => {
  const { store, feed, get } = page();
  store.dispatch({ type: "queued", item: { conversation: C, client_id: "mine", kind: "text", body: { text: "hi" } } });
  store.dispatch({ type: "receipt", message: said(8, { sender: ME, counted: null, client_id: "mine" }) });
  assert.deepEqual([get().last, seqs(get()), store.state().outbox.length], [5, [8], 0]);
  feed(said(6), said(7));
  assert.equal(get().unread, 0, "what stands before my own message is read");
  feed(said(8, { sender: ME, client_id: "mine", counted: 6 }));
  assert.deepEqual([get().last, seqs(get()), get().messages[2].counted], [8, [6, 7, 8], 6]);
});

test("the echo may come before the receipt", () => {
  const { store, feed, get } = page();
  store.dispatch({ type: "queued", item: { conversation: C, client_id: "mine", kind: "text", body: { text: "hi" } } });
  feed(said(6, { sender: ME, client_id: "mine" }));
  assert.equal(store.state().outbox.length, 0);
  store.dispatch({ type: "receipt", message: said(6, { sender: ME, counted: null, client_id: "mine" }) });
  assert.deepEqual([seqs(get()), get().messages[0].counted], [[6], 4]);
});

test("a page of history is drawn and never moves last", () => {
  const { store, get } = page();
  store.dispatch({ type: "page", conversation: C, messages: [said(4), said(5), said(6), said(7)] });
  assert.deepEqual([get().last, seqs(get()), get().unread], [5, [4, 5, 6, 7], 0]);
});

test("unread: others add what counts, notices do not, own messages clear", () => {
  const { feed, get } = page();
  feed(said(6, { counted: 4 }), said(7, { kind: "group.join", counted: 4 }), said(8, { counted: 5 }));
  assert.equal(get().unread, 2);
  feed(said(9, { sender: ME, counted: 6 }));
  assert.deepEqual([get().unread, get().read_seq], [0, 9]);
});

test("a head that is hidden from me is counted from, and not shown", () => {
  const { sync, feed, get } = page();
  sync({ last_message: { seq: 5, counted: 3, kind: "hidden" } });
  assert.deepEqual([get().last_message, get().counted], [null, 3]);
  feed(said(6, { counted: 4 }));
  assert.equal(get().unread, 1);
});

test("unread without a known count: a text counts, a notice does not", () => {
  const { sync, feed, get } = page();
  sync({ last_message: null });
  feed(said(6, { kind: "group.join", counted: null }), said(7, { counted: 12 }), said(8, { counted: 13 }));
  assert.equal(get().unread, 2);
});

test("reading, here or elsewhere, leaves what came after", () => {
  const { store, feed, get } = page();
  feed(said(6), said(7), said(8));
  store.dispatch({ type: "read", conversation: C, seq: 7 });
  assert.deepEqual([get().unread, get().read_seq], [1, 7]);
  store.dispatch({ type: "read", conversation: C, seq: 6 });
  assert.deepEqual([get().unread, get().read_seq], [1, 7], "a read position never goes back");
  store.dispatch({ type: "read", conversation: C, seq: 8 });
  assert.equal(get().unread, 0);
});

test("a new snapshot forgets what was held and keeps drafts and outbox", () => {
  const { store, sync, feed, get } = page();
  feed(said(6), said(7));
  store.dispatch({ type: "draft", id: C, value: "half" });
  store.dispatch({ type: "queued", item: { conversation: C, client_id: "mine", kind: "text", body: { text: "hi" } } });
  sync({ head_seq: 30, unread: 4, read_seq: 26 });
  assert.deepEqual([get().last, seqs(get()), get().unread], [30, [], 4]);
  assert.deepEqual([store.state().drafts[C], store.state().outbox.length], ["half", 1]);
});

test("signing out leaves nothing of the user", () => {
  const { store, feed } = page();
  feed(said(6));
  store.dispatch({ type: "signed_out" });
  const state = plain(store.state());
  assert.deepEqual([state.me, state.conversations, state.users, state.drafts], [null, {}, {}, {}]);
});

test("what was taken back says nothing any more, and has no line of its own", () => {
  const { get, feed } = page();
  feed(said(6), said(7), said(8, { kind: "reaction", counted: 5, body: { seq: 7, emoji: "👍", on: true } }),
    said(9, { kind: "recall", counted: 5, body: { seq: 7 } }));
  const recalled = get().messages[1];
  assert.deepEqual([seqs(get()), get().last, get().unread], [[6, 7], 9, 2]);
  assert.deepEqual([recalled.body, recalled.recalled], [null, true]);
  assert.deepEqual([get().last_message.seq, get().last_message.recalled], [7, true]);
});

test("one's own settings are a conversation that nobody looks at", () => {
  const { chat, store, feed } = page();
  feed(said(1, { conversation: ME, kind: "friend.set", counted: 0 }));
  assert.equal(store.state().conversations[ME].type, "self");
  assert.deepEqual(plain(chat.select.list(store.state())).map((one) => one.id), [C]);
});

// Any mixture of duplicates, old news and holes ends in the same place.
test("random deliveries: each message is applied once and in order", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    let random = seed;
    const roll = (limit) => {
      random = (random * 48271) % 2147483647;
      return random % limit;
    };
    const { store, get, feed } = page();
    const log = Array.from({ length: 30 }, (_, at) => said(at + 6));
    for (let at = 0; at < log.length; at += 1) {
      if (roll(4) > 0) { feed(log[at]); }
      if (roll(3) === 0) { feed(log[roll(at + 1)]); }
      if (get().wanted > get().last && roll(2) === 0) {
        const from = get().last;
        store.dispatch({ type: "filled", messages: log.filter((one) => one.seq > from).slice(0, 1 + roll(9)) });
      }
    }
    const from = get().last;
    store.dispatch({ type: "filled", messages: log.filter((one) => one.seq > from) });
    assert.deepEqual(seqs(get()), log.map((one) => one.seq), "seed " + seed);
    assert.deepEqual([get().last, get().unread], [35, 30], "seed " + seed);
  }
});
