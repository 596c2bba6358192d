// Requests to the server. The routes stand in net/routes/, one file per room, and
// js/more.js adds those of rooms that come later; a 401 anywhere but at the door
// means that the session is gone: then the request waits (net/calls.js).
var chat = chat || {};

chat.api = (function () {
  "use strict";

  function part(text) {
    return encodeURIComponent(text);
  }

  function api(unauthorized) {
    var calls = chat.calls(unauthorized);
    /** @type {?} requests by name */
    var found = {
      // Signed in again: what waited is asked again. Or never will be.
      resume: calls.resume, forget: calls.forget,
      /** @param {Array<Function>} rooms whose requests can be made from now on */
      add: function (rooms) {
        rooms.forEach(function (routes) {
          var requests = routes(calls.call, part);
          Object.keys(requests).forEach(function (name) { found[name] = requests[name]; });
        });
      }
    };
    found.add([chat.routes_door, chat.routes_chat, chat.routes_around]);
    return found;
  }

  return api;
}());
