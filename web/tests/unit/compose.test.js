"use strict";
// The small parts of writing: names behind an @, emoji, sizes, and what is news.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { PREACT, dictionary, load, plain } = require("../load");

const member = (id, name, username) => ({ id, name, user: { id, username: username || id } });

test("an @ begins a mention, but not inside an address", () => {
  const { chat } = load(["lib/"]);
  const at = (text) => plain(chat.mentions.at(text, text.length));
  assert.deepEqual(at("@"), { start: 0, query: "" });
  assert.deepEqual(at("hi @bo"), { start: 3, query: "bo" });
  assert.deepEqual(at("你好@小"), { start: 2, query: "小" });
  assert.deepEqual(at("\uFF20小"), { start: 0, query: "小" });
  assert.deepEqual(at("@Wang L"), { start: 0, query: "Wang L" });
  assert.equal(at("mail me: ann@exa"), null);
  assert.equal(at("@bob\nhello"), null);
  assert.equal(at("no such thing"), null);
  assert.equal(at("@" + "x".repeat(70)), null);
  assert.deepEqual(plain(chat.mentions.at("@bo and more", 3)), { start: 0, query: "bo" });
});

test("whom it could mean: by card or name or user name, the nearest first, never oneself, never too many", () => {
  const { chat } = load(["lib/"]);
  const all = [member("me", "Ben"), member("a", "Rob"), member("d", "石头", "boulder"), member("c", "Wang Bo"), member("b", "Bob")];
  const names = (query, everyone) => plain(chat.mentions.match(all, query, "me", everyone || null)).map((one) => one.name);
  assert.deepEqual(names("bo"), ["Bob", "石头", "Wang Bo"]);
  assert.deepEqual(names("ob"), ["Rob", "Bob"]);
  assert.deepEqual(names("wang b"), ["Wang Bo"]);
  assert.deepEqual(names("", "all"), ["all", "Rob", "石头", "Wang Bo", "Bob"]);
  assert.deepEqual(names("al", "all"), ["all"]);
  assert.deepEqual(names("be"), []);
  const many = Array.from({ length: 2000 }, (_, at) => member("m" + at, "Member " + at));
  assert.equal(chat.mentions.match(many, "mem", "me", null).length, chat.limits.mention_rows);
});

test("the list behind an @ draws somebody of whom only the name is known yet", () => {
  const { chat } = load(["lib/", "kinds/", "state/", "views/icon", "views/avatar", "views/mention_list"], { preact: PREACT });
  chat.i18n.use(dictionary("en"));
  const state = chat.initial();
  const found = chat.mentions.match([{ id: "a", name: "Ann", user: null }, member("b", "Bob", "bobby")], "", "me", "all");
  const drawn = JSON.stringify(chat.mention_list({ state, found, at: 1, on_choose: () => {}, on_at: () => {} }));
  for (const word of ["all", "Ann", "Bob", "bobby"]) { assert.ok(drawn.includes(word), word); }
});

test("the name goes in at the @, and the caret behind it", () => {
  const { chat } = load(["lib/"]);
  assert.deepEqual(plain(chat.mentions.insert("hi @bo there", 6, 3, "Bob")), { text: "hi @Bob there", caret: 8 });
  assert.deepEqual(plain(chat.mentions.insert("@", 1, 0, "石头")), { text: "@石头 ", caret: 4 });
});

test("every emoji has a name in both languages, once, and is one the server takes", () => {
  for (const language of ["en", "zh-CN"]) {
    const { chat } = load(["lib/"]);
    const words = dictionary(language);
    chat.i18n.use(words);
    const seen = new Set();
    const called = new Map(plain(chat.emojis.sections([])).flatMap((one) => one.rows.flat()).map((one) => [one.emoji, one.name]));
    const some = [["👀", "eyes", "围观"], ["💩", "poop", "便便"], ["🚗", "car", "汽车"], ["😈", "little devil", "小恶魔"]];
    for (const [emoji, en, zh] of some) {
      assert.equal(called.get(emoji), language === "en" ? en : zh);
    }
    for (const name of chat.emojis.groups) {
      const emoji = plain(chat.emojis.group(name));
      const names = words["emoji." + name + ".names"].split(",");
      assert.equal(names.length, emoji.length, `${language} ${name}`);
      assert.equal(emoji.length % 8, 0, `${name} fills its rows`);
      for (const one of emoji) { assert.match(one, /^\p{Extended_Pictographic}\uFE0F?$/u); }
      emoji.concat(names).forEach((one) => {
        assert.ok(one.trim() && !seen.has(one), `${language}: ${one} twice`);
        seen.add(one);
      });
    }
  }
});

test("what was used lately comes first, each once, and only a few", () => {
  const kept = {};
  const { chat } = load(["boot", "lib/"], {
    localStorage: { getItem: (key) => kept[key] || null, setItem: (key, value) => { kept[key] = value; } },
    document: { documentElement: { setAttribute() { return; } } }
  });
  chat.i18n.use(dictionary("en"));
  assert.equal(plain(chat.emojis.sections(chat.emojis.recent("me")))[0].key, "faces");
  chat.emojis.group("faces").concat(["🌹", "👍", "🌹"]).forEach((one) => chat.emojis.used("me", one));
  const recent = plain(chat.emojis.recent("me"));
  assert.deepEqual([recent.length, recent[0], recent[1]], [chat.limits.recent_emoji, "🌹", "👍"]);
  assert.equal(new Set(recent).size, recent.length);
  const first = plain(chat.emojis.sections(recent))[0];
  assert.deepEqual([first.key, first.rows.length, first.rows[0][0]], ["recent", 2, { emoji: "🌹", name: "rose" }]);
  kept["webqq.recent_emoji.me"] = '["not one of ours", 5]';
  assert.equal(plain(chat.emojis.sections(chat.emojis.recent("me")))[0].key, "faces");
});

test("the arrows walk rows of unequal length and stop at the ends", () => {
  const { chat } = load(["lib/", "views/emoji_picker"], { preact: { Component: function Component() { return; } } });
  const rows = [[1, 2, 3], [4], [5, 6, 7]];
  const walk = (row, column, key) => plain(chat.emoji_picker.walk(rows, row, column, key));
  assert.deepEqual(walk(0, 0, "ArrowRight"), { row: 0, column: 1 });
  assert.deepEqual(walk(0, 2, "ArrowRight"), { row: 1, column: 0 });
  assert.deepEqual(walk(0, 2, "ArrowDown"), { row: 1, column: 0 });
  assert.deepEqual(walk(1, 0, "ArrowLeft"), { row: 0, column: 2 });
  assert.deepEqual(walk(2, 1, "Home"), { row: 2, column: 0 });
  assert.deepEqual(walk(2, 0, "End"), { row: 2, column: 2 });
  assert.equal(walk(0, 0, "ArrowLeft"), null);
  assert.equal(walk(0, 0, "ArrowUp"), null);
  assert.equal(walk(2, 2, "ArrowRight"), null);
  assert.equal(walk(1, 0, "x"), null);
});

test("sizes in words", () => {
  const { chat } = load(["lib/"]);
  chat.i18n.use(dictionary("en"));
  const words = [0, 999, 1000, 1024, 1536, 10200, 1023 * 1024, 20 * 1024 * 1024, 5.04 * 1024 * 1024, 3 * Math.pow(1024, 3), -1, "x"];
  assert.deepEqual(words.map(chat.size),
    ["0 B", "999 B", "1 KB", "1 KB", "1.5 KB", "10 KB", "1 MB", "20 MB", "5 MB", "3 GB", "0 B", "0 B"]);
});

/** A page that is in, and what it takes for news after each entry. */
function listening(mine) {
  const { chat } = load(["lib/", "kinds/", "state/", "effects/news", "effects/voice"]);
  chat.i18n.use(dictionary("en"));
  const store = chat.store(chat.reduce, chat.initial());
  const found = [];
  store.listen((before, after) => chat.news(before, after).forEach((one) => found.push(one)));
  const synced = { type: "synced", snapshot: { cursor: "0", me: { id: "me", name: "Me" }, conversations: [
    {
      id: "g", type: "group", name: "G", head_seq: 5, ...mine,
      last_message: { seq: 5, counted: 5, kind: "text", sender: "he", body: { text: "old" } }
    },
    { id: "d", type: "direct", peer: "he", name: "He", head_seq: 2 }, { id: "me", type: "self", head_seq: 0 }
  ] } };
  store.dispatch(synced);
  const says = (seq, values) => store.dispatch({ type: "message", message: {
    type: "message", conversation: "g", seq, counted: seq, kind: "text", sender: "he", sender_name: "He",
    body: { text: "t" }, sent_at: "2026-01-01T00:00:00Z", ...values
  } });
  const rings = () => found.splice(0).map((one) => Boolean(chat.news.rings(one)));
  return { chat, store, says, rings, synced };
}

test("news is what others say from now on: no snapshot, no history, nothing twice", () => {
  const { store, says, rings, synced } = listening();
  assert.deepEqual(rings(), [], "coming in is quiet");
  says(6);
  assert.deepEqual(rings(), [true]);
  says(6);
  says(7, { kind: "hidden", sender: null, body: null });
  says(8, { sender: "me" });
  assert.deepEqual(rings(), []);
  says(9, { kind: "group.join", body: { user: "x" } });
  assert.deepEqual(rings(), [false]);
  store.dispatch({ type: "page", conversation: "g", messages: [] });
  store.dispatch({ type: "receipt", message: {
    conversation: "g", seq: 10, counted: null, kind: "text", sender: "me", body: { text: "x" }
  } });
  synced.snapshot.conversations[0] = { ...synced.snapshot.conversations[0], head_seq: 12, last_message: {
    seq: 12, counted: 12, kind: "text", sender: "he", body: { text: "while away" }
  } };
  store.dispatch({ ...synced, snapshot: { ...synced.snapshot, me: { id: "me", name: "Me" } } });
  assert.deepEqual(rings(), [], "starting over is quiet, too");
});

test("muted is quiet but for a call; notices are quiet but for a nudge at me", () => {
  const { says, rings } = listening({ muted: true });
  says(6);
  says(7, { mentions: ["me"] });
  says(8, { kind: "group.join", body: { user: "x" } });
  says(9, { kind: "nudge", body: { user: "x" } });
  says(10, { kind: "nudge", body: { user: "me" } });
  says(3, { conversation: "d", kind: "nudge", body: {} });
  says(4, { conversation: "d" });
  assert.deepEqual(rings(), [false, true, false, false, true, true, true]);
});
