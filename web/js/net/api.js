// Requests to the server. The routes stand in net/routes/, one file per room; a
// 401 anywhere but at the door means that the session is gone: then the request
// waits (net/calls.js).
var chat = chat || {};

chat.api = (function () {
  "use strict";

  function part(text) {
    return encodeURIComponent(text);
  }

  function api(unauthorized) {
    var calls = chat.calls(unauthorized);
    // Signed in again: what waited is asked again. Or never will be.
    /** @type {Object} */
    var found = { resume: calls.resume, forget: calls.forget };
    [
      chat.routes_door, chat.routes_chat, chat.routes_groups, chat.routes_people, chat.routes_bots, chat.routes_admin
    ].forEach(function (routes) {
      found = chat.change(found, routes(calls.call, part));
    });
    return /** @type {?} */ (found);
  }

  return api;
}());
