// The same feed by long-poll, for browsers without EventSource and for paths
// that hold a stream back. The cursor of the next request acknowledges.
var chat = chat || {};

chat.link_poll = (function () {
  "use strict";

  /**
   * @param {string} cursor
   * @param {{entry: Function, cursor: Function, lost: Function}} on
   *   entry(entry, ""), then cursor(cursor) once the whole answer was taken
   * @param {number} [breath_ms] ask at once for what there is, and rest so long
   *   in between, instead of holding a request open
   */
  function link_poll(cursor, on, breath_ms) {
    var closed = false;
    var first = true;
    var request = null;
    var pause = null;

    function answered(problem, answer) {
      var i;
      if (closed) { return; }
      if (problem || !answer || !answer.events) {
        on.lost(problem || { status: 0, code: "broken", detail: "", retry_ms: 0 });
        return;
      }
      if (first) {
        first = false;
        on.entry({ type: "hello", resumed: true }, "");
      }
      // An entry may end this link (reset, bye): then the rest is not ours.
      for (i = 0; i < answer.events.length && !closed; i += 1) { on.entry(answer.events[i], ""); }
      if (closed) { return; }
      cursor = answer.cursor;
      on.cursor(cursor);
      // A full answer has more behind it: no rest yet.
      pause = setTimeout(ask, breath_ms && !answer.events.length ? breath_ms : chat.limits.poll_pause_ms);
    }

    function ask() {
      // The first answer comes at once: it tells that this way is open.
      var wait = first || breath_ms ? 0 : chat.limits.poll_wait_s;
      request = chat.http("GET", "/api/poll?cursor=" + encodeURIComponent(cursor) + "&wait=" + wait +
        "&_=" + Date.now(), null, answered, chat.limits.silence_ms);
    }

    ask();

    return { close: function () {
      closed = true;
      clearTimeout(pause);
      if (request) { request.abort(); }
    } };
  }

  return link_poll;
}());
