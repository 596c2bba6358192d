"use strict";
// Searching: what is asked, whose answer counts, what fits without asking, and what
// is marked in what was found.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { Clock, dictionary, load, plain } = require("../load");

function page() {
  const clock = new Clock();
  const { chat } = load(["lib/limits", "lib/change", "lib/i18n", "lib/time", "kinds/", "state/", "actions/groups", "actions/search"],
    clock.fakes);
  chat.i18n.use(dictionary("en"));
  const calls = [];
  const jumps = [];
  const app = {
    store: chat.store(chat.reduce, chat.initial()),
    api: {
      search: (query, done) => {
        const call = { query, done, aborted: false };
        calls.push(call);
        return { abort: () => { call.aborted = true; } };
      },
      members: (id, done) => done(null, { members: [{ user: { id: "bob", name: "Bob" }, role: "member", card: "", status: "online" }] })
    },
    doors: { show_find: () => app.store.dispatch({ type: "search", search: null }) },
    history: { jump: (id, seq) => jumps.push([id, seq]) }
  };
  app.search = chat.search(app);
  app.store.listen(app.search.follow);
  const latest = (sent_at) => ({ seq: 1, kind: "text", body: { text: "" }, sent_at });
  const conversation = (id, more) => ({ id, type: "group", name: id, head_seq: 1, ...more });
  app.store.dispatch({ type: "synced", snapshot: {
    cursor: "0", me: { id: "me", username: "me", name: "Me" }, conversations: [
      conversation("g1", { name: "Rust 学习小组", last_message: latest("2026-01-01T00:00:00Z") }),
      conversation("g2", { name: "Trust fund", hidden: true, last_message: latest("2026-01-02T00:00:00Z") }),
      conversation("d1", { type: "direct", name: "李丽", peer: "lili" }),
      conversation("me", { type: "self", name: "rust" })
    ]
  } });
  const person = (id, name, more) => ({ user: { id, name, username: id }, remark: "", status: "online", ...more });
  app.store.dispatch({ type: "friends", stale: 1, friends: {
    friends: [person("lili", "李丽"), person("wang", "Wang Lei", { remark: "老王" })], folders: [], requests: [], asked: []
  } });
  return { chat, app, clock, calls, jumps, state: () => app.store.state() };
}

const hit = (conversation, seq) => ({ message: { conversation, seq, kind: "text", sender: "bob" }, snippet: "x", highlights: [] });
const answer = (results, next = null, indexed = true) => ({ results, next, indexed });

test("a pause in typing asks once; an answer to what stood there before is not shown", () => {
  const { app, clock, calls, state } = page();
  app.search.typed("天");
  clock.advance(300);
  app.search.typed("天气");
  clock.advance(500);
  assert.equal(calls.length, 0, "still typing");
  clock.advance(200);
  assert.deepEqual(calls.map((one) => one.query), ["query=%E5%A4%A9%E6%B0%94"]);
  assert.equal(state().seeks.all.busy, true);
  app.search.typed("天气预报");
  assert.equal(calls[0].aborted, true);
  assert.equal(state().seeks.all, null);
  clock.advance(700);
  calls[1].done(null, answer([hit("g1", 5)]));
  assert.deepEqual([state().seeks.all.busy, state().seeks.all.results.length], [false, 1]);
});

test("one letter waits for Enter; one character of a script without spaces does not", () => {
  const { app, chat, clock, calls } = page();
  const enough = ["", "a", "é", "ab", "天", "😀"].filter((text) => chat.search.enough(text));
  assert.deepEqual(enough, ["ab", "天", "😀"]);
  app.search.typed("a");
  clock.advance(5000);
  assert.equal(calls.length, 0);
  app.search.everywhere("a");
  assert.equal(calls.length, 1);
  app.search.everywhere("   ");
  assert.equal(calls.length, 1, "nothing is no question");
});

test("pages are put together, each message once; an empty page is not the end, and not for ever", () => {
  const { app, chat, calls, state } = page();
  app.search.everywhere("rust");
  calls[0].done(null, answer([hit("g1", 9), hit("g1", 7)], "c7"));
  app.search.more("all");
  assert.equal(calls[1].query, "query=rust&before=c7");
  calls[1].done(null, answer([hit("g1", 7), hit("g2", 3)], "c3", false));
  const found = plain(state().seeks.all.results.map((one) => [one.message.conversation, one.message.seq]));
  assert.deepEqual(found, [["g1", 9], ["g1", 7], ["g2", 3]]);
  assert.equal(state().seeks.all.indexed, false);
  app.search.more("all");
  for (let i = 2; i < calls.length && i < 100; i += 1) { calls[i].done(null, answer([], "c" + i)); }
  assert.equal(calls.length, 3 + chat.limits.empty_pages);
  assert.equal(state().seeks.all.next, "c" + (calls.length - 1), "more can still be asked for");
});

test("a refusal is kept with its reason and the same page can be asked for again", () => {
  const { app, calls, state } = page();
  app.search.everywhere("rust");
  calls[0].done({ status: 429, code: "too_many_searches", retry_ms: 2000 }, null);
  assert.equal(state().seeks.all.problem.retry_ms, 2000);
  app.search.more("all");
  assert.equal(state().seeks.all.problem, null);
  assert.equal(calls[1].query, calls[0].query);
});

test("what was taken back is no result any more", () => {
  const { app, calls, clock, state } = page();
  app.search.typed("rust");
  clock.advance(700);
  calls[0].done(null, answer([hit("g1", 1), hit("g2", 1)]));
  app.store.dispatch({ type: "message", message: {
    type: "message", conversation: "g1", seq: 2, counted: 1, kind: "recall", sender: "bob", body: { seq: 1 },
    sent_at: "2026-01-03T00:00:00Z"
  } });
  assert.deepEqual(plain(state().seeks.all.results.map((one) => one.message.conversation)), ["g2"]);
});

test("filters go into the question; days are whole days of this clock", () => {
  const { chat } = page();
  assert.equal(chat.search.day_begins("2026-01-31", 0), new Date(2026, 0, 31).toISOString());
  assert.equal(chat.search.day_begins("2026-01-31", 1), new Date(2026, 1, 1).toISOString());
  assert.equal(chat.search.day_begins("yesterday", 0), "");
  const asked = new URL("http://host/?" + chat.search.address({
    query: " a&b ", conversation: "g1", sender: "bob", since: "2026-01-30", until: "2026-01-31"
  }, "cur")).searchParams;
  assert.deepEqual(Object.fromEntries(asked), {
    query: "a&b", conversation: "g1", sender: "bob", before: "cur",
    from: new Date(2026, 0, 30).toISOString(), to: new Date(2026, 1, 1).toISOString()
  });
});

test("searching here knows who could have said it, and ends with what is open", () => {
  const { app, calls, state } = page();
  app.store.dispatch({ type: "opened", id: "g1" });
  app.store.dispatch({ type: "panel", panel: true });
  app.search.open_here();
  assert.deepEqual([state().panel, state().members.g1[0].name, state().seeks.here.asked], [false, "Bob", false]);
  app.search.here({ query: "x", conversation: "g1", sender: "", since: "", until: "" });
  app.store.dispatch({ type: "panel", panel: true });
  assert.equal(state().seeks.here, null);
  assert.equal(calls[0].aborted, true);
  app.store.dispatch({ type: "panel", panel: false });
  app.search.open_here();
  app.store.dispatch({ type: "opened", id: "d1" });
  assert.equal(state().seeks.here, null);
});

test("a result leads to its place", () => {
  const { app, jumps } = page();
  app.search.jump({ conversation: "g1", seq: 5 });
  assert.deepEqual(jumps, [["g1", 5]]);
});

test("what fits at once: by title, remark, user name; hidden ones too, one's own settings never", () => {
  const { chat, state } = page();
  const conversations = (query) => plain(chat.match.conversations(state(), query).map((one) => one.id));
  assert.deepEqual(conversations("RUST"), ["g2", "g1"]);
  assert.deepEqual(conversations("rust 小组"), ["g1"]);
  assert.deepEqual(conversations("lili"), ["d1"], "by the user name of the other");
  assert.deepEqual(conversations("nothing"), []);
  const friends = (query) => plain(chat.match.friends(state(), query).map((one) => one.user.id));
  assert.deepEqual(friends("老王"), ["wang"]);
  assert.deepEqual(friends("lei"), ["wang"]);
  assert.deepEqual(friends("李丽"), [], "stands there as a conversation already");
});

test("results stand together by conversation, in the order of their newest", () => {
  const { chat } = page();
  const groups = plain(chat.match.by_conversation([hit("g2", 9), hit("g1", 8), hit("g2", 3)]));
  assert.deepEqual(groups.map((one) => [one.conversation, one.results.map((found) => found.message.seq)]), [["g2", [9, 3]], ["g1", [8]]]);
});

test("marks stand where the server says, whatever it says", () => {
  const { chat } = page();
  const parts = (snippet, highlights) => plain(chat.match.parts(snippet, highlights))
    .map((one) => one.found ? `[${one.text}]` : one.text).join("|");
  assert.equal(parts("今天天气好", [[2, 4]]), "今天|[天气]|好");
  assert.equal(parts("明天天气不好 😀 天气", [[2, 4], [10, 12]]), "明天|[天气]|不好 😀 |[天气]");
  assert.equal(parts("abc", []), "abc");
  assert.equal(parts("abc", [[1, 2], [7, 8]]), "a|[b]|c");
  assert.equal(parts("abc", [[0, 9], [1, 2], [-5, 1], [7, 8]]), "[abc]");
});

test("every refusal that may reach somebody has words in both languages", () => {
  // Refused before they could reach a person, or said by the fields they name.
  const UNSAID = [
    "malformed_json", "malformed_body", "malformed_query", "malformed_request", "malformed", "invalid", "duplicate_field", "nul_character",
    "nested_too_deeply", "number_out_of_range", "unsupported_media_type", "signal_with_effects"
  ];
  const text = fs.readFileSync(path.join(__dirname, "../../../docs/PROTOCOL.md"), "utf8");
  const table = text.slice(text.indexOf("\n## Errors"), text.indexOf("\n## Limits"));
  const rows = [...table.matchAll(/^\| (\d+(?:, \d+)*) \| ([^|]+) \|/gm)];
  const codes = rows.flatMap((row) => [...row[2].matchAll(/`(\w+)`/g)].map((found) => found[1]));
  assert.ok(codes.length > 90, "the table was read");
  for (const language of ["en", "zh-CN"]) {
    const words = dictionary(language);
    assert.deepEqual(codes.filter((code) => !UNSAID.includes(code) && !words["error." + code]), [], language);
  }
});

test("a code with two meanings is told by its status", () => {
  const { chat } = page();
  const words = dictionary("en");
  assert.equal(chat.i18n.problem({ status: 409, code: "too_many_requests" }), words["error.too_many_requests.409"]);
  assert.equal(chat.i18n.problem({ status: 429, code: "too_many_requests" }), words["error.too_many_requests"]);
});
