"use strict";
// Coming in, starting over, going out; with a server that answers on command.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Clock, dictionary, load, plain } = require("../load");

function page() {
  const clock = new Clock();
  const { chat, self } = load(["lib/limits", "lib/change", "lib/backoff", "lib/i18n", "net/probe", "kinds/", "state/", "actions/session"],
    { ...clock.fakes, location: { reloads: 0, reload() { this.reloads += 1; } } });
  chat.i18n.use(dictionary("en"));
  const calls = [];
  const feed = [];
  const said = [];
  const joined = []; // those who wait to be let in
  const app = {
    store: chat.store(chat.reduce, chat.initial()),
    api: new Proxy({}, { get: (own, name) => own[name] || ((...given) => calls.push({ name, done: given.pop(), given: plain(given) })) }),
    transport: {
      join: (then) => joined.push(then), start: (cursor, user) => feed.push("start " + cursor + " " + user),
      stop: () => feed.push("stop"), resume: () => feed.push("resume")
    },
    shout: { say: (word) => said.push(plain(word)) }
  };
  app.session = chat.session(app);
  const admit = () => joined.splice(0).forEach((then) => then());
  return {
    app, calls, clock, feed, said, self, admit, state: () => app.store.state(), last: () => calls[calls.length - 1],
    named: (name) => calls.filter((call) => call.name === name),
    /** Inside, as this user. */
    enter: (user = "me") => {
      app.session.sync();
      admit();
      calls[calls.length - 1].done(null, snapshot("c1", user));
      feed.length = 0;
    }
  };
}

const snapshot = (cursor, user = "me") => ({ cursor, me: { id: user, username: user, name: "Me" }, conversations: [] });
const no_session = { status: 401, code: "unauthorized", detail: "", retry_ms: 0 };
const down = { status: 503, code: "unavailable", detail: "", retry_ms: 3000 };

test("join first, read second: the feed starts from the snapshot's cursor", () => {
  const { admit, app, calls, feed, state, last } = page();
  app.session.start();
  assert.equal(last().name, "me");
  last().done(null, { id: "me" });
  assert.equal(calls.length, 1, "no snapshot before the feed is joined");
  admit();
  assert.equal(last().name, "sync");
  last().done(null, snapshot("c7"));
  assert.deepEqual([state().phase, feed[feed.length - 1]], ["in", "start c7 me"]);
});

test("without a session the door is shown; a wrong password stays there with its reason", () => {
  const { admit, app, said, state, last } = page();
  app.session.start();
  last().done(no_session, null);
  assert.equal(state().phase, "door");
  app.session.sign_in({ username: "me", password: "x" });
  assert.equal(state().door.busy, true);
  last().done({ status: 401, code: "wrong", detail: "No.", retry_ms: 0 }, null);
  assert.deepEqual([state().phase, state().door.busy, state().door.problem.code], ["door", false, "wrong"]);
  app.session.sign_in({ username: "me", password: "y" });
  last().done(null, { user: { id: "me" } });
  assert.deepEqual(said, [{ signed_in: "me" }]);
  last().done(null, { id: "me" });
  admit();
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
  const { admit, app, calls, feed } = page();
  app.session.sync();
  admit();
  app.session.sync();
  admit();
  assert.deepEqual(feed, ["stop", "stop"]);
  calls[1].done(null, snapshot("new"));
  calls[0].done(null, snapshot("old"));
  assert.deepEqual(feed, ["stop", "stop", "start new me"]);
});

test("a snapshot that arrives after signing out signs nobody in", () => {
  const { admit, app, feed, named, state } = page();
  app.session.sync();
  admit();
  app.session.sign_out();
  named("sign_out")[0].done(null, null);
  const late = named("sync")[0];
  late.done(null, snapshot("c1"));
  assert.deepEqual([state().phase, feed], ["door", ["stop", "stop"]]);
});

test("only a clear no ends a session; somebody else's is not ours", () => {
  const { app, enter, last } = page();
  enter();
  const told = [];
  for (const [problem, answer] of [
    [null, { id: "me" }], [down, null], [{ ...down, status: 0 }, null], [no_session, null], [null, { user: { id: "another" } }]
  ]) {
    app.session.probe((verdict) => told.push(verdict));
    last().done(problem, answer);
  }
  assert.deepEqual(told, ["good", "unreachable", "unreachable", "over", "other"]);
});

test("a session that ends by itself leaves everything where it is, and the same user goes on", () => {
  const { app, enter, feed, last, named, said, state } = page();
  enter();
  app.store.dispatch({ type: "draft", id: "c", value: "half a sen" });
  app.session.unauthorized();
  app.session.unauthorized();
  assert.equal(named("me").length, 1, "several refused requests, one question");
  last().done(no_session, null);
  assert.deepEqual([state().phase, state().expired.open, state().drafts.c], ["in", true, "half a sen"]);
  app.session.in_again({ username: "me", password: "x" });
  last().done(no_session, null);
  assert.deepEqual([state().expired.busy, state().expired.problem.status], [false, 401]);
  app.session.in_again({ username: "me", password: "y" });
  last().done(null, { user: { id: "me" } });
  assert.deepEqual([state().expired, state().drafts.c], [null, "half a sen"]);
  assert.deepEqual([feed, named("resume").length, named("forget").length], [["resume"], 1, 0]);
  assert.deepEqual(said, [{ signed_in: "me" }]);
});

test("another user who signs in there gets a page of their own", () => {
  const { app, enter, last, self, feed } = page();
  enter();
  app.session.expired();
  app.session.in_again({ username: "another", password: "y" });
  last().done(null, { user: { id: "another" } });
  assert.deepEqual([self.location.reloads, feed], [1, []]);
});

test("a 401 of the session before the present one is asked again and shows nothing", () => {
  const { app, clock, enter, last, named, state } = page();
  enter();
  app.session.unauthorized();
  last().done(down, null);
  clock.advance(3000);
  assert.equal(named("me").length, 2, "a server that is down says nothing about the session");
  last().done(null, { id: "me" });
  assert.deepEqual([state().expired, named("resume").length], [null, 1]);
});

test("signing out on purpose leads to the door, also when the feed ends first", () => {
  const { app, enter, named, said, state } = page();
  enter();
  app.session.sign_out();
  app.session.expired();
  assert.deepEqual([state().phase, state().expired], ["door", null]);
  named("sign_out")[0].done(null, null);
  assert.deepEqual([said, named("forget").length > 0], [[{ signed_out: true }], true]);
});

test("what other tabs of the browser do", () => {
  const out = page();
  out.enter();
  out.app.session.expired();
  out.app.session.heard({ signed_in: "me" });
  assert.deepEqual([out.state().expired, out.feed], [null, ["resume"]]);
  out.app.session.heard({ signed_in: "me" });
  assert.deepEqual(out.feed, ["resume"], "nothing to resume");
  out.app.session.heard({ signed_out: true });
  assert.deepEqual([out.state().phase, out.state().me], ["door", null]);
  out.app.session.heard({ signed_in: "another" });
  assert.equal(out.last().name, "me", "whoever is at the door comes in");
  assert.equal(out.self.location.reloads, 0);
  const other = page();
  other.enter();
  other.app.session.heard({ signed_in: "another" });
  assert.equal(other.self.location.reloads, 1);
});

test("a snapshot of somebody else's never mixes with what is held", () => {
  const { admit, app, enter, last, self, state } = page();
  enter();
  app.session.sync();
  admit();
  last().done(null, snapshot("c9", "another"));
  assert.deepEqual([self.location.reloads, state().me.id], [1, "me"]);
});

test("what was under way when somebody went says nothing to whoever comes next", () => {
  const { app, state, enter, last } = page();
  enter();
  // Its maker forgot to look who is there.
  app.api.forget = () => {
    app.store.dispatch({ type: "notice", notice: { code: "late", status: 401 } });
    app.store.dispatch({ type: "dialog", dialog: { name: "secret", secret: "s" } });
  };
  app.session.sign_out();
  last().done(null, null);
  assert.deepEqual([state().phase, state().notice, state().dialog], ["door", null, null]);
});
