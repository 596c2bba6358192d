// Pages of history for the open conversation.
var chat = chat || {};

chat.history = (function () {
  "use strict";

  /** @param {{store: Object, api: Object}} app */
  function history(app) {
    function load(id, query) {
      app.store.dispatch({ type: "loading", conversation: id });
      app.api.history(id, query, function (problem, answer) {
        if (problem) {
          app.store.dispatch({ type: "not_loaded", conversation: id, problem: problem });
        } else {
          app.store.dispatch({ type: "page", conversation: id, messages: answer.messages });
        }
      });
    }

    function newest(id) {
      load(id, "limit=" + chat.limits.page_messages);
    }

    return {
      newest: newest,
      older: function (id) {
        var one = app.store.state().conversations[id];
        if (!one || one.loading || !one.older) { return; }
        load(id, "limit=" + chat.limits.page_messages + "&before=" + one.oldest);
      },
      /** Effect: whatever is open has its newest page. */
      follow: function (before, after) {
        var one = after.conversations[after.open];
        if (one && !one.loaded && !one.loading && !one.trouble) { newest(one.id); }
      }
    };
  }

  return history;
}());
