// "I am typing": told seldom, and only while the text changes.
var chat = chat || {};

chat.typing = (function () {
  "use strict";

  /** @param {{store: Object, api: Object}} app */
  function typing(app) {
    var told_at = {}; // by conversation

    return {
      typed: function (conversation, text) {
        var now = Date.now();
        app.store.dispatch({ type: "draft", id: conversation, value: text });
        if (!text || Math.abs(now - (told_at[conversation] || 0)) < chat.limits.typing_every_ms) { return; }
        told_at[conversation] = now;
        // Best effort: an unanswered or refused signal is nobody's problem.
        app.api.typing(conversation, function () { return; });
      },
      sent: function (conversation) {
        app.store.dispatch({ type: "draft", id: conversation, value: "" });
      }
    };
  }

  return typing;
}());
