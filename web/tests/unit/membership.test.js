"use strict";
// Groups and their members: read once, kept true by the feed, whatever arrives first.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { dictionary, load, plain } = require("../load");

const G = "g1";
const AT = "2026-01-01T00:00:00.000Z";

function page(values = {}) {
  const { chat } = load(["lib/limits", "lib/change", "lib/i18n", "lib/remaining", "kinds/", "state/"]);
  chat.i18n.use(dictionary("en"));
  const store = chat.store(chat.reduce, chat.initial());
  store.dispatch({ type: "synced", snapshot: {
    cursor: "0", me: { id: "me", username: "me", name: "Me", status: "online" }, conversations: [{
      id: G, type: "group", name: "G", unread: 0, read_seq: 5, head_seq: 5, role: "member", member_count: 3, ...values
    }]
  } });
  let seq = 5;
  return {
    chat, store,
    state: () => store.state(),
    /** The next message of the feed. */
    told: (kind, body, more) => {
      seq += 1;
      store.dispatch({ type: "message", message: {
        type: "message", conversation: G, seq, counted: 0, kind, sender: "boss", sender_name: "Boss", body, sent_at: AT, ...more
      } });
      return seq;
    },
    group: (more) => store.dispatch({ type: "group", id: G, value: {
      id: G, name: "G", join_mode: "open", member_limit: 200, member_count: 3, role: values.role || "member", mute_all: false,
      slow_mode: 0, announcement: "", ...more
    } }),
    members: (since, list = ["boss:owner", "me:member", "he:member"]) => {
      const members = list.map((one) => {
        const [id, role] = one.split(":");
        return { id, user: { id, name: id, username: id }, name: id, role, card: "", status: "offline", muted_until: null };
      });
      store.dispatch({ type: "members", id: G, since, members });
    },
    roles: () => plain(store.state().members[G]).map((one) => `${one.id}:${one.role}`),
    mine: () => plain(store.state().conversations[G])
  };
}

test("joining and leaving change the list, and the count with it; told twice it changes nothing more", () => {
  const { told, group, members, roles, state, store } = page();
  group();
  members();
  const seq = told("group.join", { user: "new" }, { sender: "new", sender_name: "New", added: ["new"] });
  assert.deepEqual(roles(), ["boss:owner", "me:member", "he:member", "new:member"]);
  assert.equal(state().members[G][3].name, "New");
  assert.deepEqual([state().groups[G].member_count, state().conversations[G].member_count], [4, 4]);
  // The same once more, as after a list that was read with it in.
  store.dispatch({ type: "members", id: G, since: seq - 1, members: plain(state().members[G]) });
  assert.equal(state().groups[G].member_count, 4);
  told("group.remove", { user: "he" }, { removed: ["he"] });
  assert.deepEqual(roles(), ["boss:owner", "me:member", "new:member"]);
  assert.equal(state().groups[G].member_count, 3);
});

test("what came while the list was read is newer than the list", () => {
  const { told, group, members, roles, mine } = page();
  group();
  told("group.join", { user: "new" }, { sender: "new", sender_name: "New", added: ["new"] });
  told("group.role", { user: "me", role: "admin" });
  told("group.remove", { user: "he" }, { removed: ["he"] });
  members(5); // asked for when the last message was 5
  assert.deepEqual(roles(), ["boss:owner", "me:admin", "new:member"]);
  assert.equal(mine().role, "admin");
});

test("a list that was asked for before the feed told of my own coming stays", () => {
  const { told, group, members, roles, mine } = page({ left: true, role: null });
  group();
  told("group.join", { user: "me" }, { sender: "me", added: ["me"] });
  told("group.role", { user: "me", role: "admin" });
  members(5);
  assert.deepEqual(roles(), ["boss:owner", "me:admin", "he:member"]);
  assert.equal(mine().role, "admin");
});

test("an older list does not undo it either when nothing was missed", () => {
  const { told, group, members, roles } = page();
  group();
  told("group.remove", { user: "he" }, { removed: ["he"] });
  members(6, ["boss:owner", "me:member"]);
  assert.deepEqual(roles(), ["boss:owner", "me:member"]);
});

test("handing the group over: one owner, the old one an admin, or a member where there are twenty", () => {
  const admins = Array.from({ length: 20 }, (_, at) => `a${at}:admin`);
  const few = page();
  few.group();
  few.members();
  few.told("group.role", { user: "he", role: "owner" });
  assert.deepEqual(few.roles(), ["boss:admin", "me:member", "he:owner"]);
  const full = page();
  full.group();
  full.members(undefined, ["boss:owner", "he:member", ...admins]);
  full.told("group.role", { user: "he", role: "owner" });
  assert.equal(full.roles()[0], "boss:member");
  // One of the twenty becomes the owner: there is a place again.
  const heir = page();
  heir.group();
  heir.members(undefined, ["boss:owner", ...admins]);
  heir.told("group.role", { user: "a0", role: "owner" });
  assert.equal(heir.roles()[0], "boss:admin");
});

test("I hand the group over: my role changes without a list, too", () => {
  const { told, mine, group, state } = page({ role: "owner" });
  group({ role: "owner" });
  told("group.role", { user: "he", role: "owner" }, { sender: "me", sender_name: "Me" });
  assert.deepEqual([mine().role, state().groups[G].role], ["admin", "admin"]);
});

test("a mute lasts from when it was said, for the list and for me; 0 ends it", () => {
  const { told, group, members, mine, state } = page();
  group();
  members();
  told("group.mute", { user: "me", seconds: 600 });
  assert.equal(mine().muted_until, "2026-01-01T00:10:00.000Z");
  assert.equal(state().members[G][1].muted_until, "2026-01-01T00:10:00.000Z");
  told("group.mute", { user: "me", seconds: 0 });
  assert.deepEqual([mine().muted_until, state().members[G][1].muted_until], [null, null]);
});

test("in a group people are called what they go by there, elsewhere by their names", () => {
  const { chat, told, group, members, state } = page();
  group();
  members();
  const called = (id) => chat.select.names(state(), id)("he");
  assert.equal(called(G), "he");
  told("group.card", { user: "he", card: "Stone" });
  assert.deepEqual([called(G), called("elsewhere"), called()], ["Stone", "he", "he"]);
  const card = { kind: "group.card", sender: "boss", sender_name: "Boss", body: { user: "he", card: "Stone" } };
  assert.equal(chat.kinds.of(card).summary(card, chat.select.names(state(), G)), "boss changed the name of he here to “Stone”");
});

test("cards, settings, pictures and the end of a group apply as told", () => {
  const { told, group, members, state } = page();
  group();
  members();
  told("group.card", { user: "he", card: "Stone" });
  assert.deepEqual([state().members[G][2].card, state().members[G][2].name], ["Stone", "Stone"]);
  told("group.card", { user: "he", card: "" });
  assert.equal(state().members[G][2].name, "he");
  told("group.settings", { announcement: "Tomorrow", slow_mode: 5 });
  assert.deepEqual(plain(state().groups[G]), {
    ...plain(state().groups[G]), announcement: "Tomorrow", announced_by: "boss", announced_at: AT, slow_mode: 5
  });
  told("group.settings", { mute_all: true }, { sender: "he", sender_name: "He" });
  assert.deepEqual([state().groups[G].mute_all, state().groups[G].announced_by], [true, "boss"]);
  told("group.avatar", { file: "f1" });
  assert.equal(state().groups[G].avatar, "f1");
  told("group.avatar", { file: null });
  assert.equal(state().groups[G].avatar, undefined);
  told("group.dissolve", {});
  assert.equal(state().groups[G].dissolved_at, AT);
});

test("removed, I hold no list any more; back again, I am an ordinary member", () => {
  const { told, group, members, mine, state } = page({ role: "admin" });
  group({ role: "admin" });
  members(undefined, ["boss:owner", "me:admin"]);
  told("group.mute", { user: "me", seconds: 600 });
  told("group.remove", { user: "me" }, { removed: ["me"] });
  assert.deepEqual([mine().left, mine().role, mine().muted_until, state().members[G]], [true, null, null, undefined]);
  told("group.join", { user: "me" }, { added: ["me"] });
  assert.deepEqual([mine().left, mine().role], [false, "member"]);
});

test("two thousand members are taken and changed in a blink", () => {
  const { told, group, members, state } = page();
  const many = Array.from({ length: 2000 }, (_, at) => `u${at}:member`);
  const started = Date.now();
  group();
  members(undefined, many);
  for (let at = 0; at < 100; at += 1) { told("group.mute", { user: `u${at}`, seconds: 600 }); }
  const took = Date.now() - started;
  assert.equal(state().groups[G].member_count, 2000);
  // One copy of the names for each member would take many seconds.
  assert.ok(took < 1500, `${took} ms`);
});

test("lists that somebody looks at go stale with what concerns them, and only then", () => {
  const { told, store, state } = page({ role: "admin" });
  const stale = (name) => state().lists[`${name} ${G}`].stale;
  for (const name of ["requests", "bans", "links", "hooks"]) {
    store.dispatch({ type: "list_wanted", key: `${name} ${G}` });
    store.dispatch({ type: "list_read", key: `${name} ${G}`, stale: 1, items: [], problem: null });
  }
  told("group.request", { user: "x", note: "" });
  assert.deepEqual(["requests", "bans", "links", "hooks"].map(stale), [2, 1, 1, 1]);
  told("group.join", { user: "y" }, { sender: "y", added: ["y"] });
  assert.deepEqual([stale("requests"), stale("links")], [2, 1], "who walks in was in neither");
  told("group.join", { user: "y", link: "l" }, { sender: "y", added: ["y"] });
  assert.equal(stale("links"), 2);
  told("group.unban", { user: "x" });
  told("group.unhook", { hook: "h" });
  assert.deepEqual([stale("bans"), stale("hooks")], [2, 2]);
  // Read, but something happened meanwhile: what it says is from before.
  store.dispatch({ type: "list_read", key: `requests ${G}`, stale: 1, items: [], problem: null });
  assert.notEqual(state().lists[`requests ${G}`].asked_at, stale("requests"));
});

test("no two rooms of the state answer to the same action", () => {
  const { chat } = load(["lib/", "kinds/", "state/"], { document: { cookie: "" } });
  const rooms = {
    ui: chat.ui, conversations: chat.conversations, messages: chat.messages, around: chat.around, people: chat.people,
    circle: chat.circle, outbox: chat.outbox, uploads: chat.uploads, seek: chat.seek, membership: chat.membership.reducers,
    waiting: chat.waiting.reducers, doors: chat.doors.reducers, admin: chat.admin_state
  };
  const owner = {};
  for (const [room, table] of Object.entries(rooms)) {
    for (const name of Object.keys(table)) {
      assert.equal(owner[name] === undefined || name === "fresh", true, `${name} in ${owner[name]} and ${room}`);
      owner[name] = room;
    }
  }
});
