// For the people who run the server.
var chat = chat || {};

chat.routes_admin = (function () {
  "use strict";

  function routes_admin(call, part) {
    function at(room, id) {
      return "/api/admin/" + room + (id ? "/" + part(id) : "");
    }

    return {
      /** `room`: users, groups, reports, invitations or audit; `query`: "query=…&after=…" */
      admin_list: function (room, query, done) { return call("GET", at(room) + (query ? "?" + query : ""), null, done); },
      /** `change`: exactly one of { disabled }, { administrator } */
      admin_user: function (user, change, done) { call("PATCH", at("users", user), change, done); },
      admin_password: function (user, done) { call("POST", at("users", user) + "/password", {}, done); },
      admin_limit: function (group, limit, done) { call("PATCH", at("groups", group), { member_limit: limit }, done); },
      admin_dissolve: function (group, done) { call("DELETE", at("groups", group), null, done); },
      /** `form`: { uses?, days?, note? } */
      admin_invite: function (form, done) { call("POST", at("invitations"), form, done); },
      admin_uninvite: function (invitation, done) { call("DELETE", at("invitations", invitation), null, done); },
      /** `verdict`: { state, note? } */
      admin_judge: function (report, verdict, done) { call("POST", at("reports", report), verdict, done); },
      admin_figures: function (done) { return call("GET", at("figures"), null, done); }
    };
  }

  return routes_admin;
}());
