"use strict";
// What comes later: asked for once, tied in once, and nothing of it is used before.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { WEB, first_scripts, later_scripts, load, plain } = require("../load");

/** A page whose scripts and words come when the test says so. */
function page() {
  const asked = [];
  const timers = [];
  const { chat } = load(["lib/limits", "lib/change", "lib/i18n", "kinds/", "state/", "actions/later"], {
    setTimeout: (run, wait) => timers.push({ run, wait })
  });
  chat.i18n.more = (done) => asked.push({ what: "words", done });
  const opened = [];
  let tied = 0;
  const seen = [];
  chat.more = (app) => {
    tied += 1;
    app.act.doors = { show: (...given) => opened.push(given) };
    return [{ follow: (before, after) => seen.push([before.phase, after.phase, after.later.there]) }];
  };
  const app = { store: chat.store(chat.reduce, chat.initial()), act: {} };
  app.later = chat.later(app, (done) => asked.push({ what: "scripts", done }));
  app.act.doors = app.later.room("doors", ["show", "show_find"]);
  app.store.listen(app.later.follow);
  const state = () => app.store.state();
  const dispatch = (action) => app.store.dispatch(action);
  dispatch({ type: "synced", snapshot: { cursor: "0", me: { id: "me", name: "Me" }, conversations: [] } });
  return {
    app, asked, opened, seen, timers, state, dispatch, tied: () => tied,
    come: (problem = null) => asked.shift().done(problem),
    words: () => asked.map((one) => one.what).join(" ")
  };
}

const NO = { status: 0, code: "network" };

test("words come first, then scripts, and each is asked for once", () => {
  const { app, come, words, state, tied } = page();
  app.later.need();
  app.later.need();
  assert.equal(words(), "words");
  come();
  assert.equal(words(), "scripts");
  assert.equal(state().later.there, false);
  come();
  assert.equal(state().later.there, true);
  app.later.need();
  assert.equal(words(), "");
  assert.equal(tied(), 1);
});

test("an action waits for what it needs; of the same one the last counts", () => {
  const { app, come, opened } = page();
  app.act.doors.show("1", true);
  app.act.doors.show("2", false);
  come();
  assert.deepEqual(opened, []);
  come();
  assert.deepEqual(opened, [["2", false]]);
  app.act.doors.show("3");
  assert.deepEqual(opened[1], ["3"], "the real one is in its place");
});

test("effects that come later see the page as if it began now", () => {
  const { app, come, seen } = page();
  app.later.need();
  come();
  come();
  assert.ok(seen.some(([before, after, there]) => before === "starting" && after === "in" && there), JSON.stringify(seen));
});

test("what cannot be had is told, forgets what waited, and may be asked for again", () => {
  const { app, come, words, opened, state } = page();
  app.act.doors.show("1");
  come(NO);
  assert.deepEqual(plain(state().later), { there: false, problem: NO });
  app.later.need();
  assert.equal(state().later.problem, null, "no old trouble while it is asked for again");
  come();
  come(NO);
  assert.equal(state().later.there, false);
  app.later.need();
  come();
  come();
  assert.equal(state().later.there, true);
  assert.deepEqual(opened, []);
  assert.equal(words(), "");
});

test("an action that could not be had says so above everything", () => {
  const { app, come, state } = page();
  app.later.need();
  come(NO);
  assert.equal(state().notice, null, "nobody pressed anything");
  app.act.doors.show("1");
  come(NO);
  assert.deepEqual(state().notice, NO);
});

test("a link that is back tries again by itself, once", () => {
  const { app, come, words, dispatch } = page();
  const link = (value) => dispatch({ type: "link", state: value, route: "stream", now: 0 });
  link("waiting");
  app.later.need();
  come(NO);
  assert.equal(words(), "");
  link("online");
  assert.equal(words(), "words");
  come(NO);
  dispatch({ type: "offline", offline: false });
  assert.equal(words(), "");
});

test("an invitation in the address and a quiet while ask for it, too", () => {
  const invited = page();
  invited.dispatch({ type: "join", join: "abc1" });
  assert.equal(invited.words(), "words");
  const quiet = page();
  assert.equal(quiet.words(), "");
  assert.deepEqual(quiet.timers.map((one) => one.wait), [10000]);
  quiet.timers[0].run();
  assert.equal(quiet.words(), "words");
});

test("an invitation that cannot be had is told, and not asked for over and over", () => {
  const { come, words, dispatch, state } = page();
  dispatch({ type: "join", join: "abc1" });
  come();
  come(NO);
  assert.deepEqual([words(), plain(state().notice)], ["", NO]);
  dispatch({ type: "offline", offline: true });
  assert.equal(words(), "");
  dispatch({ type: "join", join: "abc2" });
  assert.equal(words(), "words", "another one is another wish");
});

test("whoever signs in after somebody else has it already", () => {
  const { app, come, state, dispatch } = page();
  app.later.need();
  come();
  come();
  dispatch({ type: "signed_out" });
  assert.equal(state().later.there, true);
  assert.ok(state().admin, "and the rooms of the administrator");
});

// Where a script that the page begins with names one of a later script: drawn or called only once that is there.
const DOORS = {
  "js/actions/later.js": ["more"],
  "js/state/initial.js": ["admin_state"], "js/state/reduce.js": ["admin_state"], "js/state/ui.js": ["admin_state"],
  "js/views/chat_pane.js": ["search_here", "group_panel"], "js/views/composer_form.js": ["emoji_picker"],
  "js/views/side.js": ["contacts", "find_groups", "finder_results"]
};

test("no script that the page begins with uses a later one but at the known doors", () => {
  const names = later_scripts().map((file) => path.basename(file, ".js"));
  assert.ok(names.length > 50);
  for (const file of first_scripts().filter((one) => one.startsWith("js/"))) {
    const text = fs.readFileSync(path.join(WEB, file), "utf8").replace(/^ *(\/\/|\*|\/\*).*$/gm, "");
    const used = new Set([...text.matchAll(/\bchat\.(\w+)/g)].map((found) => found[1]).filter((name) => names.includes(name)));
    assert.deepEqual([...used].sort(), [...(DOORS[file] || [])].sort(), file);
  }
});

test("every request is there when it can be wanted: those of the first scripts from the start", () => {
  const { chat } = load(["lib/change", "lib/limits", "net/calls", "net/api", "net/routes/"]);
  const named = (files) => files.filter((file) => file.startsWith("js/")).flatMap((file) =>
    [...fs.readFileSync(path.join(WEB, file), "utf8").matchAll(/\bapi\.(\w+)/g)].map((found) => found[1]));
  const api = chat.api(() => undefined);
  const missing = (names) => names.filter((name) => typeof api[name] !== "function");
  // Those at the end are asked for by the name of their list (js/actions/looked_at.js).
  assert.deepEqual(missing([...named(first_scripts()), "bans", "links", "hooks", "bots"]), []);
  assert.ok(missing(named(later_scripts())).length > 20);
  const rooms = /api\.add\(\[([^\]]*)\]\)/.exec(fs.readFileSync(path.join(WEB, "js/more.js"), "utf8"))[1];
  api.add(rooms.split(", ").map((name) => chat[name.replace("chat.", "")]));
  assert.deepEqual(missing(named(later_scripts())), []);
});
