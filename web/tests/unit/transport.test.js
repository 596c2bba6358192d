"use strict";
// The transport over both links, with a clock, a network and a browser that do
// what the test says. Whatever link carries it: same entries, same cursors.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Clock, load } = require("../load");

function world({ event_source = true } = {}) {
  const clock = new Clock();
  const sources = [];
  const requests = [];

  class FakeEventSource {
    constructor(url) {
      this.url = url;
      this.closed = false;
      this.id = "";
      sources.push(this);
    }
    close() { this.closed = true; }
    /** As a browser does: an event without an id repeats the last one. */
    say(entry, id) {
      if (id) { this.id = id; }
      if (this.onmessage) { this.onmessage({ data: JSON.stringify(entry), lastEventId: this.id }); }
    }
    fail() { if (this.onerror) { this.onerror({}); } }
  }

  class FakeRequest {
    open(method, url) { Object.assign(this, { method, url, status: 0, responseText: "", headers: {} }); }
    setRequestHeader() { return; }
    getResponseHeader(name) { return this.headers[name] || null; }
    send() {
      requests.push(this);
      this.timer = clock.fakes.setTimeout(() => { if (!this.aborted) { this.ontimeout(); } }, this.timeout);
    }
    abort() { this.aborted = true; }
    answer(status, body, headers = {}) {
      clock.fakes.clearTimeout(this.timer);
      Object.assign(this, { status, responseText: JSON.stringify(body), headers });
      if (!this.aborted) { this.onload(); }
    }
    fail() {
      clock.fakes.clearTimeout(this.timer);
      if (!this.aborted) { this.onerror(); }
    }
  }

  const { chat } = load(["lib/limits", "lib/http", "lib/backoff", "net/"], {
    ...clock.fakes, XMLHttpRequest: FakeRequest, document: { cookie: "" },
    ...(event_source ? { EventSource: FakeEventSource } : {})
  });
  const log = { entries: [], states: [], links: [], resets: 0, signed_out: 0, strangers: 0, demoted: 0, probes: [] };
  const transport = chat.transport({
    entry: (entry) => log.entries.push(entry),
    reset: () => { log.resets += 1; },
    state: (link) => {
      log.states.push(link.state + "/" + link.route);
      log.links.push(link);
    },
    probe: (done) => log.probes.push(done),
    signed_out: () => { log.signed_out += 1; },
    stranger: () => { log.strangers += 1; },
    demoted: () => { log.demoted += 1; }
  });
  return { clock, sources, requests, log, transport, last: () => log.states[log.states.length - 1] };
}

const hello = { type: "hello", cursor: "c1", resumed: true };
const message = (seq) => ({ type: "message", conversation: "c", seq });
const last = (list) => list[list.length - 1];
const cursor_of = (opened) => new URL(opened.url, "http://x").searchParams.get("cursor");

/** One driver per link: the same words, so that one script tests both. */
const LINKS = {
  stream: () => {
    const w = world();
    return Object.assign(w, {
      opened: () => w.sources.filter((source) => !source.closed),
      count: () => w.sources.length,
      greet: (cursor) => last(w.sources).say({ ...hello, cursor }, cursor),
      tell: (entries, cursor) => entries.forEach((entry) => last(w.sources).say(entry, cursor)),
      bye: (reason) => last(w.sources).say({ type: "bye", reason }),
      drop: () => last(w.sources).fail(),
      at: () => cursor_of(last(w.sources))
    });
  },
  poll: () => {
    const w = world({ event_source: false });
    return Object.assign(w, {
      opened: () => w.requests.filter((request) => !request.aborted && !request.status),
      count: () => w.requests.length,
      greet: (cursor) => {
        last(w.requests).answer(200, { cursor, events: [] });
        w.clock.advance(20);
      },
      tell: (entries, cursor) => {
        last(w.requests).answer(200, { cursor, events: entries });
        w.clock.advance(20);
      },
      bye: (reason) => last(w.requests).answer(200, { cursor: "", events: [{ type: "bye", reason }] }),
      drop: () => last(w.requests).fail(),
      at: () => cursor_of(last(w.requests))
    });
  }
};

/** Lets the clock run until a link is open again; how long that took, to 100 ms. */
function reopened(w) {
  const from = w.clock.now;
  while (!w.opened().length && w.clock.now - from < 60000) { w.clock.advance(100); }
  return w.clock.now - from;
}

for (const name of Object.keys(LINKS)) {
  const both = (title, run) => test(`${name}: ${title}`, () => {
    const w = LINKS[name]();
    w.transport.start("c0");
    run(w);
  });

  both("entries come in order, and a reopened link starts at the last cursor", (w) => {
    assert.equal(w.at(), "c0");
    w.greet("c1");
    assert.equal(w.last(), "online/" + name);
    w.tell([message(1)], "c2");
    w.tell([message(2), { type: "heartbeat" }], "c3");
    assert.deepEqual(w.log.entries.filter((entry) => entry.type === "message").map((entry) => entry.seq), [1, 2]);
    w.drop();
    assert.equal(w.last(), "waiting/" + name);
    w.clock.advance(1500);
    assert.equal(w.at(), "c3");
    assert.equal(w.opened().length, 1);
  });

  both("signals move no cursor", (w) => {
    w.greet("c1");
    w.tell([message(1)], "c2");
    w.tell([{ type: "signal", signal: "typing" }], name === "stream" ? "" : "c2");
    w.drop();
    w.clock.advance(2500);
    assert.equal(w.at(), "c2");
  });

  both("silence of 40 s counts as lost", (w) => {
    w.greet("c1");
    w.clock.advance(39000);
    assert.equal(w.last(), "online/" + name);
    w.clock.advance(1100);
    assert.equal(w.last(), "waiting/" + name);
  });

  both("heard in time, the link stays", (w) => {
    w.greet("c1");
    for (let i = 0; i < 10; i += 1) {
      w.clock.advance(15000);
      w.tell(name === "stream" ? [{ type: "heartbeat" }] : [], "c" + (i + 2));
    }
    assert.equal(w.last(), "online/" + name);
    assert.equal(w.opened().length, 1);
  });

  both("reset stops the link and asks for a new start", (w) => {
    w.greet("c1");
    w.tell([{ type: "reset" }, message(9)], "c2");
    assert.deepEqual([w.log.resets, w.last()], [1, "stopped/" + name]);
    if (name === "poll") { assert.equal(w.log.entries.length, 0, "what comes after a reset is not ours"); }
    w.clock.advance(60000);
    assert.equal(w.opened().length, 0);
    w.transport.start("fresh");
    assert.equal(w.at(), "fresh");
  });

  both("bye signed_out ends it once a request says so, too; the next session goes on from there", (w) => {
    w.greet("c1");
    w.tell([message(1)], "c2");
    w.bye("signed_out");
    assert.equal(w.log.signed_out, 0, "perhaps there is another session by now");
    last(w.log.probes)("over");
    w.clock.advance(60000);
    assert.deepEqual([w.log.signed_out, w.opened().length, w.last()], [1, 0, "stopped/" + name]);
    w.transport.resume();
    assert.deepEqual([w.opened().length, w.at()], [1, "c2"]);
    w.transport.resume();
    assert.equal(w.opened().length, 1, "resumed once is enough");
  });

  both("what was stopped on purpose is not resumed", (w) => {
    w.greet("c1");
    w.transport.stop();
    w.transport.resume();
    assert.equal(w.opened().length, 0);
  });

  both("the session is somebody else's: no word of theirs gets in", (w) => {
    w.greet("c1");
    w.drop();
    last(w.log.probes)("other");
    w.clock.advance(60000);
    assert.deepEqual([w.log.strangers, w.log.signed_out, w.opened().length], [1, 0, 0]);
  });

  both("a link that is gone says why, and when it tries again", (w) => {
    w.greet("c1");
    w.bye("draining");
    const waiting = last(w.log.links);
    assert.deepEqual([waiting.state, waiting.reason], ["waiting", "draining"]);
    w.clock.advance(waiting.retry_ms - 1);
    assert.equal(w.opened().length, 0);
    w.clock.advance(1);
    assert.deepEqual([w.opened().length, last(w.log.links).reason], [1, "draining"]);
    w.drop();
    assert.equal(last(w.log.links).reason, "draining", "a server that restarts is not there for a while");
    for (let i = 0; i < 5; i += 1) {
      reopened(w);
      w.drop();
    }
    assert.equal(last(w.log.links).reason, "network", "this is no restart any more");
    reopened(w);
    w.greet("c1");
    assert.equal(last(w.log.links).reason, "");
  });

  both("the browser says offline: it is asked, not believed", (w) => {
    w.greet("c1");
    w.transport.network(false);
    last(w.log.probes)("good");
    assert.equal(w.last(), "online/" + name);
    w.transport.network(false);
    last(w.log.probes)("unreachable");
    assert.equal(w.last(), "waiting/" + name);
  });

  both("breathing: short questions with rests, from the same cursor; then as before", (w) => {
    w.greet("c1");
    const held = () => w.requests.filter((request) => !request.aborted && !request.status).length +
      w.sources.filter((source) => !source.closed).length;
    w.transport.breathe(true);
    assert.equal(held(), 1);
    assert.equal(cursor_of(last(w.requests)), "c1");
    last(w.requests).answer(200, { cursor: "c2", events: [message(1)] });
    w.clock.advance(20);
    assert.equal(cursor_of(last(w.requests)), "c2", "after news there may be more");
    last(w.requests).answer(200, { cursor: "c2", events: [] });
    assert.equal(w.last(), "online/poll");
    for (let i = 0; i < 10; i += 1) {
      const count = w.requests.length;
      w.clock.advance(11900);
      assert.deepEqual([w.requests.length, held()], [count, 0], "nothing is held open between two breaths");
      w.clock.advance(200);
      assert.equal(w.requests.length, count + 1);
      assert.equal(new URL(last(w.requests).url, "http://x").searchParams.get("wait"), "0");
      last(w.requests).answer(200, { cursor: "c2", events: [] });
    }
    w.transport.breathe(false);
    assert.deepEqual([w.opened().length, w.at()], [1, "c2"]);
    w.greet("c2");
    assert.equal(w.last(), "online/" + name);
  });

  both("bye superseded waits until the tab is looked at", (w) => {
    w.greet("c1");
    w.bye("superseded");
    w.clock.advance(600000);
    assert.deepEqual([w.last(), w.opened().length], ["superseded/" + name, 0]);
    w.transport.wake();
    assert.deepEqual([w.opened().length, w.at()], [1, "c1"]);
  });

  for (const reason of ["draining", "rotated", "unavailable", "something new"]) {
    both(`bye ${reason} reopens after a while, not at once`, (w) => {
      w.greet("c1");
      const count = w.count();
      w.bye(reason);
      assert.deepEqual([w.count(), w.opened().length, w.last()], [count, 0, "waiting/" + name]);
      w.clock.advance(249);
      assert.equal(w.count(), count);
      w.clock.advance(1250);
      assert.equal(w.count(), count + 1);
    });
  }

  both("a server that greets and dies is asked ever more seldom", (w) => {
    const waits = [];
    for (let i = 0; i < 60; i += 1) {
      w.greet("c1");
      w.drop();
      waits.push(reopened(w));
    }
    const mean = (list) => list.reduce((sum, wait) => sum + wait, 0) / list.length;
    assert.ok(Math.max(...waits) <= 30350, "the ceiling holds");
    assert.ok(mean(waits.slice(10)) > 8000, "a greeting alone does not reset the back-off");
    w.greet("c1");
    w.tell([message(1)], "c2");
    w.drop();
    assert.ok(reopened(w) <= 1350, "a message does");
  });

  both("a probe that says no signs out; one that says yes, or comes late, does not", (w) => {
    w.greet("c1");
    w.drop();
    w.clock.advance(2000);
    w.log.probes[0]("over"); // late: another link is open already
    assert.equal(w.log.signed_out, 0);
    w.drop();
    last(w.log.probes)("good");
    assert.equal(w.log.signed_out, 0);
    w.clock.advance(5000);
    w.drop();
    last(w.log.probes)("over");
    assert.equal(w.log.signed_out, 1);
    w.clock.advance(60000);
    assert.equal(w.opened().length, 0);
  });

  both("the network's return shortens the wait to a second", (w) => {
    for (let i = 0; i < 8; i += 1) {
      w.drop();
      reopened(w);
    }
    w.drop();
    w.transport.network(true);
    w.clock.advance(1000);
    assert.equal(w.opened().length, 1);
  });

  both("stop leaves nothing running", (w) => {
    w.greet("c1");
    w.transport.stop();
    w.clock.advance(600000);
    assert.deepEqual([w.opened().length, w.clock.timers.length], [0, 0]);
  });
}

test("stream: without hello in 5 s the browser session polls", () => {
  const w = world();
  w.transport.start("c0");
  w.clock.advance(4999);
  assert.equal(w.requests.length, 0);
  w.clock.advance(1);
  assert.deepEqual([w.sources[0].closed, w.requests.length, w.log.demoted], [true, 1, 1]);
  assert.equal(cursor_of(w.requests[0]), "c0");
  w.requests[0].fail();
  w.clock.advance(2000);
  assert.deepEqual([w.sources.length, w.requests.length], [1, 2]);
  const again = world();
  again.transport.polls();
  again.transport.start("c0");
  assert.deepEqual([again.sources.length, again.requests.length], [0, 1]);
});

test("stream: hello in time, and nothing else for a while, stays a stream", () => {
  const w = world();
  w.transport.start("c0");
  w.clock.advance(4000);
  w.sources[0].say(hello, "c1");
  w.clock.advance(20000);
  assert.deepEqual([w.requests.length, w.last()], [0, "online/stream"]);
});

test("stream: an entry that is no JSON is a lost link, not a crash", () => {
  const w = world();
  w.transport.start("c0");
  w.sources[0].say(hello, "c1");
  w.sources[0].onmessage({ data: "{", lastEventId: "c2" });
  w.clock.advance(2000);
  assert.equal(cursor_of(last(w.sources)), "c1");
});

test("poll: the first asks without waiting, the others hold", () => {
  const w = LINKS.poll();
  w.transport.start("c0");
  const wait = (request) => new URL(request.url, "http://x").searchParams.get("wait");
  assert.equal(wait(w.requests[0]), "0");
  w.greet("c1");
  assert.deepEqual([wait(w.requests[1]), w.at()], ["15", "c1"]);
});

test("poll: a lost answer is asked for again with the same cursor", () => {
  const w = LINKS.poll();
  w.transport.start("c0");
  w.greet("c1");
  w.drop();
  w.clock.advance(1500);
  assert.equal(w.at(), "c1");
});

test("poll: after a 401 the session is asked for, Retry-After is kept", () => {
  const out = LINKS.poll();
  out.transport.start("c0");
  last(out.requests).answer(401, { code: "no_session" });
  last(out.log.probes)("over");
  assert.equal(out.log.signed_out, 1);
  const busy = LINKS.poll();
  busy.transport.start("c0");
  last(busy.requests).answer(503, { code: "unavailable" }, { "Retry-After": "7" });
  busy.clock.advance(6900);
  assert.equal(busy.count(), 1);
  busy.clock.advance(200);
  assert.equal(busy.count(), 2);
});
