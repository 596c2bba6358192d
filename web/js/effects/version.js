// A page that is open for weeks outlives its scripts. The server says nothing of
// versions; but the page lists its scripts, and in a release their names change
// with what is in them. Looked at again after each reconnect: that is when a
// server has been replaced.
var chat = chat || {};

chat.version = (function () {
  "use strict";

  /** What the page's text wants loaded. */
  function listed(html) {
    var found = [];
    html.replace(/<(?:script|link rel="stylesheet")[^>]*? (?:src|href)="([^"]+)"/g, function (all, url) {
      found.push(url);
      return all;
    });
    return found;
  }

  /** Does the page's text name a script or style that this page was not made of? */
  function newer(html, loaded) {
    return listed(html).some(function (url) { return loaded.indexOf(url) < 0; });
  }

  function loaded_here() {
    var found = [];
    Array.prototype.forEach.call(document.querySelectorAll("script[src], link[rel=stylesheet]"), function (one) {
      found.push(one.getAttribute("src") || one.getAttribute("href"));
    });
    return found;
  }

  /** @param {{store: Object}} app */
  function version(app) {
    var asked_at = 0;
    var was_online = false;

    function ask() {
      var request = new XMLHttpRequest();
      request.open("GET", "/?_=" + Date.now(), true);
      request.timeout = chat.limits.request_ms;
      request.onload = function () {
        if (request.status === 200 && newer(request.responseText, loaded_here())) {
          app.store.dispatch({ type: "newer", newer: true });
        }
      };
      request.send();
    }

    return { follow: function (before, after) {
      if (before.link.state === after.link.state || after.link.state !== "online") { return; }
      // The first time the page is as fresh as can be.
      var due = was_online && Math.abs(Date.now() - asked_at) > chat.limits.version_every_ms;
      was_online = true;
      if (!due || after.newer) { return; }
      asked_at = Date.now();
      ask();
    } };
  }

  version.newer = newer;

  return version;
}());
