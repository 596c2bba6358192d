"use strict";
// A browser with several tabs, its shared worker, a network and a server, all in
// one clock: the real scripts, everything else made here. The server counts its
// messages; whoever misses one is found out.
const { Clock, load, plain } = require("./load");

const LATENCY_MS = 5;
const PORT_MS = 1;
const NET = ["lib/", "net/"];

class World {
  constructor({ event_source = true, shared = true, worker_fails = false } = {}) {
    const clock = this.clock = new Clock();
    Object.assign(this, {
      event_source, shared, worker_fails, head: 0, user: "me", down: false, hole: false, no_stream: false, reset: false,
      slow_ms: 0, // how much longer answers take to a tab itself
      refuse: null, readers: [], tabs: [], ports: [], streams: 0, polls: 0, worker: null
    });
    class FakeDate extends Date {
      constructor(...given) { super(...(given.length ? given : [clock.now])); }
      static now() { return clock.now; }
    }
    this.fakes = { ...clock.fakes, Date: FakeDate, document: { cookie: "" }, addEventListener() { return; } };
    this.fakes.XMLHttpRequest = requests(this);
    if (event_source) { this.fakes.EventSource = sources(this); }
  }

  later(run, ms = LATENCY_MS) { return this.clock.fakes.setTimeout(run, ms); }

  /** The shared worker starts with the first tab and lives until it is killed. */
  hub() {
    if (!this.worker) {
      const { setTimeout: set } = this.fakes;
      const { chat } = load(NET, { ...this.fakes, setTimeout: (run, ms) => set(() => this.inside(run), ms) });
      this.worker = { alive: true };
      this.inside(() => { this.worker.hub = chat.hub(); });
    }
    return this.worker;
  }

  /** What the worker opens is its own, and goes with it. */
  inside(run) {
    if (!this.worker.alive) { return; }
    this.running_worker = true;
    try { run(); } finally { this.running_worker = false; }
  }

  kill_worker() {
    this.worker.alive = false;
    this.readers.filter((reader) => reader.by_worker).forEach((reader) => reader.close());
  }

  write(count = 1) {
    this.head += count;
    this.readers.slice().forEach((reader) => reader.news());
  }

  /** The connections break; with `down` new ones fail, too. */
  cut() { this.readers.slice().forEach((reader) => reader.fail()); }

  bye(reason) { this.readers.slice().forEach((reader) => reader.bye(reason)); }

  /** Ends the session: feeds end, requests are refused. */
  end_session() {
    this.user = null;
    this.bye("signed_out");
  }

  open_tab() {
    const tab = new Tab(this);
    this.tabs.push(tab);
    return tab;
  }

  advance(ms) { this.clock.advance(ms); }

  messages(from) {
    const list = [];
    for (let seq = from + 1; seq <= this.head; seq += 1) { list.push({ type: "message", seq }); }
    return list;
  }
}

const at = (cursor) => Number(cursor.slice(1));
const query = (url, name) => new URL(url, "http://x").searchParams.get(name);

function sources(world) {
  return class {
    constructor(url) {
      this.closed = false;
      this.at = at(query(url, "cursor"));
      this.greeted = false;
      this.by_worker = world.running_worker;
      world.streams += 1;
      world.readers.push(this);
      world.later(() => this.greet());
    }
    say(entry, cursor) {
      world.later(() => {
        if (this.closed || world.hole) { return; }
        this.id = cursor === undefined ? this.id : "c" + cursor;
        this.onmessage({ data: JSON.stringify(entry), lastEventId: this.id || "" });
      });
    }
    greet() {
      if (this.closed || world.hole || world.no_stream) { return; }
      if (world.down || !world.user) { return this.fail(); }
      this.greeted = true;
      this.say({ type: "hello", resumed: !world.reset }, world.reset ? world.head : this.at);
      if (world.reset) {
        world.reset = false;
        this.at = world.head;
        return this.say({ type: "reset" }, world.head);
      }
      this.beat = () => { if (!this.closed) { this.say({ type: "heartbeat" }); world.later(this.beat, 15000); } };
      world.later(this.beat, 15000);
      return this.news();
    }
    news() {
      if (this.closed || !this.greeted) { return; }
      for (const message of world.messages(this.at)) { this.say(message, message.seq); }
      this.at = world.head;
    }
    bye(reason) { this.say({ type: "bye", reason }); this.greeted = false; }
    garble() { world.later(() => { if (!this.closed) { this.onmessage({ data: "{", lastEventId: "c999" }); } }); }
    fail() { world.later(() => { if (!this.closed) { this.onerror({}); } }); }
    close() {
      this.closed = true;
      world.readers = world.readers.filter((one) => one !== this);
    }
  };
}

function requests(world) {
  return class {
    open(method, url) { Object.assign(this, { method, url, status: 0, responseText: "", headers: {} }); }
    setRequestHeader() { return; }
    getResponseHeader(name) { return this.headers[name] || null; }
    send() {
      this.by_worker = world.running_worker;
      this.limit = world.later(() => { if (!this.over) { this.close(); this.ontimeout(); } }, this.timeout);
      if (this.url.startsWith("/api/poll")) { world.polls += 1; }
      world.readers.push(this);
      world.later(() => this.arrive());
    }
    arrive() {
      if (this.over || world.hole) { return; }
      if (world.down) { return this.fail(); }
      if (world.refuse) { return this.answer(world.refuse.status, {}, { "Retry-After": world.refuse.after }); }
      if (!world.user) { return this.answer(401, { code: "no_session" }); }
      if (this.url.startsWith("/api/me")) { return this.answer(200, { id: world.user }); }
      if (this.url.startsWith("/api/sync")) {
        return this.answer(200, { cursor: "c" + world.head, me: { id: world.user }, head: world.head });
      }
      this.held = true;
      if (world.reset) {
        world.reset = false;
        return this.answer(200, { cursor: "c" + world.head, events: [{ type: "reset" }] });
      }
      world.later(() => this.give(), 1000 * Number(query(this.url, "wait")));
      return this.news();
    }
    news() { if (this.held && world.head > at(query(this.url, "cursor"))) { this.give(); } }
    give() {
      if (this.over) { return; }
      this.answer(200, { cursor: "c" + world.head, events: world.messages(at(query(this.url, "cursor"))) });
    }
    bye(reason) { if (this.held) { if (reason === "signed_out") { this.answer(401, {}); } else { this.fail(); } } }
    garble() { if (this.held) { this.answer(200, { nonsense: true }); } }
    answer(status, body, headers = {}) {
      const was_over = this.over;
      this.held = false;
      world.readers = world.readers.filter((one) => one !== this);
      if (was_over) { return; }
      this.over = true;
      world.clock.fakes.clearTimeout(this.limit);
      world.later(() => {
        if (this.aborted) { return; }
        if (world.hole) {
          this.limit = world.later(() => { if (!this.aborted) { this.ontimeout(); } }, this.timeout);
          return;
        }
        Object.assign(this, { status, responseText: JSON.stringify(body), headers });
        this.onload();
      }, LATENCY_MS + (this.by_worker ? 0 : world.slow_ms));
    }
    fail() {
      this.close();
      world.later(() => { if (!this.aborted) { this.onerror(); } });
    }
    abort() {
      this.aborted = true;
      this.close();
    }
    close() {
      this.over = true;
      this.held = false;
      world.clock.fakes.clearTimeout(this.limit);
      world.readers = world.readers.filter((one) => one !== this);
    }
  };
}

/** Two ends and a wire: in order, a moment later, by value. */
function workers(world, tab) {
  return class {
    constructor() {
      const port = this.port = { onmessage: null, postMessage: null };
      if (world.worker_fails) {
        port.postMessage = () => { return; };
        world.later(() => this.onerror({}));
        return;
      }
      const worker = world.hub();
      let take = null;
      const to_tab = (told) => {
        const copy = plain(told);
        world.later(() => {
          if (worker.alive && !tab.dead && port.onmessage) { tab.hear(() => port.onmessage({ data: copy })); }
        }, PORT_MS);
      };
      world.inside(() => { take = worker.hub.connect(to_tab); });
      port.postMessage = (told) => {
        const copy = plain(told);
        world.later(() => world.inside(() => take(copy)), PORT_MS);
      };
    }
  };
}

class Tab {
  constructor(world) {
    Object.assign(this, {
      world, last: null, gaps: [], repeated: 0, snapshots: 0, resets: 0, expired: 0, strangers: 0, voice: false,
      state: "", route: "", dead: false, frozen: null, life: 0, kept: {}, user: null
    });
    // A tab's timers and messages stop when it is killed, and wait while it is frozen.
    const fakes = {
      ...world.fakes,
      setTimeout: (run, ms) => world.clock.fakes.setTimeout(() => { if (!this.dead) { this.hear(run); } }, ms),
      sessionStorage: { getItem: (key) => this.kept[key] || null, setItem: (key, value) => { this.kept[key] = value; } }
    };
    if (world.shared) { fakes.SharedWorker = workers(world, this); }
    const { chat } = load(NET, fakes);
    chat.boot = { storage: () => fakes.sessionStorage };
    this.chat = chat;
    this.feed = chat.tabs({
      entry: (entry) => this.entry(entry),
      reset: () => { this.resets += 1; this.sync(); },
      state: (link) => { this.state = link.state; this.route = link.route; },
      probe: (done) => chat.probe((answered) => chat.http("GET", "/api/me", null, answered), this.user, done),
      signed_out: () => { this.expired += 1; },
      stranger: () => { this.strangers += 1; },
      voice: (voice) => { this.voice = voice; }
    }, "worker.js");
    this.sync();
  }

  hear(run) {
    if (this.frozen) { this.frozen.push(run); } else { run(); }
  }

  /** As actions/session.js does it. */
  sync() {
    this.life += 1;
    const mine = this.life;
    this.feed.stop();
    this.feed.join(() => {
      this.chat.http("GET", "/api/sync", null, (problem, snapshot) => {
        if (this.dead || mine !== this.life) { return; }
        if (problem) {
          this.world.later(() => { if (mine === this.life && !this.dead) { this.sync(); } }, 1000);
          return;
        }
        this.snapshots += 1;
        this.last = snapshot.head;
        this.user = snapshot.me.id;
        this.feed.start(snapshot.cursor, snapshot.me.id);
      });
    });
  }

  entry(entry) {
    if (entry.type !== "message") { return; }
    if (entry.seq <= this.last) {
      this.repeated += 1;
    } else if (entry.seq === this.last + 1) {
      this.last = entry.seq;
    } else {
      this.gaps.push([this.last, entry.seq]);
      this.last = entry.seq;
    }
  }

  close() {
    this.feed.leave();
    this.dead = true;
    this.end_own();
  }

  /** No goodbye: the process is gone. */
  kill() {
    this.dead = true;
    this.end_own();
  }

  end_own() { if (this.feed.alone()) { this.feed.stop(); } }

  freeze() { this.frozen = []; }

  thaw() {
    const waiting = this.frozen;
    this.frozen = null;
    waiting.forEach((run) => run());
  }
}

module.exports = { World };
