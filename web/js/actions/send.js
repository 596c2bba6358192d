// Sending: the text stands in the timeline at once, and is posted under one
// client id until the server says yes or a clear no. One at a time per
// conversation, or a retry could overtake what was written after it.
var chat = chat || {};

chat.send = (function () {
  "use strict";

  /** @param {{store: Object, api: Object}} app */
  function send(app) {
    var failures = 0;
    var timer = null;

    function item_of(client_id) {
      return app.store.state().outbox.filter(function (item) { return item.client_id === client_id; })[0];
    }

    function refused(item, problem) {
      if (!item_of(item.client_id)) { return; } // its echo came meanwhile
      if (!chat.http.passing(problem)) {
        app.store.dispatch({ type: "failed", client_id: item.client_id, problem: problem });
        return;
      }
      // Perhaps posted, perhaps not: the same client id makes asking again safe.
      app.store.dispatch({ type: "waiting", client_id: item.client_id, problem: problem });
      clearTimeout(timer);
      timer = setTimeout(retry_waiting, Math.max(chat.backoff(failures), problem.retry_ms));
      failures += 1;
    }

    function post(item) {
      app.store.dispatch({ type: "sending", client_id: item.client_id });
      app.api.post(item.conversation, {
        kind: item.kind, body: item.body, client_id: item.client_id
      }, function (problem, receipt) {
        var me = app.store.state().me;
        if (problem) { return refused(item, problem); }
        failures = 0;
        if (!me) { return; }
        app.store.dispatch({ type: "receipt", message: {
          type: "message", conversation: item.conversation, seq: receipt.seq, counted: null, kind: item.kind,
          sender: me.id, sender_name: me.name, body: item.body, client_id: item.client_id, sent_at: receipt.sent_at
        } });
      });
    }

    function retry_waiting() {
      app.store.state().outbox.forEach(function (item) {
        if (item.state === "waiting") { app.store.dispatch({ type: "again", client_id: item.client_id }); }
      });
    }

    return {
      text: function (conversation, text) {
        app.store.dispatch({ type: "queued", item: {
          conversation: conversation, client_id: chat.id(), kind: "text", body: { text: text },
          sent_at: new Date().toISOString()
        } });
      },
      again: function (client_id) {
        failures = 0;
        app.store.dispatch({ type: "again", client_id: client_id });
      },
      discard: function (client_id) { app.store.dispatch({ type: "discarded", client_id: client_id }); },
      /** Effect: the first open item of each conversation is on its way. */
      follow: function (before, after) {
        var busy = {};
        if (before.link.state !== "online" && after.link.state === "online") {
          clearTimeout(timer);
          timer = setTimeout(retry_waiting, 0);
        }
        if (before.outbox === after.outbox) { return; }
        after.outbox.forEach(function (item) {
          if (item.state === "failed") { return; }
          if (!busy[item.conversation] && item.state === "queued") { post(item); }
          busy[item.conversation] = true;
        });
      }
    };
  }

  return send;
}());
