"use strict";
// Several tabs, one worker or none, and everything that can go wrong between
// them and the server: whatever it is, each tab gets each message, in order.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { plain } = require("../load");
const { World } = require("../small_world");

/** Writes all the time while `ms` pass. */
function busy(world, ms) {
  for (let passed = 0; passed < ms; passed += 100) {
    if (passed % 300 === 0) { world.write(); }
    world.advance(100);
  }
}

/** Everybody alive has everything, without a gap on the way. */
function whole(world, title) {
  for (const [index, tab] of world.tabs.entries()) {
    if (tab.dead) { continue; }
    assert.deepEqual(tab.gaps, [], `${title}: tab ${index} missed something`);
    assert.equal(tab.last, world.head, `${title}: tab ${index} is up to date (${tab.state})`);
  }
}

/** Requests and streams that are open at a time; between two polls there is a short moment without. */
function connections(world) {
  let most = 0;
  for (let i = 0; i < 50; i += 1) {
    world.advance(5);
    most = Math.max(most, world.readers.length);
  }
  return most;
}

const FAULTS = {
  "all tabs start at once": () => { return; },
  "connections break": (w) => w.cut(),
  "down for ten seconds": (w) => {
    w.down = true;
    w.cut();
    busy(w, 10000);
    w.down = false;
  },
  "a black hole for a minute": (w) => {
    w.hole = true;
    busy(w, 60000);
    w.hole = false;
  },
  "rotated": (w) => w.bye("rotated"),
  "the server restarts": (w) => {
    w.bye("draining");
    w.down = true;
    busy(w, 5000);
    w.down = false;
  },
  "superseded, then looked at": (w) => {
    w.bye("superseded");
    busy(w, 30000);
    (w.shared ? w.tabs.slice(1, 2) : w.tabs).forEach((tab) => tab.feed.wake());
  },
  "reset": (w) => {
    w.reset = true;
    w.cut();
  },
  "the session ends, the same user signs in again": (w) => {
    w.end_session();
    busy(w, 5000);
    w.user = "me";
    w.tabs[0].feed.resume();
    // The other tabs learn of it from each other (net/shout.js).
    w.advance(50);
    w.tabs.slice(1).forEach((tab) => tab.feed.resume());
  },
  "nonsense on the wire": (w) => w.readers.slice().forEach((reader) => reader.garble()),
  "refused, with a time to wait": (w) => {
    w.refuse = { status: 503, after: "3" };
    w.cut();
    busy(w, 4000);
    w.refuse = null;
  },
  "streams are held back from now on": (w) => {
    w.no_stream = true;
    w.cut();
  },
  "the browser says offline, rightly": (w) => {
    w.down = true;
    w.tabs.forEach((tab) => tab.feed.network(false));
    busy(w, 20000);
    w.down = false;
    w.tabs.forEach((tab) => tab.feed.network(true));
  },
  "another tab opens, is closed, is killed": (w) => {
    const [first, second] = [w.open_tab(), w.open_tab()];
    busy(w, 2000);
    first.close();
    second.kill();
    busy(w, 2000);
    w.open_tab();
  },
  "the tab that opened the link is closed": (w) => w.tabs[0].close(),
  "a tab opens while the server is down": (w) => {
    w.down = true;
    w.cut();
    busy(w, 3000);
    w.open_tab();
    busy(w, 3000);
    w.down = false;
  },
  "one tab starts over, in the middle": (w) => {
    w.tabs[1].sync();
    busy(w, 10);
    w.tabs[1].sync();
  },
  "a tab sleeps for five minutes": (w) => {
    w.tabs[0].freeze();
    busy(w, 300000);
    w.tabs[0].thaw();
  }
};

for (const event_source of [true, false]) {
  for (const shared of [true, false]) {
    const tag = `${event_source ? "stream" : "poll"}, ${shared ? "one worker" : "each for itself"}`;
    for (const [title, fault] of Object.entries(FAULTS)) {
      test(`${tag}: ${title}`, () => {
        const world = new World({ event_source, shared });
        world.write(3);
        for (let i = 0; i < 4; i += 1) {
          world.open_tab();
          world.write();
          world.advance(3);
        }
        busy(world, 6000);
        fault(world);
        busy(world, 40000);
        world.advance(45000);
        whole(world, title);
        const alive = world.tabs.filter((tab) => !tab.dead).length;
        assert.equal(connections(world), shared ? 1 : alive, "as many connections as there should be");
        assert.equal(world.tabs.filter((tab) => !tab.dead && tab.voice).length, shared ? 1 : alive, "one voice");
      });
    }
  }
}

const shared = (options) => new World({ shared: true, ...options });

test("one snapshot for each tab is enough, also when all start at once", () => {
  const world = shared();
  for (let i = 0; i < 8; i += 1) { world.open_tab(); }
  busy(world, 3000);
  assert.deepEqual(world.tabs.map((tab) => tab.snapshots), Array(8).fill(1));
  assert.deepEqual([world.streams, world.readers.length], [1, 1]);
});

test("the first tab dies before its snapshot is there: the others wait three seconds, and are whole", () => {
  const world = shared();
  const first = world.open_tab();
  world.open_tab();
  world.open_tab();
  world.advance(4);
  first.kill();
  world.write(2);
  world.advance(2900);
  assert.equal(world.tabs[1].snapshots, 0);
  busy(world, 5000);
  whole(world, "killed opener");
  assert.equal(world.readers.length, 1);
});

test("a snapshot from before the link opened is taken again rather than trusted", () => {
  // The first tab's snapshot takes so long that the others get theirs; then it
  // comes, older than the link. Played on the hub itself: it is about its words.
  const world = shared();
  const heard = [[], []];
  const [one, two] = heard.map((list) => world.hub().hub.connect((told) => list.push(told)));
  const types = (list) => list.map((told) => told.type);
  one({ type: "join", number: 1 });
  two({ type: "join", number: 1 });
  assert.ok(types(heard[0]).includes("joined") && !types(heard[1]).includes("joined"));
  world.advance(3000);
  assert.ok(types(heard[1]).includes("joined"));
  two({ type: "start", cursor: "c9", user: "me" });
  one({ type: "start", cursor: "c7", user: "me" });
  assert.ok(types(heard[0]).includes("reset"), "what lies between the two cursors would be missing");
  assert.ok(!types(heard[1]).includes("reset"));
});

for (const moved of [false, true]) {
  test(`a snapshot with the link's own cursor is as good as the link's (${moved ? "its first" : "its present"})`, () => {
    const world = shared();
    const heard = [[], []];
    const [one, two] = heard.map((list) => world.hub().hub.connect((told) => list.push(told)));
    one({ type: "join", number: 1 });
    two({ type: "join", number: 1 });
    world.advance(3000);
    world.write(9);
    one({ type: "start", cursor: "c9", user: "me" });
    world.advance(50);
    world.write(moved ? 2 : 0);
    world.advance(50);
    two({ type: "start", cursor: "c9", user: "me" });
    assert.ok(!heard[1].some((told) => told.type === "reset"));
  });
}

test("let in by a link that is gone before the snapshot comes: that one is no good for the next link", () => {
  const world = shared();
  const heard = [[], []];
  const [one, two] = heard.map((list) => world.hub().hub.connect((told) => list.push(told)));
  one({ type: "join", number: 1 });
  one({ type: "start", cursor: "c3", user: "me" });
  world.advance(50);
  two({ type: "join", number: 1 });
  one({ type: "stop" });
  world.readers[0].say({ type: "reset" });
  world.advance(50);
  one({ type: "join", number: 2 });
  one({ type: "start", cursor: "c8", user: "me" });
  two({ type: "start", cursor: "c5", user: "me" });
  assert.ok(heard[1].some((told) => told.type === "reset"));
});

test("a tab that was taken for gone between joining and its snapshot starts over", () => {
  const world = shared();
  const heard = [];
  const one = world.hub().hub.connect((told) => heard.push(told.type));
  one({ type: "join", number: 1 });
  one({ type: "bye" });
  one({ type: "start", cursor: "c1", user: "me" });
  assert.ok(heard.includes("reset"));
});

test("whenever a message comes while a tab joins or starts over, the tab has it, once", () => {
  for (let ms = 0; ms < 40; ms += 1) {
    for (const twice of [false, true]) {
      const world = shared();
      world.open_tab();
      busy(world, 1000);
      world.slow_ms = 15;
      const tab = world.open_tab();
      if (twice) {
        world.advance(ms % 7);
        tab.sync();
      }
      world.advance(ms);
      world.write();
      world.advance(500);
      whole(world, `written ${ms} ms after opening`);
    }
  }
});

test("the last tab to leave turns off the light", () => {
  const world = shared();
  world.open_tab();
  world.open_tab();
  busy(world, 1000);
  world.tabs[0].close();
  world.advance(10);
  assert.equal(world.readers.length, 1);
  world.tabs[1].feed.stop();
  world.advance(10);
  assert.equal(world.readers.length, 0);
});

test("the voice is with the tab that was looked at last, of those that answer", () => {
  const world = shared();
  for (let i = 0; i < 3; i += 1) { world.open_tab(); }
  world.advance(1000);
  const voices = () => world.tabs.map((tab) => (tab.voice && !tab.dead ? 1 : 0)).join("");
  world.tabs[2].feed.look(true);
  world.advance(10);
  assert.equal(voices(), "001");
  world.tabs[2].feed.look(false);
  world.tabs[1].feed.look(true);
  world.tabs[1].feed.look(false);
  world.advance(10);
  assert.equal(voices(), "010", "nobody looks: the last one that somebody looked at");
  world.tabs[1].close();
  world.advance(10);
  assert.equal(voices(), "001");
  world.tabs[2].kill();
  world.advance(70000);
  assert.equal(voices(), "100", "a tab that gives no sign of life is no voice");
});

test("a tab that sleeps too long is given up, and starts over when it wakes", () => {
  const world = shared();
  world.open_tab();
  const sleeper = world.open_tab();
  busy(world, 1000);
  sleeper.freeze();
  world.advance(620000);
  const queued = sleeper.frozen.length;
  busy(world, 60000);
  assert.equal(sleeper.frozen.length, queued, "nothing is queued for it any more");
  sleeper.thaw();
  busy(world, 10000);
  whole(world, "woken");
  assert.equal(sleeper.snapshots, 2);
  assert.equal(world.readers.length, 1);
});

test("a page that comes back from the browser's cache starts over", () => {
  const world = shared();
  world.open_tab();
  const page = world.open_tab();
  busy(world, 1000);
  page.feed.leave();
  page.freeze();
  busy(world, 5000);
  page.thaw();
  page.feed.back();
  busy(world, 2000);
  whole(world, "back");
});

test("the session is another user's: the old one's tabs are strangers, and hear nothing of theirs", () => {
  const world = shared();
  const old = [world.open_tab(), world.open_tab()];
  busy(world, 1000);
  world.user = "another";
  const fresh = world.open_tab();
  world.advance(14); // its snapshot was read; what the old link brings now is not for it
  world.write();
  const before = old.map((tab) => tab.last);
  busy(world, 2000);
  assert.deepEqual(old.map((tab) => tab.strangers), [1, 1]);
  assert.ok(old.every((tab, i) => tab.last <= before[i] + 1));
  assert.deepEqual([fresh.last, fresh.gaps, fresh.repeated, world.readers.length], [world.head, [], 0, 1]);
});

test("the session ends: every tab is told once, and one link goes on for all", () => {
  const world = shared();
  for (let i = 0; i < 3; i += 1) { world.open_tab(); }
  busy(world, 1000);
  world.end_session();
  world.advance(60000);
  assert.deepEqual([world.tabs.map((tab) => tab.expired), world.readers.length], [[1, 1, 1], 0]);
  world.write(5);
  world.user = "me";
  const late = world.open_tab();
  world.advance(1000);
  whole(world, "a new tab signed in: the others miss nothing");
  assert.deepEqual([late.snapshots, world.tabs.map((tab) => tab.snapshots), world.readers.length], [1, [1, 1, 1, 1], 1]);
  assert.deepEqual(world.tabs.slice(0, 3).map((tab) => tab.repeated), [0, 0, 0], "the link goes on where it was");
});

test("a late tab is told who is there", () => {
  const world = shared();
  const heard = [[], []];
  const [one, two] = heard.map((list) => world.hub().hub.connect((told) => list.push(told)));
  one({ type: "join", number: 1 });
  one({ type: "start", cursor: "c0", user: "me" });
  world.advance(50);
  const tell = (entry) => world.readers[0].say(entry);
  tell({ type: "state", presence: { bob: "online", eve: "away" }, read: { c: 4 } });
  tell({ type: "signal", signal: "presence", user: "bob", status: "busy" });
  world.advance(50);
  two({ type: "join", number: 1 });
  two({ type: "start", cursor: "c0", user: "me" });
  const states = heard[1].filter((told) => told.type === "entry" && told.entry.type === "state");
  assert.deepEqual(plain(states.map((told) => told.entry.presence)), [{ bob: "busy", eve: "away" }]);
});

test("no worker to be had: each tab has its own connection, at once", () => {
  const world = shared({ worker_fails: true });
  for (let i = 0; i < 3; i += 1) { world.open_tab(); }
  busy(world, 1000);
  whole(world, "no worker");
  assert.equal(world.readers.length, 3);
});

test("a worker that dies is missed within a minute, and nothing is lost", () => {
  const world = shared();
  for (let i = 0; i < 3; i += 1) { world.open_tab(); }
  busy(world, 5000);
  world.kill_worker();
  busy(world, 50000);
  whole(world, "killed worker");
  assert.deepEqual([world.readers.length, world.tabs.map((tab) => tab.feed.alone())], [3, [true, true, true]]);
});

test("without a worker a hidden tab holds no connection open, and still hears all", () => {
  const world = new World({ shared: false });
  const [seen, hidden] = [world.open_tab(), world.open_tab()];
  busy(world, 1000);
  hidden.feed.look(false);
  seen.feed.look(true);
  world.advance(4000);
  assert.equal(world.readers.length, 2, "whoever flips through tabs gives up nothing");
  world.advance(3000);
  const polls = world.polls;
  busy(world, 60000);
  world.advance(13000);
  whole(world, "breathing");
  assert.equal(world.readers.length, 1);
  assert.ok(world.polls - polls <= 14, `it asks every 12 s, and once more after news: ${world.polls - polls}`);
  hidden.feed.look(true);
  world.advance(50);
  assert.deepEqual([world.readers.length, hidden.route], [2, "stream"]);
  const born_hidden = new World({ shared: false });
  born_hidden.open_tab().feed.look(false);
  born_hidden.advance(5100);
  assert.equal(born_hidden.readers.length, 0);
});

test("one tab that found the stream held back is enough: the worker polls, and tabs remember", () => {
  const world = shared();
  world.no_stream = true;
  world.open_tab();
  world.open_tab();
  busy(world, 7000);
  whole(world, "demoted");
  assert.deepEqual(world.tabs.map((tab) => [tab.route, tab.kept["webqq.poll_only"]]), Array(2).fill(["poll", "1"]));
  const later = shared();
  later.open_tab();
  later.tabs[0].kept["webqq.poll_only"] = "1";
  later.tabs[0].sync();
  busy(later, 2000);
  assert.equal(later.tabs[0].route, "poll");
});

test("more news than can be kept while a snapshot is on its way: start over", () => {
  const world = shared();
  world.open_tab();
  busy(world, 1000);
  const slow = world.open_tab();
  // The snapshot is read, and then held up on its way.
  world.slow_ms = 1000;
  world.advance(8);
  world.write(2500);
  busy(world, 3000);
  whole(world, "flooded");
  assert.equal(slow.snapshots, 2);
});

test("a computer that slept for an hour has not lost its tabs", () => {
  const world = shared();
  const told = [];
  const say = world.hub().hub.connect((one) => told.push(one.type));
  say({ type: "join", number: 1 });
  world.fakes.Date.now = () => world.clock.now + 3600000;
  world.advance(16000);
  assert.ok(told.includes("ping") && !told.includes("reset"), told.join(" "));
  // Without a word for ten minutes of pings it is gone, all the same.
  world.advance(600000);
  assert.ok(told.includes("reset"));
});
