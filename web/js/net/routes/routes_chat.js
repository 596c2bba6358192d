// The snapshot, and everything of one conversation.
var chat = chat || {};

chat.routes_chat = (function () {
  "use strict";

  function routes_chat(call, part) {
    function conversation(id) {
      return "/api/conversations/" + part(id);
    }

    return {
      sync: function (done) { call("GET", "/api/sync", null, done); },
      /** `query`: "limit=50&before=17" */
      history: function (id, query, done) { call("GET", conversation(id) + "/messages?" + query, null, done); },
      message: function (id, seq, done) { call("GET", conversation(id) + "/messages/" + seq, null, done); },
      post: function (id, draft, done) { call("POST", conversation(id) + "/messages", draft, done); },
      read: function (id, seq, done) { call("PUT", conversation(id) + "/read", { seq: seq }, done); },
      typing: function (id, done) { call("POST", conversation(id) + "/typing", null, done); },
      direct: function (user, done) { call("GET", conversation("direct") + "/" + part(user), null, done); },
      /** `change`: { pinned?, muted?, hidden? } */
      set_conversation: function (id, change, done) { call("PATCH", conversation(id), change, done); },
      kinds: function (done) { call("GET", "/api/kinds", null, done); },
      /** `query`: "query=…&conversation=…&before=…" */
      search: function (query, done) { return call("GET", "/api/search?" + query, null, done); }
    };
  }

  return routes_chat;
}());
