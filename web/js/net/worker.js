// What the shared worker runs: the one connection of all tabs of this browser.
// The list of its scripts is here, in the order of need; a release joins them.
var chat = chat || {};

self.importScripts(
  "/js/lib/limits.js", "/js/lib/change.js", "/js/lib/http.js", "/js/lib/backoff.js",
  "/js/net/link_stream.js", "/js/net/link_poll.js", "/js/net/transport.js",
  "/js/net/probe.js", "/js/net/standing.js", "/js/net/hub.js"
);

chat.worker = (function () {
  "use strict";

  var hub = chat.hub();

  self.onconnect = function (event) {
    var port = event.ports[0];
    var take = hub.connect(function (told) { port.postMessage(told); });
    port.onmessage = function (said) { take(said.data); };
    // Where a browser tells of the end of a port, nobody has to guess.
    port.onclose = function () { take({ type: "bye" }); };
  };

  return hub;
}());
