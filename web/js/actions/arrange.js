// The list as one wants it: pinned, muted, hidden, read. What was set comes back
// through one's own conversation, here as on every other device.
var chat = chat || {};

chat.arrange = (function () {
  "use strict";

  /** @param {{store: Object, api: Object, groups: Object}} app */
  function arrange(app) {
    function set(id, change) {
      app.api.set_conversation(id, change, function (problem) {
        if (problem) { app.store.dispatch({ type: "notice", notice: problem }); }
      });
    }

    return {
      pin: function (id, pinned) { set(id, { pinned: pinned }); },
      mute: function (id, muted) { set(id, { muted: muted }); },
      /** Until its next message. What is hidden is not looked at. */
      hide: function (id) {
        if (app.store.state().open === id) { app.groups.close(); }
        set(id, { hidden: true });
      },
      mark_read: function (id) {
        var one = app.store.state().conversations[id];
        app.api.read(id, one.last, function (problem, answer) {
          if (problem) { return app.store.dispatch({ type: "notice", notice: problem }); }
          app.store.dispatch({ type: "read", conversation: id, seq: answer.read_seq, unread: answer.unread });
        });
      }
    };
  }

  return arrange;
}());
