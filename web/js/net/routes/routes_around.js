// What is read of groups and people to show them; and what one does without a
// dialogue that comes later.
var chat = chat || {};

chat.routes_around = (function () {
  "use strict";

  function routes_around(call, part) {
    function group(id) {
      return "/api/groups/" + part(id);
    }

    return {
      group: function (id, done) { call("GET", group(id), null, done); },
      members: function (id, done) { call("GET", group(id) + "/members", null, done); },
      leave_group: function (id, me, done) { call("DELETE", group(id) + "/members/" + part(me), null, done); },

      // Lists that are read while somebody looks at them (actions/looked_at.js).
      join_requests: function (id, done) { call("GET", group(id) + "/requests", null, done); },
      bans: function (id, done) { call("GET", group(id) + "/bans", null, done); },
      links: function (id, done) { call("GET", group(id) + "/links", null, done); },
      hooks: function (id, done) { call("GET", group(id) + "/hooks", null, done); },
      bots: function (done) { call("GET", "/api/bots", null, done); },

      /** `ids`: at most 100 */
      people: function (ids, done) { call("GET", "/api/users?ids=" + ids.map(part).join(","), null, done); },
      person: function (id, done) { call("GET", "/api/users/" + part(id), null, done); },
      friends: function (done) { call("GET", "/api/friends", null, done); },
      /** `form`: { conversation, seq, reason } */
      report: function (form, done) { call("POST", "/api/reports", form, done); }
    };
  }

  return routes_around;
}());
