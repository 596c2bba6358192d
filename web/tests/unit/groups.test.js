"use strict";
// What the page asks the server about groups, and when it does not.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { dictionary, load, plain } = require("../load");

const G = "g1";

function page(role = "member") {
  const { chat } = load(["lib/limits", "lib/change", "lib/id", "lib/http", "lib/i18n", "lib/remaining", "kinds/", "state/",
    "actions/asking", "actions/group", "actions/looked_at"], { document: { cookie: "" } });
  chat.i18n.use(dictionary("en"));
  const calls = [];
  const app = { store: chat.store(chat.reduce, chat.initial()) };
  app.api = new Proxy({}, { get: (_, name) => (...given) => { calls.push({ name, done: given.pop(), given: plain(given) }); } });
  app.groups = chat.groups(app);
  app.doors = chat.group_doors(app);
  app.govern = chat.group_govern(app);
  for (const part of [app.groups, app.doors, chat.looked_at(app)]) { app.store.listen(part.follow); }
  const sync = () => app.store.dispatch({ type: "synced", snapshot: {
    cursor: "0", me: { id: "me", username: "me", name: "Me", status: "online" }, conversations: [{
      id: G, type: "group", name: "G", unread: 0, read_seq: 5, head_seq: 5, role, member_count: 2
    }]
  } });
  sync();
  let seq = 5;
  return {
    app, sync, calls,
    state: () => plain(app.store.state()),
    named: (name) => calls.filter((call) => call.name === name),
    told: (kind, body, more) => {
      seq += 1;
      app.store.dispatch({ type: "message", message: {
        type: "message", conversation: G, seq, counted: 0, kind, sender: "boss", sender_name: "Boss", body,
        sent_at: "2026-01-01T00:00:00Z", ...more
      } });
    },
    group: { id: G, name: "G", join_mode: "open", member_limit: 200, member_count: 2, role, pending: false },
    members: [["boss", "owner"], ["me", role]].map(([id, one]) => ({
      user: { id, name: id, username: id }, role: one, card: "", status: "offline"
    }))
  };
}

test("an opened group is read once; who joins then is told by the feed alone", () => {
  const { app, named, told, group, members, state } = page();
  app.groups.open(G);
  assert.deepEqual([named("group").length, named("members").length], [1, 1]);
  named("group")[0].done(null, { group });
  named("members")[0].done(null, { members });
  for (let at = 0; at < 50; at += 1) {
    told("group.join", { user: `n${at}` }, { sender: `n${at}`, sender_name: `N${at}`, added: [`n${at}`] });
  }
  assert.deepEqual([named("group").length, named("members").length], [1, 1], "nothing is read anew");
  assert.equal(state().members[G].length, 52);
  app.groups.panel(true);
  assert.equal(named("members").length, 2, "presence is asked for with the panel");
});

test("who was let in by somebody else has a name soon", () => {
  const { app, named, told, group, members, state } = page();
  app.groups.open(G);
  named("group")[0].done(null, { group });
  named("members")[0].done(null, { members });
  told("group.join", { user: "x" }, { added: ["x"] });
  assert.deepEqual(named("people").map((call) => call.given), [[["x"]]]);
  named("people")[0].done(null, { users: [{ id: "x", name: "Xena", username: "x" }] });
  assert.equal(state().members[G][2].name, "Xena");
  told("group.mute", { user: "x", seconds: 60 });
  assert.equal(named("people").length, 1, "once is enough");
});

test("after starting over, the open group is read again", () => {
  const { app, named, group, members, sync } = page();
  app.groups.open(G);
  named("group")[0].done(null, { group });
  named("members")[0].done(null, { members });
  sync();
  assert.deepEqual([named("group").length, named("members").length], [2, 2]);
});

test("who waits is read where I govern, again when somebody asks, never twice at once", () => {
  const { app, named, told, group, state } = page("admin");
  app.groups.open(G);
  assert.equal(named("join_requests").length, 1);
  told("group.request", { user: "x", note: "hi" });
  assert.equal(named("join_requests").length, 1, "one at a time");
  named("join_requests")[0].done(null, { requests: [] });
  assert.equal(named("join_requests").length, 2, "what was read is from before the request");
  named("join_requests")[1].done(null, { requests: [{ user: { id: "x" }, note: "hi" }] });
  assert.equal(state().lists[`requests ${G}`].items.length, 1);
  named("group")[0].done(null, { group });
  told("group.role", { user: "me", role: "member" });
  assert.equal(state().lists[`requests ${G}`], undefined, "and is forgotten with the role");
});

test("a list that cannot be read says so and is not asked for in a circle", () => {
  const { app, named, state } = page("admin");
  app.groups.open(G);
  named("join_requests")[0].done({ status: 503, code: "unavailable" }, null);
  assert.equal(named("join_requests").length, 1);
  assert.equal(state().lists[`requests ${G}`].problem.code, "unavailable");
});

test("a bot that was made stands in the list, and its token in the dialogue alone", () => {
  const { app, named, state } = page("owner");
  app.store.dispatch({ type: "dialog", dialog: { name: "bots" } });
  named("bots")[0].done(null, { bots: [] });
  app.govern.make_bot({ username: "robot", name: "Robot" });
  named("make_bot")[0].done(null, { bot: { id: "b", name: "Robot" }, token: "secret" });
  assert.deepEqual([state().dialog.token, state().dialog.token_of], ["secret", "Robot"]);
  assert.equal(named("bots").length, 2);
  app.store.dispatch({ type: "dialog", dialog: null });
  assert.doesNotMatch(JSON.stringify(state()), /secret/);
});

test("a dialogue shows its own problem; without one it is the banner's, or the search's", () => {
  const { app, named, state } = page("owner");
  app.store.dispatch({ type: "dialog", dialog: { name: "member_mute", group: G } });
  app.govern.member(G, "x", { muted_seconds: 60 });
  assert.equal(state().dialog.busy, true);
  named("change_member")[0].done({ status: 403, code: "not_allowed" }, null);
  assert.deepEqual([state().dialog.busy, state().dialog.problem.code, state().notice], [false, "not_allowed", null]);
  app.govern.member(G, "x", { muted_seconds: 60 });
  app.store.dispatch({ type: "dialog", dialog: null });
  named("change_member")[1].done({ status: 403, code: "not_allowed" }, null);
  assert.deepEqual([state().dialog, state().notice.code], [null, "not_allowed"]);
  app.doors.show_find(true);
  app.doors.join("g2");
  named("join_group")[0].done({ status: 409, code: "group_full" }, null);
  assert.equal(state().search.problem.code, "group_full");
});

test("asking to be let in waits, is taken back, and is answered", () => {
  const { app, named, state } = page();
  const other = { id: "g2", name: "Two", join_mode: "approval", member_limit: 9, member_count: 1, role: null, pending: false };
  app.doors.show_find(true);
  app.doors.look_for("two");
  named("find_groups")[0].done(null, { groups: [other] });
  app.doors.show("g2");
  named("group")[0].done(null, { group: other });
  app.doors.join("g2", "it is me");
  assert.deepEqual(named("join_group")[0].given, ["g2", { note: "it is me" }]);
  named("join_group")[0].done(null, { pending: true });
  assert.deepEqual([state().groups.g2.pending, state().search.groups[0].pending], [true, true]);
  app.doors.withdraw("g2");
  named("withdraw_join")[0].done({ status: 404, code: "not_found" }, null); // answered meanwhile
  assert.deepEqual([state().groups.g2.pending, state().dialog.problem], [false, null]);
  app.store.dispatch({ type: "pending", id: "g2", pending: true });
  app.store.dispatch({ type: "message", message: {
    type: "message", conversation: "me", seq: 1, counted: 0, kind: "group.declined", sender: null, body: { group: "g2", name: "Two" },
    sent_at: "2026-01-01T00:00:00Z"
  } });
  assert.deepEqual([state().groups.g2.pending, state().notice], [false, { code: "declined", holes: { name: "Two" } }]);
});

test("a link in the address asks first, once somebody is signed in", () => {
  const { app, named, state } = page();
  app.store.dispatch({ type: "signed_out" });
  app.store.dispatch({ type: "join", join: "code1" });
  assert.equal(state().dialog, null);
  app.store.dispatch({ type: "synced", snapshot: { cursor: "0", me: { id: "me", name: "Me" }, conversations: [] } });
  assert.deepEqual([state().dialog, state().join], [{ name: "join_link", code: "code1" }, null]);
  assert.equal(named("use_link").length, 0, "nobody joins by looking");
  app.doors.use_link("code1");
  named("use_link")[0].done(null, { group: { id: "g3", name: "Three", role: "member", member_count: 2 } });
  assert.deepEqual([state().open, state().dialog], ["g3", null]);
});

test("creating again after a lost answer is the same group", () => {
  const { app, named } = page();
  app.store.dispatch({ type: "dialog", dialog: { name: "create_group" } });
  app.doors.create({ name: "New" }, "one-id");
  named("create_group")[0].done({ status: 0, code: "network" }, null);
  app.doors.create({ name: "New" }, "one-id");
  assert.deepEqual(named("create_group").map((call) => call.given[0].client_id), ["one-id", "one-id"]);
});
