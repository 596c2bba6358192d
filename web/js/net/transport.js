// One feed over two links. Whatever carries it, what comes out is the same:
// entries in order, each with the cursor it leads to, across any number of
// connections. The rules of applying them are not here (state/rule.js).
var chat = chat || {};

chat.transport = (function () {
  "use strict";

  // So many attempts fit into a restart (about half a minute); beyond, something else is wrong.
  var RESTART_TRIES = 5;

  // The wall clock may jump; silence is measured on one that does not.
  function now() {
    return self.performance && self.performance.now ? self.performance.now() : Date.now();
  }

  function trouble(code) {
    return { status: 0, code: code, detail: "", retry_ms: 0 };
  }

  /**
   * @param {{entry: Function, reset: Function, state: Function, probe: Function,
   *   signed_out: Function, stranger: Function, demoted: Function}} on
   *   entry(entry); reset(): all that is held is void, start again from a fresh
   *   snapshot; state({ state, route, reason, retry_ms }); probe(done): how is the
   *   session (net/probe.js)? signed_out(): it is over, resume() goes on after
   *   the next; stranger(): it is somebody else's; demoted(): streams are held
   *   back on this way.
   */
  function transport(on) {
    var limits = chat.limits;
    var poll_only = false;
    var breathing = false;
    var link = null;
    var state = "stopped"; // stopped | connecting | online | waiting | superseded
    var over = false; // stopped because the session ended
    var reason = ""; // why there is no link, until there is one
    var cursor = "";
    var failures = 0;
    var opened_at = 0;
    var heard_at = 0;
    var timers = { hello: 0, silence: 0, retry: 0 };
    // Answers to a probe made for an earlier life are dropped by this number.
    var life = 0;

    function route() {
      return self.EventSource && !poll_only && !breathing ? "stream" : "poll";
    }

    function become(name, retry_ms) {
      state = name;
      if (name === "online" || name === "stopped") { reason = ""; }
      on.state({ state: name, route: route(), reason: reason, retry_ms: retry_ms || 0 });
    }

    function close() {
      Object.keys(timers).forEach(function (name) { clearTimeout(timers[name]); });
      life += 1;
      if (link) { link.close(); }
      link = null;
    }

    function heard() {
      heard_at = now();
      clearTimeout(timers.silence);
      // Between two breaths there is nothing to hear; each has its own limit.
      if (!breathing) { timers.silence = setTimeout(silent, limits.silence_ms); }
    }

    function silent() {
      lost(trouble("silence"));
    }

    function open() {
      close();
      become("connecting");
      opened_at = now();
      heard();
      if (route() === "stream") {
        timers.hello = setTimeout(demote, limits.hello_ms);
        link = chat.link_stream(cursor, { entry: entry, lost: lost });
      } else {
        link = chat.link_poll(cursor, { entry: entry, cursor: advance, lost: lost },
          breathing ? limits.breathe_ms : 0);
      }
    }

    function demote() {
      poll_only = true;
      on.demoted();
      open();
    }

    function advance(to) {
      heard();
      if (to) { cursor = to; }
    }

    function reopen_in(wait) {
      clearTimeout(timers.retry);
      timers.retry = setTimeout(open, wait);
      become("waiting", wait);
    }

    function reopen_later(why, at_least_ms) {
      var wait = Math.max(chat.backoff(failures), at_least_ms || 0);
      failures += 1;
      close();
      // A server that said it would restart is not there for a while: that is no other reason.
      if (reason !== "draining" || failures > RESTART_TRIES) { reason = why; }
      reopen_in(wait);
    }

    function probe(otherwise) {
      var mine = life;
      on.probe(function (verdict) {
        if (mine !== life) { return; }
        if (verdict === "over" || verdict === "other") {
          stop();
          over = verdict === "over";
          if (over) { on.signed_out(); } else { on.stranger(); }
        } else if (otherwise) {
          otherwise(verdict);
        }
      });
    }

    function lost(problem) {
      if (state === "online" && now() - opened_at > limits.healthy_ms) { failures = 0; }
      reopen_later(problem.code, problem.retry_ms);
      // A stream cannot say why it ended, and a 401 may be an older session's:
      // a request made now can tell.
      probe();
    }

    function bye(why) {
      if (why === "signed_out") {
        lost(trouble(why));
      } else if (why === "superseded") {
        close();
        reason = why;
        become("superseded");
      } else {
        if (now() - opened_at > limits.healthy_ms) { failures = 0; }
        reopen_later(why);
      }
    }

    function entry(told, to) {
      clearTimeout(timers.hello);
      if (told.type === "reset") {
        stop();
        on.reset();
      } else if (told.type === "bye") {
        advance(to);
        bye(told.reason);
      } else if (told.type === "hello") {
        advance(to || told.cursor);
        become("online");
      } else {
        // hello alone proves little: a dying server says it, too.
        if (told.type === "message" || told.type === "heartbeat") { failures = 0; }
        on.entry(told);
        advance(to);
      }
    }

    function stop() {
      close();
      over = false;
      become("stopped");
    }

    return {
      start: function (from) {
        cursor = from;
        failures = 0;
        over = false;
        open();
      },
      stop: stop,
      /** After signing in again: on from where the old session ended. */
      resume: function () {
        if (!over) { return; }
        over = false;
        failures = 0;
        open();
      },
      cursor: function () { return cursor; },
      /** No streams from now on: this way does not carry them. */
      polls: function () { poll_only = true; },
      breathe: function (wanted) {
        if (breathing === wanted) { return; }
        breathing = wanted;
        if (state === "online" || state === "connecting") { open(); }
      },
      /** The tab is looked at again, or somebody pressed "try now". */
      wake: function () {
        if (state === "superseded" || state === "waiting") { open(); }
        if (state === "online" && !breathing && now() - heard_at > limits.silence_ms) { silent(); }
      },
      /** The browser's word about the network. It may be wrong: so it only asks sooner. */
      network: function (there) {
        // Soon, but not all clients in the same instant.
        if (there && state === "waiting") { reopen_in(Math.floor(Math.random() * 1000)); }
        if (!there && state === "online") {
          probe(function (verdict) { if (verdict === "unreachable") { lost(trouble("network")); } });
        }
      }
    };
  }

  return transport;
}());
