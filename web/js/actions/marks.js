// What one does to messages that are there: react, take back, report. The
// feed tells what came of it; only a no is told here.
var chat = chat || {};

chat.marks = (function () {
  "use strict";

  /** @param {{store: Object, api: Object, announce: Object}} app */
  function marks(app) {
    function notice(problem) { app.store.dispatch({ type: "notice", notice: problem }); }

    /** Perhaps done, perhaps not: the same client id makes asking again safe. */
    function post(conversation, kind, body) {
      var draft = { kind: kind, body: body, client_id: chat.id() };
      var me = app.store.state().me;
      var failures = 0;
      function go() {
        var now = app.store.state().me;
        if (!now || now.id !== me.id) { return; } // it was somebody else's
        app.api.post(conversation, draft, function (problem) {
          if (!problem) { return; }
          if (!chat.http.passing(problem) || failures >= 3) { return notice(problem); }
          setTimeout(go, Math.max(chat.backoff(failures), problem.retry_ms));
          failures += 1;
        });
      }
      go();
    }

    return {
      react: function (conversation, seq, emoji, on) {
        post(conversation, "reaction", { seq: seq, emoji: emoji, on: on });
      },
      recall: function (conversation, seq) { post(conversation, "recall", { seq: seq }); },
      report: function (conversation, seq, reason, done) {
        app.api.report({ conversation: conversation, seq: seq, reason: reason }, done);
      },
      copy: function (text) {
        chat.copy(text, function (done) { app.announce.say(chat.i18n.t(done ? "message.copied" : "message.not_copied")); });
      },
      reply: function (conversation, seq) { app.store.dispatch({ type: "reply", id: conversation, value: seq }); },
      /** One's own words, taken back, into the field again. */
      edit: function (conversation, text) {
        app.store.dispatch({ type: "redraft", redraft: { conversation: conversation, text: text, stamp: Date.now() } });
      }
    };
  }

  return marks;
}());
