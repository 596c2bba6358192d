// What the feed brings, into the state; and the two things the rule asks for:
// history where something is missing, names of what is new.
var chat = chat || {};

chat.receive = (function () {
  "use strict";

  /** @param {{store: Object, api: Object, session: Object}} app */
  function receive(app) {
    var filling = {}; // by conversation: one fetch at a time
    var failures = {};
    var learning = false;
    var stamp = 0;

    function conversation(id) {
      return app.store.state().conversations[id];
    }

    function behind(id) {
      var one = conversation(id);
      return Boolean(one) && one.wanted > one.last;
    }

    /** Fetches history after `last` until the wanted message is reached. */
    function fill(id) {
      if (filling[id] || !behind(id)) { return; }
      filling[id] = true;
      var from = conversation(id).last;
      app.api.history(id, "limit=" + chat.limits.fill_messages + "&after=" + from, function (problem, answer) {
        filling[id] = false;
        if (!behind(id)) { return; }
        if (problem && chat.http.passing(problem)) {
          failures[id] = (failures[id] || 0) + 1;
          setTimeout(function () { fill(id); }, Math.max(chat.backoff(failures[id]), problem.retry_ms));
          return;
        }
        failures[id] = 0;
        if (!problem) { app.store.dispatch({ type: "filled", messages: answer.messages }); }
        if (!behind(id)) { return; }
        if (conversation(id).last === from) {
          // The log does not give what the feed announced. Never stand still
          // in silence: start over from a snapshot.
          app.session.sync();
        } else {
          fill(id);
        }
      });
    }

    /** A conversation without a name: the next snapshot has it. */
    function learn() {
      if (learning) { return; }
      learning = true;
      app.api.sync(function (problem, snapshot) {
        learning = false;
        if (problem) {
          setTimeout(follow, chat.backoff(0));
        } else if (app.store.state().phase === "in") {
          app.store.dispatch({ type: "merged", snapshot: snapshot });
        }
      });
    }

    function follow() {
      var all = app.store.state().conversations;
      var nameless = false;
      Object.keys(all).forEach(function (id) {
        if (behind(id)) { fill(id); }
        nameless = nameless || !all[id].known;
      });
      if (nameless) { learn(); }
    }

    function typed(signal) {
      stamp += 1;
      var mine = stamp;
      app.store.dispatch({
        type: "typing", conversation: signal.conversation, user: signal.user, stamp: mine
      });
      setTimeout(function () {
        app.store.dispatch({
          type: "typing_over", conversation: signal.conversation, user: signal.user, stamp: mine
        });
      }, chat.limits.typing_shown_ms);
    }

    function count_unread(id, seq, message) {
      var one = conversation(id);
      if (!message || message.seq !== seq || one.read_seq !== seq || one.counted === null) { return; }
      app.store.dispatch({
        type: "read", conversation: id, seq: seq, unread: Math.max(0, one.counted - message.counted)
      });
    }

    /** Read on another device, up to `seq`. */
    function read(id, seq) {
      var one = conversation(id);
      if (!one || seq <= one.read_seq) { return; }
      var certain = chat.rule.unread_after(one, seq) !== null;
      app.store.dispatch({ type: "read", conversation: id, seq: seq });
      if (certain) { return; }
      // What is held cannot tell how many are left; that one message can.
      app.api.history(id, "limit=1&before=" + (seq + 1), function (problem, answer) {
        if (!problem && conversation(id)) { count_unread(id, seq, answer.messages[0]); }
      });
    }

    function signalled(told) {
      if (told.signal === "typing") { typed(told); }
      if (told.signal === "presence") { app.store.dispatch({ type: "presence", user: told.user, status: told.status }); }
      if (told.signal === "read" && told.user === app.store.state().me.id) { read(told.conversation, told.seq); }
      if (told.signal === "read" && told.user !== app.store.state().me.id) {
        app.store.dispatch({ type: "peer_read", conversation: told.conversation, seq: told.seq });
      }
    }

    function entry(told) {
      if (app.store.state().phase !== "in") { return; }
      if (told.type === "message") { app.store.dispatch({ type: "message", message: told }); }
      if (told.type === "signal") { signalled(told); }
      if (told.type === "state") {
        app.store.dispatch({ type: "presences", presence: told.presence || {} });
        Object.keys(told.read || {}).forEach(function (id) { read(id, told.read[id]); });
      }
      // Other types are news from a newer server: nothing this page could show.
    }

    return {
      entry: entry,
      /** Effect: whatever left a hole or a nameless conversation is followed up. */
      follow: function (before, after) {
        if (before.conversations !== after.conversations) { follow(); }
      }
    };
  }

  return receive;
}());
