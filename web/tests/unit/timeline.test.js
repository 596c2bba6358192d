"use strict";
// What the timeline draws, as data: rows, windows, texts in parts, reactions, jumps.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { PREACT, dictionary, load, plain } = require("../load");

const ME = "me";
const C = "c1";

function page(values = {}) {
  const { chat } = load(["lib/limits", "lib/el", "lib/component", "lib/change", "lib/i18n", "lib/time", "lib/parts", "kinds/", "state/",
    "views/icon", "views/reactions"], { preact: PREACT });
  chat.i18n.use(dictionary("en"));
  const store = chat.store(chat.reduce, chat.initial());
  store.dispatch({ type: "synced", snapshot: { cursor: "0", me: { id: ME, username: ME, name: "Me" }, conversations: [{
    id: C, type: "group", name: "G", unread: 0, read_seq: 5, head_seq: 5, from_seq: 1,
    last_message: { seq: 5, counted: 5, kind: "text", body: { text: "x" }, sender: "he" }, ...values
  }] } });
  const get = () => store.state().conversations[C];
  return {
    chat, store, get, held: () => plain(get().messages),
    feed: (...messages) => messages.forEach((message) => store.dispatch({ type: "message", message })),
    history: (...messages) => store.dispatch({ type: "page", conversation: C, messages }),
    rows: (part, line = null) => plain(chat.rows(store.state(), get(), part || chat.rows.window(get().messages, null), line))
  };
}

const at = (minutes) => new Date(2026, 0, 10, 12, minutes).toISOString();
const said = (seq, values) => ({
  type: "message", conversation: C, seq, counted: seq, kind: "text", sender: "he", sender_name: "He",
  body: { text: "text " + seq }, client_id: "id" + seq, sent_at: at(0), ...values
});
const reaction = (seq, target, emoji, on, sender = "he") => said(seq, { kind: "reaction", sender, body: { seq: target, emoji, on } });
const recall = (seq, target, sender = "he") => said(seq, { kind: "recall", sender, body: { seq: target } });
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => said(from + index));

test("grouping: same sender, less than five minutes, same day, nothing between", () => {
  const { feed, rows } = page();
  feed(said(6, { sent_at: at(0) }), said(7, { sent_at: at(4) }), said(8, { sent_at: at(9) }), said(9, { sent_at: at(10), sender: "she" }),
    said(10, { sent_at: at(11), sender: "she" }), said(11, { sent_at: at(11), kind: "group.leave", sender: "she" }),
    said(12, { sent_at: at(11), sender: "she" }), said(13, { sent_at: new Date(2026, 0, 11).toISOString(), sender: "she" }));
  assert.deepEqual(rows().filter((row) => row.message).map((row) => [row.message.seq, row.more, row.last, row.notice]), [
    [6, false, false, false], [7, true, true, false], [8, false, true, false], [9, false, false, false], [10, true, true, false],
    [11, false, true, true], [12, false, true, false], [13, false, true, false]
  ]);
});

test("day lines: one per day, none repeated at the edge of the window, none for a time that is none", () => {
  const { feed, rows } = page();
  const on = (day) => new Date(2026, 0, day, 12).toISOString();
  feed(said(6, { sent_at: on(1) }), said(7, { sent_at: on(1) }), said(8, { sent_at: on(2) }), said(9, { sent_at: "never" }),
    said(10, { sent_at: on(2) }));
  const keys = (part) => rows(part).map((row) => row.key);
  assert.deepEqual(keys(), ["day6", 6, 7, "day8", 8, 9, 10]);
  assert.deepEqual(keys({ at: 1, to: 3 }), [7, "day8", 8]);
});

test("day lines say today, yesterday, the weekday, and the year only if it is another", () => {
  const { chat } = page();
  const line = (...date) => chat.time.day_line(new Date(...date).toISOString(), new Date(2026, 5, 15, 10));
  assert.equal(line(2026, 5, 15, 9), "Today");
  assert.equal(line(2026, 5, 14, 23), "Yesterday");
  assert.equal(line(2026, 5, 1), "Monday, 6/1");
  assert.equal(line(2025, 11, 31), "Wednesday, 2025-12-31");
  chat.i18n.use(dictionary("zh-CN"));
  assert.equal(line(2026, 5, 1), "6月1日 周一");
  assert.equal(chat.time.exact("nonsense"), "");
});

test("the window: 200 rows while following, at most 400 while reading", () => {
  const { chat } = page();
  const held = Array.from({ length: 1000 }, (_, index) => ({ seq: index * 2 }));
  assert.deepEqual(plain(chat.rows.window(held, null)), { at: 800, to: 1000 });
  assert.deepEqual(plain(chat.rows.window(held, 401)), { at: 201, to: 601 });
  assert.deepEqual(plain(chat.rows.window(held, 1900)), { at: 950, to: 1000 });
  assert.deepEqual(plain(chat.rows.window([], null)), { at: 0, to: 0 });
});

test("the line before what is new stands before the first of somebody else, and nowhere if that is not drawn", () => {
  const { feed, history, rows, chat, get } = page({ read_seq: 7, head_seq: 10, unread: 2 });
  history(said(6), said(7), said(8, { sender: ME }), said(9), said(10));
  const keys = (part, line) => rows(part, line).map((row) => row.key);
  assert.deepEqual(keys(undefined, 7), ["day6", 6, 7, "id8", "new", 9, 10]);
  assert.deepEqual(keys({ at: 4, to: 5 }, 7), [10], "it began above the window");
  feed(said(11));
  assert.deepEqual(keys(undefined, 7).indexOf("new"), 4, "it stays where it was");
  assert.equal(chat.rows.above(get(), { at: 0, to: 9 }, 7), false);
  assert.equal(chat.rows.above(get(), { at: 4, to: 9 }, 7), true);
});

test("what is new may begin in a page that is not held", () => {
  const { chat, get, rows, history } = page({ read_seq: 20, head_seq: 150, unread: 130 });
  history(...range(101, 150));
  assert.equal(chat.rows.above(get(), { at: 0, to: 50 }, 20), true);
  assert.ok(!rows(undefined, 20).some((row) => row.line));
  history(...range(51, 100));
  history(...range(11, 50));
  assert.equal(chat.rows.above(get(), { at: 0, to: 200 }, 20), false);
  assert.equal(rows(undefined, 20).find((row) => row.line).key, "new");
});

test("one's own row keeps its key from sending to the log; silent items are not drawn", () => {
  const { store, feed, rows } = page();
  store.dispatch({ type: "queued", item: { conversation: C, client_id: "mine", kind: "text", body: { text: "hi" }, sent_at: at(0) } });
  store.dispatch({ type: "queued", item: { conversation: C, client_id: "r", kind: "reaction", body: {}, sent_at: at(0) } });
  assert.deepEqual(rows().map((row) => row.key), ["mine"]);
  feed(said(6, { sender: ME, client_id: "mine" }));
  assert.deepEqual(rows().map((row) => row.key), ["day6", "mine"]);
});

test("read by the other: under the newest of mine that it covers, in direct chats", () => {
  const { feed, rows, store } = page({ type: "direct", peer: "he", peer_read_seq: 0 });
  feed(said(6, { sender: ME }), said(7, { sender: ME }), said(8), said(9, { sender: ME }));
  const read = () => rows().filter((row) => row.read).map((row) => row.message.seq);
  assert.deepEqual(read(), []);
  store.dispatch({ type: "peer_read", conversation: C, seq: 8 });
  assert.deepEqual(read(), [7]);
  store.dispatch({ type: "peer_read", conversation: C, seq: 9 });
  assert.deepEqual(read(), [9]);
});

test("reactions: a set of emoji and user; twice is once; off takes away; order decides", () => {
  const { feed, held, chat } = page();
  feed(said(6), reaction(7, 6, "👍", true), reaction(8, 6, "👍", true, "she"), reaction(9, 6, "🎉", true), reaction(10, 6, "👍", false));
  const tally = () => plain(chat.reactions.tally(held()[0].notes));
  assert.deepEqual(tally(), [{ emoji: "👍", users: ["she"] }, { emoji: "🎉", users: ["he"] }]);
  feed(reaction(10, 6, "👍", false), reaction(9, 6, "🎉", true));
  assert.deepEqual(tally(), [{ emoji: "👍", users: ["she"] }, { emoji: "🎉", users: ["he"] }], "known ones change nothing");
  feed(reaction(11, 6, "🎉", true), reaction(12, 99, "👍", true), said(13, { kind: "reaction", body: { seq: "6", emoji: {} } }));
  assert.equal(tally().length, 2);
});

test("reactions in a page of history are older than its notes and change nothing", () => {
  const { history, held, feed } = page({ head_seq: 9 });
  history(said(6, { notes: {} }), reaction(7, 6, "👍", true));
  assert.deepEqual(held()[0].notes, {}, "it was taken away again, in a page that is not here");
  feed(reaction(10, 6, "🔥", true));
  history(said(6, { notes: {} }));
  assert.deepEqual(held()[0].notes, { reaction: { "🔥 he": true } }, "a page that was asked for before is no news");
});

test("a recall reaches messages held anywhere, quotes, and keeps one's own words for this tab", () => {
  const { feed, store, get, held, history } = page({ head_seq: 300 });
  history(...range(251, 300));
  store.dispatch({ type: "landed", conversation: C, messages: [...range(20, 118), said(119, { sender: ME, body: { text: "mine" } })] });
  store.dispatch({ type: "quoted", conversation: C, seq: 119, quote: { message: said(119) } });
  store.dispatch({ type: "page", conversation: C, messages: [said(250, { sender: ME })] });
  feed(recall(301, 119, ME), recall(302, 260, "admin"), recall(303, 250, "admin"));
  assert.equal(get().around.messages[99].recalled, true);
  assert.equal(get().around.messages[99].body, null);
  assert.equal(store.state().quotes[C + "/119"].message.recalled, true);
  assert.equal(store.state().unsaid[C + "/119"], "mine");
  assert.deepEqual(Object.keys(store.state().unsaid), [C + "/119"], "others' words are not kept, nor what others took back");
  const taken = held().find((one) => one.seq === 260);
  assert.deepEqual([taken.recalled, taken.recalled_by], [true, "admin"]);
});

test("a jump holds a second stretch until reading on joins the two", () => {
  const { store, get, held, history, feed } = page({ head_seq: 300 });
  history(...range(251, 300));
  store.dispatch({ type: "landed", conversation: C, messages: range(51, 150) });
  assert.deepEqual([get().around.messages.length, get().around.newer, get().around.older, held().length], [100, true, true, 50]);
  feed(said(301));
  assert.deepEqual([held().length, get().around.messages.length, get().last], [51, 100, 301], "news goes to the newest stretch");
  store.dispatch({ type: "extended", conversation: C, way: "newer", messages: range(151, 200) });
  assert.equal(get().around.newest, 200);
  store.dispatch({ type: "extended", conversation: C, way: "older", messages: range(1, 50) });
  assert.deepEqual([get().around.older, get().around.messages[0].seq], [false, 1]);
  store.dispatch({ type: "extended", conversation: C, way: "newer", messages: range(201, 250) });
  assert.ok(get().around, "next to each other is not yet known to be joined");
  store.dispatch({ type: "extended", conversation: C, way: "newer", messages: range(251, 300) });
  assert.equal(get().around, null);
  assert.deepEqual(held().map((one) => one.seq), range(1, 301).map((one) => one.seq), "one unbroken stretch");
  assert.deepEqual([get().oldest, get().older, get().last], [1, false, 301]);
});

test("a jump into a conversation that is not loaded yet: the newest page joins it when it comes", () => {
  const { store, get, held, history } = page({ head_seq: 120 });
  store.dispatch({ type: "landed", conversation: C, messages: range(81, 120) });
  assert.equal(get().around.messages.length, 40);
  history(...range(71, 120));
  assert.deepEqual([get().around, held().length, get().oldest], [null, 50, 71]);
});

test("stubs at the edges do not stop a stretch from joining", () => {
  const { store, get, history } = page({ head_seq: 120 });
  history(...range(71, 120));
  store.dispatch({ type: "landed", conversation: C, messages: range(1, 40) });
  assert.equal(get().around, null, "a page that is not full reached the end: nothing lies between");
  store.dispatch({ type: "rejoined", conversation: C });
  const hidden = (seq) => ({ type: "message", conversation: C, seq, counted: 1, kind: "hidden" });
  const other = page({ head_seq: 300 });
  other.history(...range(251, 300));
  other.store.dispatch({ type: "landed", conversation: C, messages: [...range(152, 249), hidden(250), hidden(251)] });
  assert.equal(other.get().around, null);
});

test("10,000 messages are held, the oldest go; not while one reads", () => {
  const { chat, feed, get, store } = page();
  chat.limits.held_messages = 20;
  store.dispatch({ type: "opened", id: C });
  feed(...range(6, 40));
  assert.deepEqual([get().messages.length, get().messages[0].seq, get().oldest, get().older], [20, 21, 21, true]);
  store.dispatch({ type: "seen", conversation: C, seq: 30 });
  feed(...range(41, 50));
  assert.equal(get().messages.length, 30);
  store.dispatch({ type: "seen", conversation: C, seq: null });
  feed(said(51));
  assert.equal(get().messages.length, 20);
});

test("what is kept: all of the open conversation; the newest of another, where the rest is asked for again", () => {
  const { store, get, feed, history, held } = page({ head_seq: 50, read_seq: 50, last_message: said(50) });
  const open = (id) => store.dispatch({ type: "opened", id });
  open(C);
  history(...range(1, 50));
  feed(...range(51, 400));
  assert.deepEqual([held().length, get().older], [400, false]);

  open(null);
  assert.equal(held().length, 400, "as long as nothing comes");
  feed(said(401));
  assert.deepEqual([held().length, held()[0].seq, get().oldest, get().older, get().last], [200, 202, 202, true, 401]);
  feed(...range(402, 410));
  assert.deepEqual([held().length, get().oldest], [200, 211]);
  open(C);
  history(...range(161, 210));
  assert.deepEqual([held().length, held()[0].seq, get().oldest], [250, 161, 161]);

  // Whoever left while reading finds the place again.
  store.dispatch({ type: "seen", conversation: C, seq: 170 });
  open(null);
  feed(...range(411, 600));
  assert.equal(held()[0].seq, 161);
});

test("the list says something although the last message has no line", () => {
  const { store, get } = page({ last_message: reaction(5, 4, "👍", true) });
  assert.equal(get().last_message, null);
  assert.equal(get().touched_at, at(0), "its place in the list is by its time");
  store.dispatch({ type: "peeked", conversation: C, messages: [said(3), said(4), reaction(5, 4, "👍", true)] });
  assert.deepEqual([get().last_message.seq, get().loaded, get().messages.length], [4, false, 0]);
});

test("texts in parts: links of three schemes, mentions by any name, nothing else", () => {
  const { chat } = page();
  const parts = (text, names = []) => plain(chat.parts(text, names));
  assert.deepEqual(parts("plain"), [{ text: "plain" }]);
  assert.deepEqual(parts("看https://example.com/a?b=c#d。好"), [
    { text: "看" }, { text: "https://example.com/a?b=c#d", href: "https://example.com/a?b=c#d" }, { text: "。好" }]);
  const href = (text) => parts(text).filter((one) => one.href).map((one) => one.href);
  assert.deepEqual(href("(see http://a.b/c_(d)), and https://e.f."), ["http://a.b/c_(d)", "https://e.f"]);
  assert.deepEqual(href("mailto:me@example.com!"), ["mailto:me@example.com"]);
  assert.deepEqual(href("HTTPS://EXAMPLE.COM"), ["HTTPS://EXAMPLE.COM"]);
  for (const evil of ["javascript:alert(1)", "data:text/html,x", "xhttps://a.b", "file:///etc/passwd", "vbscript:x",
    "http://", "https:///x"]) {
    assert.deepEqual(href(evil), [], evil);
  }
  assert.deepEqual(parts("hi @Ann Lee, @ann", ["Ann", "Ann Lee"]), [
    { text: "hi " }, { text: "@Ann Lee", mention: true }, { text: ", " }, { text: "@ann", mention: true }]);
  assert.deepEqual(parts("@Ann Lee", ["Ann Lee", "Ann"]).length, 1, "the longest name, in any order");
  assert.deepEqual(parts("@all ＠所有人", chat.parts.EVERYONE).filter((one) => one.mention).map((one) => one.text), ["@all", "＠所有人"]);
  assert.deepEqual(parts("@nobody", ["Ann"]), [{ text: "@nobody" }]);
  assert.deepEqual(parts(""), []);
  for (const text of ["a https://x.y @Ann b", "@Ann@Ann https://x.y https://x.y", "＠\n@"]) {
    assert.equal(parts(text, ["Ann"]).map((one) => one.text).join(""), text, "nothing is lost");
  }
});

test("emoji alone are larger; digits, words and many are not", () => {
  const { chat } = page();
  for (const text of ["👍", "😂😂", "❤️", "👨‍👩‍👧", "1️⃣", " 🎉 ", "🇨🇳"]) { assert.equal(chat.parts.emoji_only(text), true, text); }
  for (const text of ["", " ", "1", "#", "ok 👍", "好", "👍".repeat(20), "*"]) { assert.equal(chat.parts.emoji_only(text), false, text); }
});

test("long texts fold at a line or a length, never within a character", () => {
  const { chat } = page();
  const lines = Array.from({ length: 40 }, (_, index) => "line " + index).join("\n");
  assert.equal(chat.parts.folded(lines).split("\n").length, 16);
  assert.equal(chat.parts.folded("a".repeat(1050)), null, "not for a few characters");
  assert.equal(chat.parts.folded("a".repeat(3000)).length, 1000);
  assert.equal(chat.parts.folded("a".repeat(999) + "😀".repeat(500)).length, 999);
  assert.equal(chat.parts.folded("short\nlines"), null);
});

test("a body of any shape draws something, for every kind", () => {
  const { chat, store } = page();
  const names = chat.select.names(store.state());
  const shapes = [null, undefined, 0, 1e308, true, "text", [], [[[]]], {}, { text: {} }, { text: null }, { text: 5 },
    { emoji: [] }, { emoji: {} },
    { content: 1 }, { content: null }, { content: {} }, { content: { kind: "forward", body: { content: {} } } },
    { content: { kind: {}, body: [] } },
    { content: { kind: "text", body: { text: ["x"] }, sender_name: {}, sent_at: {} } }, { seq: "x" }, { seq: {} },
    { user: {}, role: {}, name: {} },
    { user: 1, role: "__proto__", name: [] }, { file: {}, name: {}, width: "x", height: -1, size: {} },
    { constructor: 1, toString: 2, __proto__: null },
    { reply_to: {} }, { text: "x", reply_to: "1" }, JSON.parse("{\"__proto__\":{\"text\":\"x\"}}")];
  const kinds = ["text", "emoji", "forward", "image", "file", "nudge", "recall", "reaction", "friend.made", "poll",
    "__proto__", "constructor", ...["create", "leave", "join", "remove", "role", "settings", "avatar", "dissolve", "mute", "card",
      "invitation", "hook"].map((one) => "group." + one)];
  let drawn = 0;
  for (const kind of kinds) {
    for (const body of shapes) {
      for (const more of [{}, { notes: body, mentions: body, added: body, removed: body, sender_name: body }, { mentions_all: body }]) {
        const message = said(drawn + 6, { kind, body, ...more });
        store.dispatch({ type: "message", message });
        const found = chat.kinds.of(message);
        assert.equal(typeof found.summary(message, names), "string", kind);
        assert.equal(typeof found.spoken(message, names), "string", kind);
        assert.equal(typeof found.long(message), "boolean", kind);
        if (found.bubble) { assert.ok(found.bubble(message, names, { names: [], open: false, stop: -1 }) !== undefined, kind); }
        assert.doesNotThrow(() => chat.reactions.tally(message.notes));
        assert.doesNotThrow(() => chat.select.mentioned(store.state(), store.state().conversations[C], message));
        drawn += 1;
      }
    }
  }
  assert.equal(store.state().conversations[C].last, drawn + 5, "the rule went through all of it");
  assert.doesNotThrow(() => chat.rows(store.state(), store.state().conversations[C], { at: 0, to: 400 }, 0));
});

test("a kind that fails is drawn as if it were unknown", () => {
  const { chat } = page();
  const fail = () => { throw new Error("never seen such a body"); };
  chat.kinds.add("bad", { summary: fail, bubble: fail, long: fail, spoken: fail, card: fail });
  const bad = chat.kinds.of(said(6, { kind: "bad" }));
  for (const part of ["summary", "spoken"]) { assert.match(bad[part](said(6, { kind: "bad" }), String), /cannot show: bad/); }
  assert.match(JSON.stringify(bad.bubble(said(6, { kind: "bad" }), String)), /cannot show: bad/);
  assert.equal(bad.long(said(6)), false);
  assert.equal(bad.card(said(6), String), null);
});

test("an unknown kind is a card: its fields by the server's titles, bounded", () => {
  const { chat } = page();
  const schemas = { poll: { schema: { properties: { question: { title: "Question" } } } } };
  const body = { question: "Tea?", some_thing: { a: 1 }, long: "x".repeat(1000) };
  for (let i = 0; i < 30; i += 1) { body["field" + i] = i; }
  const drawn = JSON.stringify(chat.kinds.of({ kind: "poll" }).bubble({ kind: "poll", body }, String, { state: { schemas } }));
  assert.match(drawn, /"Question".*"Tea\?"/);
  assert.match(drawn, /"some thing".*\{\\"a\\":1\}/);
  assert.ok(drawn.length < 2500, drawn.length);
  assert.equal(chat.kinds.of({ kind: "poll" }).summary({ kind: "poll", summary: "A poll: Tea?" }), "A poll: Tea?");
});

test("names that turn the direction of writing are kept to themselves", () => {
  const { chat, store } = page();
  const name = chat.select.names(store.state());
  assert.equal(name("x", "Ann"), "Ann");
  assert.equal(name("x", "\u05d0\u05d1"), "\u2068\u05d0\u05d1\u2069");
  assert.equal(name("x", "ab\u202e\u2066cd"), "abcd");
});
