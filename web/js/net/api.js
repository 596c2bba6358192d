// Every route the page uses, on one screen. A 401 anywhere but at the door means
// that the session is gone; then `signed_out` is told and nobody else.
var chat = chat || {};

chat.api = (function () {
  "use strict";

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

    function part(text) {
      return encodeURIComponent(text);
    }

    function conversation(id) {
      return "/api/conversations/" + part(id);
    }

    function group(id) {
      return "/api/groups/" + part(id);
    }

    return {
      // At the door: here 401 is an answer like any other.
      sign_up: function (form, done) { chat.http("POST", "/api/users", form, done); },
      sign_in: function (form, done) { chat.http("POST", "/api/sessions", form, done); },
      sign_out: function (done) { chat.http("DELETE", "/api/sessions/current", null, done); },
      me: function (done) { chat.http("GET", "/api/me", null, done); },

      sync: function (done) { call("GET", "/api/sync", null, done); },

      /** `query`: "limit=50&before=17" */
      history: function (id, query, done) { call("GET", conversation(id) + "/messages?" + query, null, done); },
      post: function (id, draft, done) { call("POST", conversation(id) + "/messages", draft, done); },
      read: function (id, seq, done) { call("PUT", conversation(id) + "/read", { seq: seq }, done); },
      typing: function (id, done) { call("POST", conversation(id) + "/typing", null, done); },
      direct: function (user, done) { call("GET", conversation("direct") + "/" + part(user), null, done); },

      create_group: function (form, done) { call("POST", "/api/groups", form, done); },
      find_groups: function (query, done) { call("GET", "/api/groups?query=" + part(query), null, done); },
      group: function (id, done) { call("GET", group(id), null, done); },
      members: function (id, done) { call("GET", group(id) + "/members", null, done); },
      join_group: function (id, done) { call("POST", group(id) + "/members", {}, done); },
      leave_group: function (id, me, done) { call("DELETE", group(id) + "/members/" + part(me), null, done); }
    };
  }

  return api;
}());
