// The feed as a tab sees it: from the worker that holds one connection for all
// tabs of the browser; where there is none, from a connection of its own. Join
// first, read the snapshot second: what comes in between is kept.
var chat = chat || {};

chat.tabs = (function () {
  "use strict";

  var POLL_ONLY = "webqq.poll_only";

  function polls() {
    try { return !self.EventSource || chat.boot.storage("sessionStorage").getItem(POLL_ONLY) === "1"; } catch (refused) { return false; }
  }

  function remember() {
    try { chat.boot.storage("sessionStorage").setItem(POLL_ONLY, "1"); } catch (refused) { return; }
  }

  /**
   * @param {{entry: Function, reset: Function, state: Function, probe: Function,
   *   signed_out: Function, stranger: Function, voice: Function}} on
   *   as of net/transport.js; voice(is): is this the tab that makes the sounds?
   * @param {string|null} worker address of the worker's script
   */
  function tabs(on, worker) {
    var limits = chat.limits;
    var port = null; // to the worker
    var own = null; // the connection of this tab, where there is no worker
    var number = 0; // of the last join: an answer to an earlier one is none
    var ready = null; // runs once this tab has joined
    var early = null; // news that came before the snapshot they follow
    var user = null; // whose feed was started
    var watch_timer = null;
    var breathe_timer = null;
    var visible = true;

    function post(told) { port.postMessage(told); }

    function deliver(told) {
      // Between two users of this browser the worker may still bring the first one's.
      if (user !== null && told.user === user) { on.entry(told.entry); }
    }

    var words = {
      ping: function () { post({ type: "pong" }); },
      state: function (told) { on.state(told.link); },
      joined: function (told) {
        var go = ready;
        if (!go || told.number !== number) { return; }
        ready = null;
        go();
      },
      entry: function (told) {
        if (!early) {
          deliver(told);
        } else if (early.length <= limits.early_entries) {
          early.push(told);
        }
      },
      reset: function () { if (user !== null) { on.reset(); } },
      signed_out: function () { on.signed_out(); },
      stranger: function () { on.stranger(); },
      demoted: remember,
      voice: function (told) { on.voice(told.voice); }
    };

    function watch(ms, then) {
      clearTimeout(watch_timer);
      watch_timer = setTimeout(then, ms);
    }

    /** A worker that was killed says nothing, not even that. Timers of a tab that slept lie: ask once. */
    function doubt() {
      post({ type: "hello" });
      watch(limits.worker_ms, alone);
    }

    function heard(event) {
      watch(limits.silence_ms, doubt);
      if (Object.prototype.hasOwnProperty.call(words, event.data.type)) { words[event.data.type](event.data); }
    }

    /** No worker: each tab for itself. */
    function alone() {
      var go = ready;
      if (own) { return; }
      clearTimeout(watch_timer);
      if (port) {
        post({ type: "bye" });
        port.onmessage = null;
        port = null;
      }
      own = chat.transport({
        entry: on.entry, reset: on.reset, state: on.state, probe: on.probe, signed_out: on.signed_out,
        stranger: on.stranger, demoted: remember
      });
      if (polls()) { own.polls(); }
      own.breathe(!visible);
      on.voice(true);
      ready = early = null;
      if (go) { go(); } else if (user !== null) { on.reset(); }
    }

    function connect() {
      var shared;
      if (!self.SharedWorker || !worker) { return alone(); }
      try { shared = new self.SharedWorker(worker); } catch (refused) { return alone(); }
      shared.onerror = alone;
      port = shared.port;
      port.onmessage = heard;
      doubt();
    }

    connect();

    return {
      /** `then` runs once nothing after a snapshot asked for from now on can be missed. */
      join: function (then) {
        if (own) { return then(); }
        number += 1;
        ready = then;
        early = [];
        post({ type: "join", number: number, polls: polls() });
      },
      /** The snapshot is in: the feed from there. */
      start: function (cursor, whose) {
        var kept = early || [];
        user = whose;
        early = null;
        if (own) { return own.start(cursor); }
        post({ type: "start", cursor: cursor, user: whose });
        // Too much to be kept: what is missing now would be missing for ever.
        if (kept.length > limits.early_entries) { return on.reset(); }
        kept.forEach(deliver);
      },
      stop: function () {
        ready = early = user = null;
        if (own) { own.stop(); } else { post({ type: "stop" }); }
      },
      resume: function () {
        if (own) { own.resume(); } else { post({ type: "resume" }); }
      },
      wake: function () {
        if (own) { own.wake(); } else { post({ type: "wake" }); }
      },
      network: function (there) {
        if (own) { own.network(there); } else { post({ type: "network", there: there }); }
      },
      look: function (seen) {
        visible = seen;
        clearTimeout(breathe_timer);
        if (port) { post({ type: "look", visible: seen }); }
        if (own && seen) { own.breathe(false); }
        // Six tabs that each hold a connection open leave none for anything else.
        breathe_timer = seen ? null : setTimeout(function () { if (own) { own.breathe(!visible); } }, limits.breathe_after_ms);
      },
      /** The page goes, perhaps into the browser's page cache. */
      leave: function () { if (port) { post({ type: "bye" }); } },
      /** It came back from there: whatever was said meanwhile was not said to us. */
      back: function () { if (port && user !== null) { on.reset(); } },
      alone: function () { return Boolean(own); }
    };
  }

  return tabs;
}());
