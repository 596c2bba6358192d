"use strict";
// People: in which folder somebody stands, what they are to us, what the page asks when.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { dictionary, load, plain } = require("../load");

const person = (id, values) => ({ id, number: 10000 + id.length, username: id, name: id.toUpperCase(), signature: "", ...values });
const friend = (id, values) => ({ user: person(id), folder: null, since: "2026-01-01T00:00:00Z", status: "offline", ...values });
const C = (id, values) => ({ id, type: "group", name: id, unread: 0, read_seq: 0, head_seq: 0, last_message: null, ...values });

function page({ friends = {}, conversations = [], storage = {} } = {}) {
  const kept = { ...storage };
  const localStorage = {
    getItem: (key) => (key in kept ? kept[key] : null), setItem: (key, value) => { kept[key] = value; },
    removeItem: (key) => { delete kept[key]; }
  };
  const { chat } = load(["lib/limits", "lib/change", "lib/backoff", "lib/http", "lib/i18n", "lib/storage", "lib/agent",
    "kinds/", "state/", "actions/", "effects/folded"], { localStorage });
  // Only the part of boot that storage needs.
  chat.boot = { storage: () => localStorage };
  chat.i18n.use(dictionary("en"));
  const calls = [];
  const app = { store: chat.store(chat.reduce, chat.initial()), out: 0, refused: 0, refreshed: [] };
  app.api = new Proxy({}, { get: (_, name) => (...given) => {
    const done = given.pop();
    calls.push({ name, given: plain(given), done });
  } });
  app.session = { signed_out: () => { app.out += 1; }, unauthorized: () => { app.refused += 1; } };
  app.people = { refresh: (id) => app.refreshed.push(id) };
  app.friends = chat.friends(app);
  app.account = chat.own_account(app);
  for (const part of [app.friends, app.account, chat.folded(app)]) { app.store.listen(part.follow); }
  app.store.dispatch({ type: "synced", snapshot: { cursor: "0", me: person("me"), conversations } });
  app.store.dispatch({ type: "friends", stale: 1, friends: { friends: [], folders: [], requests: [], asked: [], ...friends } });
  return {
    app, chat, calls, kept, state: () => app.store.state(), dispatch: (action) => app.store.dispatch(action),
    named: (name) => calls.filter((call) => call.name === name), open: (dialog) => app.store.dispatch({ type: "dialog", dialog })
  };
}

const FRIENDS = {
  folders: [{ id: "f1", name: "School", order: 0 }, { id: "f2", name: "Work", order: 1 }],
  friends: [
    friend("ann"), friend("bob", { status: "away" }), friend("cid", { status: "online", remark: "Zoe" }),
    friend("dan", { folder: "f1" }), friend("eve", { folder: "gone", status: "busy" })
  ]
};
const ids = (folder) => folder.friends.map((one) => one.user.id).join(" ");
const no = (status, code) => ({ status, code, detail: "", fields: [], retry_ms: 0 });

test("friends stand in their folders, those in none and those of a folder that is gone in the first", () => {
  const { chat, state } = page({ friends: FRIENDS });
  const found = chat.roster.folders(state());
  assert.deepEqual(plain(found.map((one) => [one.id, one.online, one.total])), [["friends", 3, 4], ["f1", 0, 1], ["f2", 0, 0]]);
  assert.equal(ids(found[0]), "cid eve bob ann", "who is here first: online, busy, away; then the others");
});

test("presence that arrives later moves a friend and the count", () => {
  const { chat, state, dispatch } = page({ friends: FRIENDS });
  dispatch({ type: "presence", user: "dan", status: "online" });
  dispatch({ type: "presence", user: "cid", status: "offline" });
  const found = chat.roster.folders(state());
  assert.deepEqual([found[0].online, found[1].online, ids(found[0])], [2, 1, "eve bob ann cid"]);
});

test("the filter looks at remark, name, user name and number, of groups at the name; counts stay whole", () => {
  const { app, chat, state } = page({ friends: FRIENDS, conversations: [
    C("Readers"), C("Gone", { left: true }), C("d", { type: "direct", peer: "ann" })
  ] });
  const under = (text) => {
    app.friends.filter(text);
    return [chat.roster.folders(state()).map(ids).join("|"), chat.roster.groups(state()).map((one) => one.name).join(" ")];
  };
  assert.deepEqual(under("zo"), ["cid||", ""]);
  assert.deepEqual(under(" DAN "), ["|dan|", ""]);
  assert.deepEqual(under("10003"), ["cid eve bob ann|dan|", ""]);
  assert.deepEqual(under("read"), ["||", "Readers"]);
  assert.deepEqual(under(""), ["cid eve bob ann|dan|", "Readers"]);
  app.friends.filter("zo");
  assert.equal(chat.roster.folders(state())[0].total, 4);
});

test("what somebody is to us; a deleted account has words for a name", () => {
  const { chat, state, dispatch } = page({ friends: {
    ...FRIENDS, requests: [{ user: person("kim"), note: "" }], asked: [{ user: person("lea"), note: "" }]
  } });
  const is = (id) => chat.roster.relation(state(), id);
  assert.deepEqual(["me", "ann", "kim", "lea", "nobody"].map(is), ["me", "friend", "asks", "asked", "stranger"]);
  dispatch({ type: "blocks", users: [person("nobody")], stale: 1 });
  assert.equal(is("nobody"), "blocked");
  assert.equal(chat.roster.name(person("x", { name: "deleted account", deleted: true })), "Deleted account");
  assert.equal(chat.roster.called(friend("x", { remark: "Ex" })), "Ex");
});

test("moving a folder renumbers those that change, even if the numbers were equal", () => {
  const { chat } = page();
  const list = (...orders) => orders.map((order, at) => ({ id: "f" + at, order }));
  const moved = (...given) => plain(chat.roster.moved(...given));
  assert.deepEqual(moved(list(0, 1, 2), "f2", -1), [{ id: "f2", order: 1 }, { id: "f1", order: 2 }]);
  assert.deepEqual(moved(list(5, 5, 5), "f0", 1), [{ id: "f1", order: 0 }, { id: "f0", order: 1 }, { id: "f2", order: 2 }]);
  assert.deepEqual([moved(list(0, 1, 2), "f0", -1), moved(list(0, 1), "f1", 1), moved(list(0), "x", 1)], [[], [], []]);
});

test("folders move one request after the other, and a refusal stops the rest", () => {
  const { app, named, open, state } = page({ friends: FRIENDS });
  open({ name: "folders" });
  app.friends.move_folder("f1", 1);
  assert.deepEqual(named("change_folder").map((call) => call.given), [["f2", { order: 0 }]]);
  named("change_folder")[0].done(null, {});
  assert.deepEqual(named("change_folder")[1].given, ["f1", { order: 1 }]);
  named("change_folder")[1].done(null, {});
  assert.deepEqual([named("change_folder").length, state().dialog.busy], [2, false]);
  app.friends.move_folder("f2", -1);
  named("change_folder")[2].done(no(503, "unavailable"), null);
  assert.deepEqual([named("change_folder").length, state().dialog.problem.code], [3, "unavailable"]);
});

test("a dialogue is busy while it asks, asks once, and keeps the refusal; another one hears nothing of it", () => {
  const { app, named, open, state } = page();
  open({ name: "person", user: "ann" });
  app.friends.ask("ann", " hi ");
  app.friends.ask("ann", "hi");
  assert.deepEqual(named("ask_friend").map((call) => call.given), [["ann", "hi"]]);
  assert.equal(state().dialog.busy, true);
  named("ask_friend")[0].done(no(409, "they_asked_you"), null);
  assert.deepEqual([state().dialog.busy, state().dialog.problem.code, state().notice], [false, "they_asked_you", null]);
  app.friends.ask("ann", "");
  open({ name: "person", user: "bob" });
  named("ask_friend")[1].done(no(429, "too_many_requests"), null);
  assert.deepEqual([state().dialog.problem, state().notice.code], [undefined, "too_many_requests"]);
});

test("a change that comes while a dialogue asks waits for the answer; of the same thing the last; after a no there are none", () => {
  const { app, named, open, state } = page({ friends: FRIENDS });
  const set = () => named("change_friend").map((call) => call.given[1]);
  open({ name: "person", user: "ann" });
  app.friends.set("ann", { remark: "Annie" });
  app.friends.set("ann", { folder: "f2" });
  app.friends.set("ann", { folder: "f1" });
  assert.deepEqual(set(), [{ remark: "Annie" }]);
  named("change_friend")[0].done(null, { friend: friend("ann", { remark: "Annie" }) });
  assert.deepEqual(set().slice(1), [{ folder: "f1" }]);
  assert.equal(state().dialog.busy, true);
  named("change_friend")[1].done(null, { friend: friend("ann", { remark: "Annie", folder: "f1" }) });
  assert.deepEqual([set().length, state().dialog.busy], [2, false]);

  // The user has gone, or the page is behind.
  app.account.change({ status: "away" });
  app.account.change({ read_receipts: false });
  named("change_me")[0].done(no(401, "no_session"), null);
  assert.deepEqual([named("change_me").length, state().dialog.busy], [1, false]);
});

test("a no that means the page is behind makes it look again; others do not", () => {
  const { app, named, open, state } = page();
  open({ name: "person", user: "ann" });
  const before = state().friends.stale;
  app.friends.answer("ann", true);
  named("answer_friend")[0].done(no(503, "unavailable"), null);
  assert.equal(state().friends.stale, before);
  app.friends.answer("ann", true);
  named("answer_friend")[1].done(no(404, "not_found"), null);
  assert.equal(state().friends.stale, before + 1);
});

test("codes that mean something else here have words of their own", () => {
  const { app, named, open, state } = page();
  open({ name: "folders" });
  app.friends.make_folder(" School ");
  assert.deepEqual(named("make_folder")[0].given, ["School"]);
  named("make_folder")[0].done(no(409, "name_taken"), null);
  assert.equal(state().dialog.problem.code, "folder_taken");
  open({ name: "person", user: "ann" });
  app.friends.ask("ann", "");
  named("ask_friend")[0].done(no(409, "too_many_requests"), null);
  assert.equal(state().dialog.problem.code, "too_many_asked");
  app.friends.message("ann", "Ann");
  named("direct")[0].done(no(404, "not_found"), null);
  assert.equal(state().dialog.problem.code, "not_writable", "who may not be written to looks like nobody");
});

test("a direct chat opens, with what was in its way closed", () => {
  const { app, named, open, state } = page();
  open({ name: "person", user: "ann" });
  app.friends.message("ann", "Ann");
  named("direct")[0].done(null, { conversation: { id: "d1", type: "direct", name: "", peer: "ann" } });
  assert.deepEqual([state().open, state().dialog, state().conversations.d1.name, state().view], ["d1", null, "Ann", "chats"]);
  assert.deepEqual(app.refreshed, ["ann"], "for the profile");
});

test("of two searches the last one counts", () => {
  const { app, named, state } = page();
  app.friends.look_for("  ");
  app.friends.look_for(" bo ");
  app.friends.look_for("bob");
  assert.deepEqual(named("find_people").map((call) => call.given[0]), ["bo", "bob"]);
  named("find_people")[1].done(null, { users: [person("bob")] });
  named("find_people")[0].done(null, { users: [] });
  assert.deepEqual([state().contacts.finding.users.length, state().people.bob.name], [1, "BOB"]);
});

test("blocks are asked for where they matter, and again when something happened", () => {
  const { named, open, state, dispatch } = page();
  open({ name: "find_people" });
  assert.equal(named("blocks").length, 0);
  open({ name: "person", user: "ann" });
  named("blocks")[0].done(null, { users: [person("ann")] });
  open({ name: "blocks" });
  assert.equal(named("blocks").length, 1);
  dispatch({ type: "message", message: {
    type: "message", conversation: "me", seq: 1, counted: 0, kind: "unblock", sender: "me",
    body: { user: "ann" }, sent_at: "2026-01-01T00:00:00Z"
  } });
  assert.equal(named("blocks").length, 2);
  named("blocks")[1].done(null, { users: [] });
  assert.deepEqual([state().blocks.users.length, state().people.ann.name], [0, "ANN"]);
});

test("looking at the contacts asks for them anew: nobody is told of another's new name", () => {
  const { state, dispatch } = page();
  const before = state().friends.stale;
  dispatch({ type: "view", view: "contacts" });
  assert.equal(state().friends.stale, before + 1);
  dispatch({ type: "filter", filter: "x" });
  assert.equal(state().friends.stale, before + 1);
});

test("what a change answers stands at once", () => {
  const { app, chat, named, state } = page({ friends: FRIENDS });
  app.friends.set("ann", { folder: "f2" });
  named("change_friend")[0].done(null, { friend: friend("ann", { folder: "f2", remark: "A" }) });
  assert.equal(ids(chat.roster.folders(state())[2]), "ann");
  assert.equal(chat.select.friend(state(), "ann").remark, "A");
});

test("shut folders are remembered in this browser, and forgotten with the folder", () => {
  const { app, kept, state, dispatch } = page({ friends: FRIENDS, storage: { "webqq.folded": "{\"f1\":true,\"old\":true}" } });
  assert.deepEqual(plain(state().folded), { f1: true, old: true });
  app.friends.fold("groups", true);
  assert.deepEqual(JSON.parse(kept["webqq.folded"]), { f1: true, groups: true });
  app.friends.fold("f1", false);
  assert.deepEqual(JSON.parse(kept["webqq.folded"]), { groups: true });
  dispatch({ type: "signed_out" });
  assert.deepEqual([plain(state().folded), JSON.parse(kept["webqq.folded"])], [{}, { groups: true }], "signing out forgets nothing");
});

test("the account: devices on opening the settings, one thing at a time, each with its own words", () => {
  const { app, named, state, dispatch } = page();
  dispatch({ type: "view", view: "settings" });
  named("devices")[0].done(null, { sessions: [{ id: "s1", current: true }, { id: "s2", current: false }] });
  assert.equal(state().account.devices.length, 2);
  let emptied = 0;
  app.account.change_password({ password: "a", new_password: "b" }, () => { emptied += 1; });
  app.account.revoke("s2");
  assert.equal(named("revoke").length, 0, "one thing at a time");
  named("change_password")[0].done(no(403, "wrong_password"), null);
  assert.deepEqual([state().account.problem.of, state().account.problem.told.code, emptied], ["password", "wrong_password", 0]);
  app.account.change_password({ password: "a", new_password: "b" }, () => { emptied += 1; });
  named("change_password")[1].done(null, null);
  assert.deepEqual([state().account.problem, state().account.done, emptied, named("devices").length], [null, "password", 1, 2]);
  app.account.revoke("s2");
  named("revoke")[0].done(null, null);
  assert.equal(named("devices").length, 3);
});

test("deleting the account: a no stays in the dialogue, a yes leads out", () => {
  const { app, named, open, state } = page();
  open({ name: "delete_account" });
  app.account.delete_me("x");
  named("delete_me")[0].done({ ...no(409, "owns_groups"), fields: [{ field: "g1", message: "Readers" }] }, null);
  assert.deepEqual([state().dialog.problem.fields[0].message, app.out], ["Readers", 0]);
  app.account.delete_me("x");
  named("delete_me")[1].done(null, null);
  assert.equal(app.out, 1);
});

test("a face: what the server answers is shown; the end of the session is told where it belongs, too", () => {
  const { app, calls, state } = page();
  const told = [];
  app.api = new Proxy({}, { get: () => (file, on) => calls.push({ name: "set_face", on }) });
  app.account.set_face({}, { done: (problem) => told.push(problem) });
  calls[calls.length - 1].on.done(null, { avatar: "a1" });
  assert.deepEqual([state().me.avatar, told], ["a1", [null]]);
  app.account.set_face({}, { done: (problem) => told.push(problem) });
  calls[calls.length - 1].on.done(no(401, "no_session"), null);
  // The page stays, and so does the form: it must not wait for ever.
  assert.deepEqual([app.refused, told.length], [1, 2]);
});

test("devices are told by browser and system, unknown ones by what they call themselves", () => {
  const { chat } = page();
  const mozilla = "Mozilla/5.0 ";
  assert.equal(chat.agent(mozilla + "(Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120"), "Edge · Windows");
  assert.equal(chat.agent(mozilla + "(Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko"), "Internet Explorer · Windows");
  assert.equal(chat.agent(mozilla + "(iPhone; CPU iPhone OS 17 like Mac OS X) Version/17 Safari/604.1"), "Safari · iPhone");
  assert.equal(chat.agent(mozilla + "(Linux; Android 14) Chrome/120 Mobile Safari/537.36"), "Chrome · Android");
  assert.equal(chat.agent("curl/7.88.1"), "curl");
  assert.equal(chat.agent("x".repeat(80)).length, 60);
  assert.equal(chat.agent(null), "");
});

test("every refusal of these routes has words in both languages", () => {
  const codes = ("network not_found not_writable they_asked_you you_block_them too_many_friends too_many_requests too_many_asked " +
    "too_many_folders folder_taken too_many_blocks wrong_password owns_groups busy last_administrator too_many_tries " +
    "too_many_sign_ins too_many_exports not_a_picture picture_too_large too_large empty_file too_slow too_many_uploads " +
    "too_many_in_flight csrf cross_origin unavailable internal").split(" ");
  for (const language of ["en", "zh-CN"]) {
    const words = dictionary(language);
    for (const code of codes) { assert.ok(words["error." + code], `${language}: ${code}`); }
  }
});
