// Groups: what they are, who is in them, how one comes in.
var chat = chat || {};

chat.routes_groups = (function () {
  "use strict";

  function routes_groups(call, part) {
    function group(id) {
      return "/api/groups/" + part(id);
    }

    function member(id, user) {
      return group(id) + "/members/" + part(user);
    }

    return {
      create_group: function (form, done) { call("POST", "/api/groups", form, done); },
      find_groups: function (query, done) { call("GET", "/api/groups?query=" + part(query), null, done); },
      change_group: function (id, change, done) { call("PATCH", group(id), change, done); },
      dissolve_group: function (id, done) { call("DELETE", group(id), null, done); },

      /** `form`: {}, or { note } where people are let in */
      join_group: function (id, form, done) { call("POST", group(id) + "/members", form, done); },
      invite: function (id, user, done) { call("POST", group(id) + "/members", { user: user }, done); },
      /** `change`: exactly one of { role }, { muted_seconds }, { card } */
      change_member: function (id, user, change, done) { call("PATCH", member(id, user), change, done); },
      remove_member: function (id, user, ban, done) { call("DELETE", member(id, user) + (ban ? "?ban=true" : ""), null, done); },

      answer_join: function (id, user, accept, done) {
        call("PUT", group(id) + "/requests/" + part(user), { accept: accept }, done);
      },
      withdraw_join: function (id, user, done) { call("DELETE", group(id) + "/requests/" + part(user), null, done); },
      unban: function (id, user, done) { call("DELETE", group(id) + "/bans/" + part(user), null, done); },
      make_link: function (id, form, done) { call("POST", group(id) + "/links", form, done); },
      end_link: function (id, link, done) { call("DELETE", group(id) + "/links/" + part(link), null, done); },
      use_link: function (code, done) { call("POST", "/api/links/" + part(code), null, done); },
      make_hook: function (id, form, done) { call("POST", group(id) + "/hooks", form, done); },
      end_hook: function (id, hook, done) { call("DELETE", group(id) + "/hooks/" + part(hook), null, done); }
    };
  }

  return routes_groups;
}());
