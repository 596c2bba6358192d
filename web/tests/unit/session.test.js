"use strict";
// Coming in, starting over, going out; with a server that answers on command.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Clock, dictionary, load, plain } = require("../load");

function page() {
  const clock = new Clock();
  const { chat } = load(["lib/limits", "lib/change", "lib/backoff", "lib/i18n", "kinds/", "state/", "actions/session"],
    { ...clock.fakes, location: { reloads: 0, reload() { this.reloads += 1; } } });
  chat.i18n.use(dictionary("en"));
  const calls = [];
  const feed = [];
  const app = {
    store: chat.store(chat.reduce, chat.initial()),
    api: new Proxy({}, { get: (_, name) => (...given) => calls.push({ name, done: given.pop(), given: plain(given) }) }),
    transport: { start: (cursor) => feed.push("start " + cursor), stop: () => feed.push("stop") }
  };
  app.session = chat.session(app);
  return { app, clock, calls, feed, state: () => app.store.state(), last: () => calls[calls.length - 1] };
}

const snapshot = (cursor) => ({ cursor, me: { id: "me", username: "me", name: "Me" }, conversations: [] });
const no_session = { status: 401, code: "unauthorized", detail: "", retry_ms: 0 };
const down = { status: 503, code: "unavailable", detail: "", retry_ms: 3000 };

test("the feed starts from the snapshot's cursor", () => {
  const { app, feed, state, last } = page();
  app.session.start();
  assert.equal(last().name, "me");
  last().done(null, { id: "me" });
  assert.equal(last().name, "sync");
  last().done(null, snapshot("c7"));
  assert.deepEqual([state().phase, feed[feed.length - 1]], ["in", "start c7"]);
});

test("without a session the door is shown; a wrong password stays there with its reason", () => {
  const { app, state, last } = page();
  app.session.start();
  last().done(no_session, null);
  assert.equal(state().phase, "door");
  app.session.sign_in({ username: "me", password: "x" });
  assert.equal(state().door.busy, true);
  last().done({ status: 401, code: "wrong", detail: "No.", retry_ms: 0 }, null);
  assert.deepEqual([state().phase, state().door.busy, state().door.problem.code], ["door", false, "wrong"]);
  app.session.sign_in({ username: "me", password: "y" });
  last().done(null, { user: { id: "me" } });
  last().done(null, { id: "me" });
  last().done(null, snapshot("c1"));
  assert.equal(state().phase, "in");
});

test("a server that is down is asked again, no sooner than it says", () => {
  const { app, clock, calls, state, last } = page();
  app.session.start();
  last().done(down, null);
  assert.equal(state().notice.code, "unavailable");
  clock.advance(2900);
  assert.equal(calls.length, 1);
  clock.advance(200);
  assert.equal(calls.length, 2);
});

test("starting over stops the feed first; of two snapshots the older is dropped", () => {
  const { app, calls, feed } = page();
  app.session.sync();
  app.session.sync();
  assert.deepEqual(feed, ["stop", "stop"]);
  calls[1].done(null, snapshot("new"));
  calls[0].done(null, snapshot("old"));
  assert.deepEqual(feed, ["stop", "stop", "start new"]);
});

test("a snapshot that arrives after signing out signs nobody in", () => {
  const { app, feed, state, last } = page();
  app.session.sync();
  const late = last();
  app.session.signed_out();
  late.done(null, snapshot("c1"));
  assert.deepEqual([state().phase, feed], ["door", ["stop", "stop"]]);
});

test("only a clear no ends a session; another user in this browser reloads the page", () => {
  const { app, last } = page();
  app.session.sync();
  last().done(null, snapshot("c1"));
  const told = [];
  for (const [problem, answer] of [[null, { id: "me" }], [down, null], [{ ...down, status: 0 }, null], [no_session, null]]) {
    app.session.probe((good) => told.push(good));
    last().done(problem, answer);
  }
  assert.deepEqual(told, [true, true, true, false]);
  app.session.probe((good) => told.push(good));
  last().done(null, { user: { id: "another" } });
  assert.equal(told.length, 4);
});
