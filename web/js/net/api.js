// Requests to the server. The routes stand in net/routes/, one file per room; a
// 401 anywhere but at the door means that the session is gone: then `signed_out`
// is told and nobody else.
var chat = chat || {};

chat.api = (function () {
  "use strict";

  function part(text) {
    return encodeURIComponent(text);
  }

  function api(signed_out) {
    function call(method, url, body, done) {
      return chat.http(method, url, body, function (problem, answer) {
        if (problem && problem.status === 401) {
          signed_out();
        } else {
          done(problem, answer);
        }
      });
    }

    var found = {};
    [
      chat.routes_door, chat.routes_chat, chat.routes_groups, chat.routes_people, chat.routes_bots, chat.routes_admin
    ].forEach(function (routes) {
      found = chat.change(found, routes(call, part));
    });
    return /** @type {?} */ (found);
  }

  return api;
}());
