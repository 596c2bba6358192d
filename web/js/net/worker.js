// The shared worker: one connection for all tabs of this browser. Where files are
// served as they are, it reads what it needs one by one, in the order of need. A
// release gives it the script of the page, which the browser has already: all is in
// it, and nothing of the page begins there (js/main.js).
var chat = chat || {};

if (!chat.hub) {
  self.importScripts(
    "/js/lib/limits.js", "/js/lib/change.js", "/js/lib/http.js", "/js/lib/backoff.js",
    "/js/net/link_stream.js", "/js/net/link_poll.js", "/js/net/transport.js",
    "/js/net/probe.js", "/js/net/standing.js", "/js/net/hub.js"
  );
}

chat.worker = (function () {
  "use strict";

  /** Is this the worker, and not a page? */
  function worker() { return !self.document; }

  /** Takes the tabs that come from now on. */
  function listen(hub) {
    self.onconnect = function (event) {
      var port = event.ports[0];
      var take = hub.connect(function (told) { port.postMessage(told); });
      port.onmessage = function (said) { take(said.data); };
      // Where a browser tells of the end of a port, nobody has to guess.
      port.onclose = function () { take({ type: "bye" }); };
    };
  }

  if (worker()) { listen(chat.hub()); }
  return worker;
}());
