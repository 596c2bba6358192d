// Coming in and going out. Here 401 is an answer like any other.
var chat = chat || {};

chat.routes_door = (function () {
  "use strict";

  function routes_door() {
    return {
      sign_up: function (form, done) { chat.http("POST", "/api/users", form, done); },
      sign_in: function (form, done) { chat.http("POST", "/api/sessions", form, done); },
      sign_out: function (done) { chat.http("DELETE", "/api/sessions/current", null, done); },
      me: function (done) { chat.http("GET", "/api/me", null, done); }
    };
  }

  return routes_door;
}());
