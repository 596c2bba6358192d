"use strict";
// Requests without a session, words between tabs, the banner and what feeds it.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Clock, dictionary, load, plain } = require("../load");

/** Requests that are answered by hand. */
function calls() {
  const { chat } = load(["lib/limits", "lib/change", "net/calls"]);
  const sent = [];
  const told = { unauthorized: 0 };
  chat.http = (method, url, body, done) => {
    const one = { url, done, aborted: false };
    sent.push(one);
    return { abort: () => { one.aborted = true; } };
  };
  return { chat, sent, told, calls: chat.calls(() => { told.unauthorized += 1; }) };
}

const no_session = { status: 401, code: "no_session" };

test("whoever goes ends each request of theirs: it hears so once, and its answer comes to nobody", () => {
  const { calls: page, sent } = calls();
  const answers = [];
  const done = (name) => (problem, answer) => answers.push([name, problem && problem.status, answer]);
  page.call("GET", "/late", null, done("late"));
  page.call("GET", "/held", null, done("held"));
  page.call("GET", "/there", null, done("there"));
  sent[1].done(no_session, null);
  sent[2].done(null, "yes");
  page.forget();
  assert.deepEqual(answers, [["there", null, "yes"], ["late", 401, null], ["held", 401, null]]);
  assert.deepEqual(sent.map((one) => one.aborted), [true, true, false]);
  page.forget();
  page.resume();
  assert.deepEqual([answers.length, sent.length], [3, 3]);
});

test("a file waits for the session as any request does, and ends with its user", () => {
  const { chat, calls: page } = calls();
  const sent = [];
  const told = [];
  chat.upload = (method, url, file, on) => {
    sent.push(on);
    return { abort: () => told.push("aborted") };
  };
  const progress = () => {};
  page.call.upload("PUT", "/face", "file", { progress, done: (problem) => told.push(problem && problem.status) });
  assert.equal(sent[0].progress, progress);
  sent[0].done(no_session, null);
  page.resume();
  assert.deepEqual([sent.length, told.length], [2, 0]);
  page.forget();
  assert.deepEqual(told, ["aborted", 401]);
});

test("a request refused for want of a session is made again after signing in, and nobody learns of it", () => {
  const { calls: page, sent, told } = calls();
  const answers = [];
  page.call("POST", "/a", {}, (problem, answer) => answers.push([problem, answer]));
  sent[0].done(no_session, null);
  assert.deepEqual([told.unauthorized, answers.length], [1, 0]);
  page.resume();
  assert.deepEqual([sent.length, sent[1].url], [2, "/a"]);
  sent[1].done(null, "yes");
  assert.deepEqual(answers, [[null, "yes"]]);
  page.resume();
  assert.equal(sent.length, 2);
});

test("a second 401 is an answer, an aborted request is not made again, and of too many the last fail", () => {
  const { chat, calls: page, sent } = calls();
  const answers = [];
  const done = (problem) => answers.push(problem);
  page.call("GET", "/twice", null, done);
  sent[0].done(no_session, null);
  page.resume();
  sent[1].done(no_session, null);
  assert.deepEqual(answers, [no_session]);
  const dropped = page.call("GET", "/dropped", null, done);
  sent[2].done(no_session, null);
  dropped.abort();
  page.resume();
  assert.equal(sent.length, 3);
  for (let i = 0; i <= chat.limits.held_calls; i += 1) {
    page.call("GET", "/many", null, done);
    sent[sent.length - 1].done(no_session, null);
  }
  assert.equal(answers.length, 2);
  page.forget();
  const count = sent.length;
  page.resume();
  assert.equal(sent.length, count, "who left for good has nothing outstanding");
});

test("a word reaches the other tabs, each word, and not the tab that spoke", () => {
  const kept = {};
  const listeners = [];
  const storage = {
    getItem: (key) => kept[key] || null,
    setItem: (key, value) => {
      if (kept[key] === value) { return; } // no change, no event
      kept[key] = value;
      listeners.forEach((listener) => listener({ key, newValue: value }));
    }
  };
  const tab = () => {
    const { chat } = load(["lib/id", "lib/storage", "net/shout"],
      { addEventListener: (name, listener) => listeners.push(listener), Uint8Array });
    chat.boot = { storage: () => storage };
    const heard = [];
    return { heard, say: chat.shout((word) => heard.push(plain(word))).say };
  };
  const [one, two, three] = [tab(), tab(), tab()];
  one.say({ signed_out: true });
  one.say({ signed_out: true });
  assert.deepEqual([one.heard, two.heard.length, three.heard], [[], 2, [{ signed_out: true }, { signed_out: true }]]);
});

test("a page is newer if it lists what this one was not made of", () => {
  const { chat } = load(["effects/version"]);
  const page = (...urls) => urls.map((url) => `<script src="${url}"></script>`).join("\n") +
    "<link rel=\"stylesheet\" href=\"css/app.1.css\">\n<link rel=\"icon\" href=\"favicon.svg\">";
  const loaded = ["app.1.js", "app.2.js", "css/app.1.css"];
  assert.equal(chat.version.newer(page("app.1.js", "app.2.js"), loaded), false);
  assert.equal(chat.version.newer(page("app.1.js", "app.3.js"), loaded), true);
  assert.equal(chat.version.newer(page().replace("css/app.1", "css/app.9"), loaded), true);
});

function banner(actions) {
  const preact = { h: (tag, props, ...children) => ({ tag, props, children }) };
  const { chat } = load(["lib/limits", "lib/el", "lib/change", "lib/i18n", "lib/rule", "kinds/", "state/", "views/banner"], { preact });
  chat.i18n.use(dictionary("en"));
  let state = { ...chat.initial(), phase: "in" };
  for (const action of actions) { state = chat.reduce(state, action); }
  const text = (node) => (node === null || node === undefined || node === false ? ""
    : typeof node === "object" ? (Array.isArray(node) ? node : node.children || []).map(text).join("")
      : String(node));
  return plain(chat.banner({ state, act: { session: {} } }).map(text));
}

const link = (state, now, more) => ({ type: "link", state, route: "stream", now, ...more });
const tick = (now) => ({ type: "tick", now });

test("the banner: each state of the connection in words, and nothing for what passes in a moment", () => {
  const down = [link("online", 500), link("waiting", 1000, { retry_ms: 8000, reason: "network" })];
  assert.deepEqual(banner([link("online", 500)]), []);
  assert.deepEqual(banner(down), [], "the first second is nobody's business");
  assert.match(banner([...down, tick(2000)])[0], /Connection lost\. Trying again… 7 s Try now/);
  assert.match(banner([...down, tick(8999)])[0], /… 1 s/);
  assert.match(banner([...down, link("connecting", 9000)])[0], /^Connecting…$/);
  assert.deepEqual(banner([...down, link("connecting", 9000), link("online", 9100)]), []);
  assert.match(banner([...down, tick(2000), { type: "offline", offline: true }])[0], /You are offline/);
  assert.deepEqual(banner([link("online", 500), { type: "offline", offline: true }]), []);
  const restart = [link("online", 500), link("waiting", 1000, { retry_ms: 5000, reason: "draining" }), tick(2000)];
  assert.match(banner(restart)[0], /The server is restarting\. Trying again… 4 s/);
  assert.deepEqual(banner([link("online", 500), link("waiting", 1000, { retry_ms: 5000, reason: "rotated" }), tick(3000)]), []);
  assert.match(banner([link("superseded", 1000, { reason: "superseded" })])[0], /paused.*Connect here/);
  assert.deepEqual(banner([{ type: "expired", expired: { open: true } }, ...down, tick(2000)]), [], "the dialogue says it");
  assert.match(banner([{ type: "expired", expired: { open: false } }])[0], /You are signed out.*Sign in/);
  assert.match(banner([{ type: "newer", newer: true }])[0], /new version.*Reload/);
});

test("the clock runs only while somebody waits", () => {
  const clock = new Clock();
  const { chat } = load(["lib/limits", "effects/clock"], clock.fakes);
  const ticks = [];
  const state = { phase: "in", expired: null, link: { since: 0 } };
  const effect = chat.clock({ store: { state: () => state, dispatch: (action) => {
    ticks.push(action.type);
    effect.follow(null, state);
  } } });
  effect.follow(null, state);
  clock.advance(5000);
  assert.deepEqual([ticks.length, clock.timers.length], [0, 0]);
  state.link = { since: 5 };
  effect.follow(null, state);
  clock.advance(3100);
  assert.equal(ticks.length, 3);
  state.link = { since: 0 };
  effect.follow(null, state);
  clock.advance(5000);
  assert.deepEqual([ticks.length, clock.timers.length], [3, 0]);
});
