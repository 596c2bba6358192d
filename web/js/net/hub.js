// Inside the worker: one link, many tabs. Cursors cannot be compared, so nobody
// reasons about which is older. A tab that joined while the link ran misses
// nothing of what comes after its snapshot; one that joined before the link
// opened, with another cursor than the link's, takes its snapshot again.
var chat = chat || {};

chat.hub = (function () {
  "use strict";

  function hub() {
    var limits = chat.limits;
    var tabs = [];
    var user = null; // whose link it is
    var origin = ""; // the cursor it was opened with
    var state = "none"; // none | running | over (the session ended; goes on from its cursor after the next)
    var link = { state: "stopped", route: "", reason: "", retry_ms: 0 };
    var retry_at = 0;
    var opener = null; // the first tab's snapshot opens the link; the others wait for that
    var opener_timer = null;
    /** @type {?} */
    var voice = null; // the tab that makes the sounds
    var sweep_timer = null;
    var turn = 0;
    var standing = chat.standing();

    function tell(told, whom) {
      tabs.slice().forEach(function (tab) { if (!whom || whom(tab)) { tab.post(told); } });
    }
    function is_joined(tab) { return tab.joined; }
    function is_ours(tab) { return tab.started && tab.user === user; }
    // Counted in our own pings: a computer that slept for hours has not made its tabs silent.
    function silence(tab) { return tab.unanswered * limits.tab_ping_ms; }

    /** One tab makes the sounds: the one that was looked at last, of those that still answer. */
    function elect() {
      var best = null;
      tabs.forEach(function (tab) {
        var awake = tab.joined && silence(tab) < limits.tab_silent_ms;
        if (awake && (!best || tab.looked > best.looked)) { best = tab; }
      });
      if (best === voice) { return; }
      if (voice) { voice.post({ type: "voice", voice: false }); }
      voice = best;
      if (voice) { voice.post({ type: "voice", voice: true }); }
    }

    function show(tab) {
      var left = link.state === "waiting" ? Math.max(0, retry_at - Date.now()) : 0;
      tab.post({ type: "state", link: {
        state: link.state, route: link.route, reason: link.reason, retry_ms: left
      } });
    }

    function closed(to) {
      state = to;
      if (to === "none") { standing.clear(); }
    }

    /** The old user's tabs have nothing to look for here any more. */
    function expel() {
      var others = tabs.filter(is_ours);
      transport.stop();
      closed("none");
      user = null;
      others.forEach(function (tab) {
        forget(tab);
        tab.post({ type: "stranger" });
      });
    }

    var transport = chat.transport({
      entry: function (told) {
        standing.take(told);
        tell({ type: "entry", entry: told, user: user }, is_joined);
      },
      reset: function () {
        closed("none");
        tell({ type: "reset" }, is_ours);
      },
      state: function (now) {
        link = now;
        retry_at = Date.now() + now.retry_ms;
        tabs.slice().forEach(show);
      },
      probe: function (done) {
        chat.probe(function (answered) { chat.http("GET", "/api/me", null, answered); }, user, done);
      },
      signed_out: function () {
        closed("over");
        tell({ type: "signed_out" }, is_ours);
      },
      stranger: expel,
      demoted: function () { tell({ type: "demoted" }); }
    });

    function admit(tab) {
      tab.waits = false;
      tab.joined = true;
      tab.covered = state !== "none";
      tab.post({ type: "joined", number: tab.number });
    }

    function admit_all() {
      clearTimeout(opener_timer);
      opener = null;
      tabs.slice().forEach(function (tab) { if (tab.waits) { admit(tab); } });
    }

    function forget(tab) {
      tab.joined = tab.started = tab.waits = tab.covered = false;
      tab.user = null;
    }

    /** The tab wants no news any more; the last one turns off the light. */
    function leave(tab) {
      forget(tab);
      if (opener === tab) { admit_all(); }
      if (!tabs.some(function (one) { return one.joined || one.waits; })) {
        transport.stop();
        closed("none");
        user = null;
      }
    }

    function join(tab, told) {
      forget(tab);
      tab.number = told.number;
      tab.waits = true;
      if (told.polls) { transport.polls(); }
      if (state !== "none") {
        admit(tab);
      } else if (!opener) {
        opener = tab;
        opener_timer = setTimeout(admit_all, limits.opener_ms);
        admit(tab);
      }
    }

    function open(tab, cursor) {
      tabs.forEach(function (one) { one.covered = one === tab; });
      user = tab.user;
      origin = cursor;
      closed("none");
      state = "running";
      transport.start(cursor);
      admit_all();
    }

    function start(tab, told) {
      // Taken for gone between joining and its snapshot: it starts over.
      if (!tab.joined) { return tab.post({ type: "reset" }); }
      if (user !== null && told.user !== user) { expel(); }
      tab.user = told.user;
      tab.started = true;
      if (state === "none") {
        open(tab, told.cursor);
      } else if (state === "over") {
        resume(tab);
      } else if (!tab.covered && told.cursor !== origin && told.cursor !== transport.cursor()) {
        tab.post({ type: "reset" });
        return;
      }
      show(tab);
      if (standing.entry()) { tab.post({ type: "entry", entry: standing.entry(), user: user }); }
    }

    function resume(tab) {
      if (!is_ours(tab)) { return; }
      if (state === "over") {
        state = "running";
        transport.resume();
      }
      show(tab);
    }

    function remove(tab) {
      tabs = tabs.filter(function (one) { return one !== tab; });
      leave(tab);
      if (tabs.length) { return; }
      clearTimeout(sweep_timer);
      sweep_timer = null;
    }

    /** A tab that was frozen or killed says no goodbye: ask, and stop writing to who never answers. */
    function sweep() {
      sweep_timer = setTimeout(sweep, limits.tab_ping_ms);
      tabs.slice().forEach(function (tab) {
        tab.unanswered += 1;
        if (silence(tab) < limits.tab_gone_ms) { return tab.post({ type: "ping" }); }
        tab.post({ type: "reset" });
        remove(tab);
      });
      elect();
    }

    var words = {
      hello: show,
      join: join,
      start: start,
      stop: leave,
      resume: resume,
      look: function (tab, told) { if (told.visible) { tab.looked = turn += 1; } },
      wake: function () { transport.wake(); },
      network: function (tab, told) { transport.network(told.there); },
      pong: function () { return; },
      bye: remove
    };

    return {
      /** A tab: `post(told)` reaches it; what comes back is what it says. */
      connect: function (post) {
        var tab = {
          post: post, number: 0, user: null, unanswered: 0, looked: 0,
          joined: false, started: false, waits: false, covered: false
        };
        return function (told) {
          if (!words[told.type]) { return; }
          tab.unanswered = 0;
          // Also one that was given up, or came back from the browser's page cache.
          if (tabs.indexOf(tab) < 0 && told.type !== "bye") { tabs.push(tab); }
          if (sweep_timer === null) { sweep_timer = setTimeout(sweep, limits.tab_ping_ms); }
          words[told.type](tab, told);
          elect();
        };
      }
    };
  }

  return hub;
}());
