// One connection of the event stream. A native EventSource gives up for good on
// an error status, reopens without jitter and with its first address; so the
// first error ends this link, and the transport opens another.
var chat = chat || {};

chat.link_stream = (function () {
  "use strict";

  /**
   * @param {string} cursor
   * @param {{entry: Function, lost: Function}} on entry(entry, cursor or ""), lost(problem)
   */
  function link_stream(cursor, on) {
    var source = new self.EventSource("/api/stream?cursor=" + encodeURIComponent(cursor));

    source.onmessage = function (event) {
      var entry;
      try { entry = JSON.parse(event.data); } catch (broken) {
        on.lost({ status: 0, code: "broken", detail: "", retry_ms: 0 });
        return;
      }
      on.entry(entry, event.lastEventId);
    };

    source.onerror = function () {
      on.lost({ status: 0, code: "network", detail: "", retry_ms: 0 });
    };

    return { close: function () {
      source.onmessage = source.onerror = null;
      source.close();
    } };
  }

  return link_stream;
}());
