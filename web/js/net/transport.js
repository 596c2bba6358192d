// One feed over two links. Whatever carries it, what comes out is the same:
// entries in order, each with the cursor it leads to, across any number of
// connections. The rules of applying them are not here (state/rule.js).
var chat = chat || {};

chat.transport = (function () {
  "use strict";

  var POLL_ONLY = "webqq.poll_only";

  function remembered() {
    try { return chat.boot.storage("sessionStorage").getItem(POLL_ONLY) === "1"; } catch (refused) { return false; }
  }

  function remember() {
    try { chat.boot.storage("sessionStorage").setItem(POLL_ONLY, "1"); } catch (refused) { return; }
  }

  // The wall clock may jump; silence is measured on one that does not.
  function now() {
    return self.performance && self.performance.now ? self.performance.now() : Date.now();
  }

  /**
   * @param {{entry: Function, reset: Function, state: Function, probe: Function,
   *   signed_out: Function}} on
   *   entry(entry); reset(): all that is held is void, start again from a fresh
   *   snapshot; state(name, route); probe(done): is the session still good?
   *   signed_out(): the server ended it.
   */
  function transport(on) {
    var limits = chat.limits;
    var poll_only = remembered();
    var link = null;
    var state = "stopped"; // stopped | connecting | online | waiting | superseded
    var cursor = "";
    var failures = 0;
    var opened_at = 0;
    var heard_at = 0;
    var timers = { hello: 0, silence: 0, retry: 0 };
    // Answers to a probe made for an earlier life are dropped by this number.
    var life = 0;

    function route() {
      return self.EventSource && !poll_only ? "stream" : "poll";
    }

    function become(name) {
      state = name;
      on.state(name, route());
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
      timers.silence = setTimeout(silent, limits.silence_ms);
    }

    function silent() {
      lost({ status: 0, code: "silence", detail: "", retry_ms: 0 });
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
        link = chat.link_poll(cursor, { entry: entry, cursor: advance, lost: lost });
      }
    }

    function demote() {
      poll_only = true;
      remember();
      open();
    }

    function advance(to) {
      heard();
      if (to) { cursor = to; }
    }

    function reopen_later(at_least_ms) {
      var wait = Math.max(chat.backoff(failures), at_least_ms || 0);
      failures += 1;
      close();
      become("waiting");
      timers.retry = setTimeout(open, wait);
    }

    function lost(problem) {
      var mine;
      if (state === "online" && now() - opened_at > limits.healthy_ms) { failures = 0; }
      if (problem.status === 401) {
        stop();
        on.signed_out();
        return;
      }
      reopen_later(problem.retry_ms);
      // A stream cannot say why it ended; an ordinary request can.
      mine = life;
      on.probe(function (good) {
        if (good || mine !== life) { return; }
        stop();
        on.signed_out();
      });
    }

    function bye(reason) {
      if (reason === "signed_out") {
        stop();
        on.signed_out();
      } else if (reason === "superseded") {
        close();
        become("superseded");
      } else {
        if (now() - opened_at > limits.healthy_ms) { failures = 0; }
        reopen_later(0);
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

    function start(from) {
      cursor = from;
      failures = 0;
      open();
    }

    function stop() {
      close();
      become("stopped");
    }

    /** The tab is looked at again, or somebody pressed "try now". */
    function wake() {
      if (state === "superseded" || state === "waiting") { open(); }
      if (state === "online" && now() - heard_at > limits.silence_ms) { silent(); }
    }

    /** The network came back: soon, but not all clients in the same instant. */
    function network_back() {
      if (state !== "waiting") { return; }
      clearTimeout(timers.retry);
      timers.retry = setTimeout(open, Math.floor(Math.random() * 1000));
    }

    return { start: start, stop: stop, wake: wake, network_back: network_back };
  }

  return transport;
}());
