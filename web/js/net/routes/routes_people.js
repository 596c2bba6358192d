// People: profiles, friends and their folders, blocks, one's own account.
var chat = chat || {};

chat.routes_people = (function () {
  "use strict";

  function routes_people(call, part) {
    return {
      find_people: function (query, done) { call("GET", "/api/users?query=" + part(query), null, done); },

      ask_friend: function (user, note, done) { call("POST", "/api/friends", { user: user, note: note }, done); },
      answer_friend: function (user, accept, done) { call("PUT", "/api/friends/" + part(user), { accept: accept }, done); },
      /** `change`: { remark?, folder? } */
      change_friend: function (user, change, done) { call("PATCH", "/api/friends/" + part(user), change, done); },
      remove_friend: function (user, done) { call("DELETE", "/api/friends/" + part(user), null, done); },
      make_folder: function (name, done) { call("POST", "/api/friend-folders", { name: name }, done); },
      change_folder: function (id, change, done) { call("PATCH", "/api/friend-folders/" + part(id), change, done); },
      remove_folder: function (id, done) { call("DELETE", "/api/friend-folders/" + part(id), null, done); },
      blocks: function (done) { call("GET", "/api/blocks", null, done); },
      block: function (user, done) { call("PUT", "/api/blocks/" + part(user), null, done); },
      unblock: function (user, done) { call("DELETE", "/api/blocks/" + part(user), null, done); },

      /** `change`: { name?, signature?, status?, read_receipts? } */
      change_me: function (change, done) { call("PATCH", "/api/me", change, done); },
      /** `on`: { progress, done } as of lib/upload.js; a 401 is an answer like any other here. */
      set_face: function (file, on) { return call.upload("PUT", "/api/me/avatar", file, on); },
      remove_face: function (done) { call("DELETE", "/api/me/avatar", null, done); },
      devices: function (done) { call("GET", "/api/sessions", null, done); },
      revoke: function (session, done) { call("DELETE", "/api/sessions/" + part(session), null, done); },
      revoke_others: function (done) { call("DELETE", "/api/sessions", null, done); },
      // A wrong password is 401 or 403 here and no end of the session.
      change_password: function (form, done) { chat.http("PUT", "/api/me/password", form, done); },
      delete_me: function (password, done) { chat.http("DELETE", "/api/me", { password: password }, done); }
    };
  }

  return routes_people;
}());
