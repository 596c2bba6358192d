"use strict";
// Who may do what to whom, who may speak, and the words of both.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { dictionary, load, plain } = require("../load");

const NOW = Date.parse("2026-01-01T00:00:00.000Z");

function page() {
  const { chat } = load(["lib/", "kinds/", "state/", "actions/looked_at"], { document: { cookie: "" } });
  chat.i18n.use(dictionary("en"));
  return chat;
}

/** A state with one group and me in it. */
function state(chat, group = {}, mine = {}) {
  const found = chat.initial();
  found.phase = "in";
  found.me = { id: "me", name: "Me", status: "online" };
  found.groups.g = { id: "g", name: "G", join_mode: "open", member_limit: 3, member_count: 2, mute_all: false, slow_mode: 0, ...group };
  found.conversations.g = { ...chat.conversations.fresh("g"), known: true, role: "member", ...mine };
  return found;
}

const later = (ms) => new Date(NOW + ms).toISOString();

test("who may act on whom", () => {
  const { select_group } = page();
  const table = [
    ["owner", "admin", true], ["owner", "member", true], ["owner", "owner", false], ["admin", "member", true],
    ["admin", "admin", false], ["admin", "owner", false], ["member", "member", false], [null, "member", false]
  ];
  for (const [mine, theirs, may] of table) { assert.equal(select_group.above(mine, theirs), may, `${mine} on ${theirs}`); }
});

test("why nothing can be said here", () => {
  const chat = page();
  const why = (group, mine) => {
    const one = state(chat, group, mine);
    return plain(chat.select_group.silence(one, one.conversations.g, NOW));
  };
  assert.equal(why(), null);
  assert.deepEqual(why({}, { left: true, role: null }), { key: "silence.left", holes: {} });
  assert.deepEqual(why({ dissolved_at: later(-1) }, { role: "owner" }), { key: "silence.dissolved", holes: {} });
  assert.deepEqual(why({}, { muted_until: later(599000) }), { key: "silence.muted", holes: { time: "9:59" } });
  assert.equal(why({}, { muted_until: later(0) }), null, "it is over");
  assert.deepEqual(why({ mute_all: true }), { key: "silence.all", holes: {} });
  assert.equal(why({ mute_all: true }, { role: "admin" }), null);
  assert.equal(why({}, { role: "owner", muted_until: later(1000) }), null);
  const direct = state(chat);
  assert.equal(chat.select_group.silence(direct, { ...chat.conversations.fresh("d"), type: "direct" }, NOW), null);
});

test("slow mode counts from my last message, for ordinary members", () => {
  const chat = page();
  const slow = (group, role, messages) => {
    const one = state(chat, group, { role, messages });
    return chat.select_group.slow(one, one.conversations.g, NOW);
  };
  const said = (sender, ms, kind = "text") => ({ seq: 1, kind, sender, body: { text: "t" }, sent_at: later(ms) });
  assert.equal(slow({ slow_mode: 30 }, "member", [said("me", -10000)]), 20);
  assert.equal(slow({ slow_mode: 30 }, "member", [said("me", -10500)]), 20, "not a moment too early");
  assert.equal(slow({ slow_mode: 30 }, "member", [said("me", -10000), said("he", -1000)]), 20);
  assert.equal(slow({ slow_mode: 30 }, "member", [said("me", -40000)]), 0);
  assert.equal(slow({ slow_mode: 30 }, "member", [said("me", -10, "group.card")]), 0, "a card is no post");
  assert.equal(slow({ slow_mode: 30 }, "admin", [said("me", -10)]), 0);
  assert.equal(slow({ slow_mode: 0 }, "member", [said("me", -10)]), 0);
});

test("how long: 0:01 to the last second, hours, days", () => {
  const { remaining } = page();
  const table = [[1, "0:01"], [1000, "0:01"], [1001, "0:02"], [599000, "9:59"], [3600000, "1:00:00"], [86400000, "1 day 0:00:00"],
    [2 * 86400000 + 3661000, "2 days 1:01:01"]];
  for (const [ms, said] of table) { assert.equal(remaining(ms), said); }
  const words = [[60, "1 minute"], [600, "10 minutes"], [3600, "1 hour"], [86400, "1 day"], [2592000, "30 days"],
    [90, "90 seconds"], [5400, "90 minutes"]];
  for (const [seconds, said] of words) { assert.equal(remaining.words(seconds), said); }
});

test("how one comes in", () => {
  const chat = page();
  const way = (group, mine) => {
    const one = state(chat, {}, mine);
    return chat.select_group.way_in(one, { id: "g", join_mode: "open", member_count: 1, member_limit: 3, pending: false, ...group });
  };
  const out = { left: true, role: null };
  assert.equal(way({}), "inside");
  assert.equal(way({}, out), "open");
  assert.equal(way({ join_mode: "approval" }, out), "approval");
  assert.equal(way({ join_mode: "approval", pending: true }, out), "pending");
  assert.equal(way({ member_count: 3 }, out), "full");
  assert.equal(way({ member_count: 3, join_mode: "closed" }, out), "closed", "closed is the better reason");
  assert.equal(way({ id: "elsewhere" }, out), "open");
});

test("why nobody can be invited", () => {
  const chat = page();
  assert.equal(chat.select_group.uninviting(state(chat), "g"), null);
  assert.equal(chat.select_group.uninviting(state(chat, { member_count: 3 }), "g"), "invite.full");
  assert.equal(chat.select_group.uninviting(state(chat, { join_mode: "closed" }), "g"), "invite.closed");
});

test("the owner, the admins, who is there, the rest; and by what is typed", () => {
  const chat = page();
  const one = state(chat);
  one.members.g = [
    ["d", "member", "offline"], ["c", "member", "online"], ["b", "admin", "offline"], ["a", "owner", "offline"], ["e", "member", "busy"]
  ].map(([id, role, status]) => ({
    id, name: id.toUpperCase(), user: { id, name: `user ${id}`, username: id }, role, status, card: "", muted_until: null
  }));
  const ids = (query) => plain(chat.select_group.members(one, "g", query)).map((found) => found.id).join("");
  assert.equal(ids(""), "abced");
  assert.equal(ids(" USER E "), "e");
  assert.equal(ids("nobody"), "");
});

test("which lists somebody looks at", () => {
  const chat = page();
  const wanted = (values, role) => plain(chat.looked_at.wanted(Object.assign(state(chat, {}, { role }), values)));
  assert.deepEqual(wanted({ open: "g" }, "member"), []);
  assert.deepEqual(wanted({ open: "g" }, "admin"), ["requests g"]);
  assert.deepEqual(wanted({ open: "g", dialog: { name: "group_requests", group: "g" } }, "admin"), ["requests g"]);
  assert.deepEqual(wanted({ open: null, dialog: { name: "group_hooks", group: "g" } }, "owner"), ["hooks g", "bots"]);
  const over = state(chat, { dissolved_at: "x" }, { role: "owner" });
  over.open = "g";
  assert.deepEqual(plain(chat.looked_at.wanted(over)), []);
});
