"use strict";
// The administrator's pages: what is asked for, what an act changes, when the
// figures are fetched. And the shortcuts, which are as independent of the rest.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Clock, dictionary, load, plain } = require("../load");

function page() {
  const clock = new Clock();
  const document = { visibilityState: "visible" };
  const { chat } = load([
    "lib/limits", "lib/change", "lib/i18n", "lib/keys", "kinds/", "state/", "actions/administer", "effects/shortcuts", "effects/route"
  ], { ...clock.fakes, document });
  chat.i18n.use(dictionary("en"));
  const calls = [];
  const app = {
    store: chat.store(chat.reduce, chat.initial()),
    api: new Proxy({}, { get: (_, name) => (...given) => calls.push({ name, done: given.pop(), given: plain(given) }) })
  };
  app.admin = chat.administer(app);
  app.store.listen(app.admin.follow);
  const enter = (administrator) => app.store.dispatch({ type: "synced", snapshot: {
    cursor: "0", me: { id: "me", username: "me", name: "Me", administrator }, conversations: []
  } });
  return { chat, app, clock, calls, document, enter, state: () => app.store.state(), last: () => calls[calls.length - 1] };
}

test("figures are fetched while they are looked at, and only by an administrator", () => {
  const { app, clock, calls, document, enter, last } = page();
  enter(false);
  app.store.dispatch({ type: "view", view: "admin" });
  assert.equal(calls.length, 0);
  enter(true);
  assert.deepEqual(calls.map((one) => one.name), ["admin_figures"]);
  last().done(null, { users_online: 1 });
  clock.advance(4900);
  assert.equal(calls.length, 1);
  clock.advance(200);
  assert.equal(calls.length, 2);
  last().done({ status: 0, code: "network" }, null);
  document.visibilityState = "hidden";
  clock.advance(60000);
  assert.equal(calls.length, 2, "nobody looks at a hidden page");
  document.visibilityState = "visible";
  clock.advance(5100);
  assert.equal(calls.length, 3);
  last().done(null, { users_online: 2 });
  app.store.dispatch({ type: "view", view: "chats" });
  clock.advance(60000);
  assert.equal(calls.length, 3);
});

test("figures that could not be fetched leave the ones before, and say so", () => {
  const { app, state } = page();
  app.store.dispatch({ type: "admin_figures", figures: { users_online: 3 }, problem: null });
  app.store.dispatch({ type: "admin_figures", figures: null, problem: { code: "network" } });
  assert.deepEqual([state().admin.figures.users_online, state().admin.figures_problem.code], [3, "network"]);
});

test("a page of the list, the next one, and another question meanwhile", () => {
  const { app, chat, calls, enter, state, last } = page();
  enter(true);
  const rows = (from, count) => Array.from({ length: count }, (_, at) => ({ id: "u" + (from + at), number: from + at, name: "x" }));
  app.store.dispatch({ type: "view", view: "admin" });
  app.admin.page("users");
  assert.deepEqual(last().given, ["users", "limit=50"]);
  last().done(null, { users: rows(1, 50) });
  assert.deepEqual([state().admin.users.more, state().admin.users.rows.length], [true, 50]);
  app.admin.more("users");
  assert.deepEqual(last().given, ["users", "limit=50&after=50"]);
  last().done(null, { users: rows(51, 3) });
  assert.deepEqual([state().admin.users.more, state().admin.users.rows.length], [false, 53]);
  app.admin.look_for("users", "李 & co");
  const slow = last();
  app.admin.look_for("users", "li");
  last().done(null, { users: rows(7, 1) });
  slow.done(null, { users: rows(1, 9) });
  assert.deepEqual(plain(state().admin.users.rows.map((one) => one.id)), ["u7"]);
  assert.equal(slow.given[1], "query=%E6%9D%8E%20%26%20co&limit=50");
  assert.equal(chat.administer.address("reports", "open", { number: 4 }), "state=open&limit=50&before=4");
  assert.equal(chat.administer.address("audit", "", { id: 9 }), "limit=50&before=9");
  assert.equal(chat.administer.address("invitations", "", null), "");
  assert.ok(calls.length);
});

test("acts change the row they are about; a new password stands in a dialogue and nowhere else", () => {
  const { app, enter, state, last } = page();
  enter(true);
  app.store.dispatch({ type: "admin_asked", room: "users", asked: "", more: false });
  app.store.dispatch({ type: "admin_rows", room: "users", asked: "", more: false, rows: [
    { id: "a", disabled: false }, { id: "b", disabled: false }
  ] });
  app.admin.disable("a", true);
  assert.deepEqual(last().given, ["a", { disabled: true }]);
  last().done(null, { user: { id: "a", disabled: true } });
  assert.deepEqual(plain(state().admin.users.rows), [{ id: "a", disabled: true }, { id: "b", disabled: false }]);
  app.admin.administrator("b", true);
  last().done({ status: 409, code: "too_many_administrators" }, null);
  assert.equal(state().notice.code, "too_many_administrators");
  app.admin.password("a", "title", "text");
  last().done(null, { password: "5ecret" });
  assert.equal(state().dialog.secret, "5ecret");
  app.store.dispatch({ type: "dialog", dialog: null });
  assert.doesNotMatch(JSON.stringify(state()), /5ecret/);
});

test("a judged report and a dissolved group are gone from their lists", () => {
  const { app, enter, state, last } = page();
  enter(true);
  app.store.dispatch({ type: "admin_asked", room: "groups", asked: "x", more: false });
  app.store.dispatch({ type: "admin_rows", room: "groups", asked: "x", more: false, rows: [{ id: "g", member_limit: 200 }] });
  app.admin.limit("g", 500);
  last().done(null, null);
  assert.equal(state().admin.groups.rows[0].member_limit, 500);
  app.admin.dissolve("g");
  last().done(null, null);
  assert.equal(state().admin.groups.rows.length, 0);
  app.admin.judge("r", "resolved", "spoken to");
  assert.deepEqual(last().given, ["r", { state: "resolved", note: "spoken to" }]);
  last().done(null, null);
  assert.deepEqual(last().given, ["reports", "state=open&limit=50"]);
});

test("each page has an address, and an address may name anything", () => {
  const { app, chat, calls, enter, state } = page();
  const read = (hash) => plain(chat.route.read(hash));
  assert.deepEqual([read("#/admin/users").view, read("#/admin/users").page, read("#/admin").page], ["admin", "users", ""]);
  for (const strange of ["#/c/constructor", "#/c/toString/info", "#/c/%", "#/join/%", "#/join/valueOf", "#/c/a b1"]) {
    assert.deepEqual([read(strange).open, read(strange).join], [null, null], strange);
  }
  assert.deepEqual([read("#/c/0a-1/info").open, read("#/c/0a-1/info").panel, read("#/join/0ff1").join], ["0a-1", true, "0ff1"]);
  app.store.dispatch({ type: "routed", ...read("#/admin/users") });
  assert.equal(chat.route.write(state()), "#/admin/users");
  enter(true);
  assert.equal(calls[0].given[0], "users");
  app.store.dispatch({ type: "routed", ...read("#/admin") });
  assert.equal(state().admin_page, "users", "the page that was open before");
  app.store.dispatch({ type: "routed", ...read("#/admin/toString") });
  assert.equal(calls[calls.length - 1].name, "admin_figures");
});

test("shortcuts: none for a letter alone, none while composing", () => {
  const { chat } = page();
  const of = (event) => chat.shortcuts.of({ ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...event });
  assert.equal(of({ key: "k" }), "");
  assert.equal(of({ key: "k", ctrlKey: true }), "find");
  assert.equal(of({ key: "K", metaKey: true }), "find");
  assert.equal(of({ key: "F", ctrlKey: true, shiftKey: true }), "find_here");
  assert.equal(of({ key: "f", ctrlKey: true }), "", "the browser's own search stays");
  assert.equal(of({ key: "/", ctrlKey: true }), "overview");
  assert.equal(of({ key: "Up", altKey: true }), "up", "old engines call it Up");
  assert.equal(of({ key: "ArrowDown", altKey: true, shiftKey: true }), "down_unread");
  assert.equal(of({ key: "ArrowDown", altKey: true, ctrlKey: true }), "", "that belongs to the desktop");
  assert.equal(of({ key: "ArrowDown" }), "");
  assert.equal(of({ key: "k", ctrlKey: true, isComposing: true }), "");
});

test("the next conversation in the order of the list, and the next unread one", () => {
  const { chat, app, state } = page();
  const conversation = (id, unread) => ({
    id, type: "group", name: id, head_seq: 5, unread,
    last_message: { seq: 5, kind: "text", body: {}, sent_at: "2026-01-0" + id + "T00:00:00Z" }
  });
  app.store.dispatch({ type: "synced", snapshot: { cursor: "0", me: { id: "me", name: "Me" }, conversations: [
    conversation("3", 0), conversation("2", 4), conversation("1", 0)
  ] } });
  assert.equal(chat.shortcuts.neighbour(state(), 1, false), "3", "nothing is open: the first");
  assert.equal(chat.shortcuts.neighbour(state(), -1, false), "1");
  app.store.dispatch({ type: "opened", id: "3" });
  assert.equal(chat.shortcuts.neighbour(state(), 1, false), "2");
  assert.equal(chat.shortcuts.neighbour(state(), -1, false), "1", "it goes round");
  app.store.dispatch({ type: "opened", id: "1" });
  assert.equal(chat.shortcuts.neighbour(state(), 1, true), "2");
  app.store.dispatch({ type: "opened", id: "2" });
  assert.equal(chat.shortcuts.neighbour(state(), 1, true), null, "what is open needs no finding");
});
