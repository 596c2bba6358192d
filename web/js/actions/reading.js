// Tells the server how far was read: while the conversation is open in a page that
// somebody looks at, the highest seq in sight, at most once in two seconds.
var chat = chat || {};

chat.reading = (function () {
  "use strict";

  /** @param {{store: Object, api: Object}} app */
  function reading(app) {
    var timer = null;
    var told_at = 0;

    /** Up to where it is read; scrolled up, what lies below is not. */
    function reached(one) {
      return one.reading === null ? one.last : Math.min(one.reading, one.last);
    }

    function due(state) {
      var one = state.conversations[state.open];
      return Boolean(one) && state.view === "chats" && state.attentive && one.loaded && !one.left &&
        (reached(one) > one.read_seq || (reached(one) === one.last && one.unread > 0)) ? one : null;
    }

    function tell(one) {
      told_at = Date.now();
      app.api.read(one.id, reached(one), function (problem, answer) {
        if (!problem && app.store.state().phase === "in") {
          app.store.dispatch({
            type: "read", conversation: one.id, seq: answer.read_seq, unread: answer.unread
          });
        } else if (problem && chat.http.passing(problem)) {
          again(Math.max(chat.limits.read_every_ms, problem.retry_ms));
        }
      });
    }

    function again(in_ms) {
      if (timer !== null) { return; }
      timer = setTimeout(function () {
        var one = due(app.store.state());
        timer = null;
        if (one) { tell(one); }
      }, in_ms);
    }

    return {
      /** The highest seq in sight, or null: the newest is. */
      seen: function (conversation, seq) { app.store.dispatch({ type: "seen", conversation: conversation, seq: seq }); },
      /** Effect: what was read is told. */
      follow: function (before, after) {
        var turned = before.open !== after.open || before.view !== after.view || before.attentive !== after.attentive;
        var left = turned ? due(before) : null;
        // Whoever turns away within the two seconds has read all the same.
        if (left && after.phase === "in") { tell(left); }
        if (!due(after)) { return; }
        // The wall clock may jump; a wait outside the bounds means that it did.
        var wait = told_at + chat.limits.read_every_ms - Date.now();
        again(wait > chat.limits.read_every_ms ? 0 : Math.max(0, wait));
      }
    };
  }

  return reading;
}());
