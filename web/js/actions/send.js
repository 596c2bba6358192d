// Sending: what was written stands in the timeline at once, and is posted under one
// client id until the server says yes or a clear no. One at a time per
// conversation, or a retry could overtake what was written after it.
var chat = chat || {};

chat.send = (function () {
  "use strict";

  // Refusals with a status that means "later", where later is for people to decide.
  var CLEAR = { slow_mode: true, nudged_already: true, too_many_mentions_of_all: true };

  function passing(problem) {
    return problem.status === 401 || (chat.http.passing(problem) && !CLEAR[problem.code]);
  }

  /**
   * Files keep their order among themselves. Texts do not wait for bytes that travel, but
   * for those they were sent together with (`goes_with`).
   */
  function due(outbox) {
    var busy = {}, behind = {}, pending = {};
    outbox.forEach(function (item) { pending[item.client_id] = item.state !== "failed"; });
    return outbox.filter(function (item) {
      var file = item.kind === "image" || item.kind === "file";
      if (item.state === "failed") { return false; }
      if (item.upload) {
        behind[item.conversation] = true;
        return false;
      }
      if (busy[item.conversation] || (file && behind[item.conversation]) || (item.goes_with && pending[item.goes_with])) { return false; }
      busy[item.conversation] = true;
      return item.state === "queued";
    });
  }

  /** @param {{store: Object, api: Object, uploading: Object, announce: Object}} app */
  function send(app) {
    var failures = 0;
    var timer = null;
    var timer_at = 0;
    var latest = 0; // the clock may stand still or go back; the order may not

    function item_of(client_id) {
      return app.store.state().outbox.filter(function (item) { return item.client_id === client_id; })[0];
    }

    function refused(item, problem) {
      if (!item_of(item.client_id)) { return; } // its echo came meanwhile
      if (!passing(problem)) {
        app.store.dispatch({ type: "failed", client_id: item.client_id, problem: problem });
        return;
      }
      // Perhaps posted, perhaps not: the same client id makes asking again safe.
      app.store.dispatch({ type: "waiting", client_id: item.client_id, problem: problem });
      retry_in(Math.max(chat.backoff(failures), problem.retry_ms));
      failures += 1;
    }

    function post(item) {
      var me = app.store.state().me;
      app.store.dispatch({ type: "sending", client_id: item.client_id });
      app.api.post(item.conversation, {
        kind: item.kind, body: item.said || item.body, client_id: item.client_id
      }, function (problem, receipt) {
        var now = app.store.state().me;
        // Signed out meanwhile: what is kept goes out when this user comes back.
        if (!now || now.id !== me.id) { return; }
        if (problem) { return refused(item, problem); }
        failures = 0;
        app.store.dispatch({ type: "receipt", message: {
          type: "message", conversation: item.conversation, seq: receipt.seq, counted: null, kind: item.kind,
          sender: me.id, sender_name: me.name, body: item.body, client_id: item.client_id, sent_at: receipt.sent_at
        } });
        if (item.kind === "forward") { app.announce.say(chat.i18n.t("forward.done")); }
      });
    }

    /** The earliest wish wins: whoever is asked too early says so again. */
    function retry_in(ms) {
      var at = Date.now() + ms;
      if (timer !== null && timer_at <= at && timer_at >= Date.now()) { return; }
      clearTimeout(timer);
      timer_at = at;
      timer = setTimeout(retry_waiting, ms);
    }

    function retry_waiting() {
      timer = null;
      app.store.state().outbox.forEach(function (item) {
        if (item.state === "waiting") { app.store.dispatch({ type: "again", client_id: item.client_id }); }
      });
    }

    /** Takes one more, or says why not. */
    function queue(conversation, kind, body, values) {
      var now = Date.now();
      if (app.store.state().outbox.length >= chat.limits.outbox_items) {
        return { status: 0, code: "outbox_full", detail: "", retry_ms: 0 };
      }
      latest = Math.max(now, latest + 1);
      app.store.dispatch({ type: "queued", item: chat.change({
        conversation: conversation, client_id: chat.id(), kind: kind, body: body,
        sent_at: new Date(now).toISOString(), order: latest
      }, values || {}) });
      return null;
    }

    return {
      queue: queue,
      /**
       * `reply_to`: seq of the message it answers, or nothing; `goes_with`: client id of the file it goes with,
       * or nothing. Gives a problem, or null.
       */
      text: function (conversation, text, reply_to, goes_with) {
        var body = reply_to ? { text: text, reply_to: reply_to } : { text: text };
        return queue(conversation, "text", body, goes_with ? { goes_with: goes_with } : {});
      },
      /** Passes a held message on: the server is told where it stands, and puts in what is shown here meanwhile. */
      forward: function (from, seq, to) {
        var state = app.store.state();
        var told = state.conversations[from] && chat.rows.message_at(state.conversations[from], seq);
        if (!told || told.recalled) { return { status: 404, code: "not_found", detail: "", retry_ms: 0 }; }
        return queue(to, "forward", chat.forward.body(told), { said: { source: { conversation: from, seq: seq } } });
      },
      emoji: function (conversation, emoji) { return queue(conversation, "emoji", { emoji: emoji }); },
      /** In a direct chat the other; in a group `user`. */
      nudge: function (conversation, user) {
        var whom = user || (app.store.state().conversations[conversation] || {}).peer;
        return queue(conversation, "nudge", whom ? { user: whom } : {});
      },
      reply: function (conversation, seq) { app.store.dispatch({ type: "reply", id: conversation, value: seq }); },
      again: function (client_id) {
        var item = item_of(client_id);
        failures = 0;
        if (item && chat.outbox.is_lost(item)) { return app.uploading.choose_again(item); }
        app.store.dispatch({ type: "again", client_id: client_id });
      },
      discard: function (client_id) { app.store.dispatch({ type: "discarded", client_id: client_id }); },
      /** Effect: the first open item of each conversation is on its way. */
      follow: function (before, after) {
        if (before.link.state !== "online" && after.link.state === "online") {
          retry_in(0);
        }
        if (before.outbox !== after.outbox) { due(after.outbox).forEach(post); }
      }
    };
  }

  send.due = due;
  return send;
}());
