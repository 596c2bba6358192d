// One's own bots; and the pictures of groups, which are no JSON.
var chat = chat || {};

chat.routes_bots = (function () {
  "use strict";

  function routes_bots(call, part) {
    function avatar(id) { return "/api/groups/" + part(id) + "/avatar"; }

    return {
      make_bot: function (form, done) { call("POST", "/api/bots", form, done); },
      remove_bot: function (id, done) { call("DELETE", "/api/bots/" + part(id), null, done); },
      /** Another token; the one before is good no more. */
      renew_bot: function (id, done) { call("POST", "/api/bots/" + part(id) + "/token", null, done); },

      /** `picture`: a file, or null for none any more */
      set_group_avatar: function (id, picture, done) {
        if (!picture) { return call("DELETE", avatar(id), null, done); }
        call.upload("PUT", avatar(id), picture, { done: done });
      }
    };
  }

  return routes_bots;
}());
