// Pages of history: the newest of what is open, older ones on the way up, a stretch
// around a message that is jumped to, single messages that replies quote.
var chat = chat || {};

chat.history = (function () {
  "use strict";

  /** @param {{store: Object, api: Object, announce: Object}} app */
  function history(app) {
    var quoting = {}; // "conversation/seq" asked for and not answered
    var peeking = {}; // conversations whose list line was asked for, once each
    var peeks = 0;
    var asked = false; // for the kinds
    var stamp = 0;
    var asks = 0; // each request for a page has a number: an answer to an earlier one is none

    function conversation(id) { return app.store.state().conversations[id]; }

    function heard(count) {
      if (count > 0) { app.announce.say(chat.i18n.t("announce.older", { count: count })); }
    }

    function load(id, query) {
      var before = conversation(id).messages.length;
      var mine = asks += 1;
      app.store.dispatch({ type: "loading", conversation: id, stamp: mine });
      app.api.history(id, query, function (problem, answer) {
        // A page that was asked for before all was forgotten would leave a hole.
        if (!conversation(id) || conversation(id).loading !== mine) { return; }
        if (problem) { return app.store.dispatch({ type: "not_loaded", conversation: id, problem: problem }); }
        var upward = conversation(id).loaded;
        app.store.dispatch({ type: "page", conversation: id, messages: answer.messages });
        if (upward) { heard(conversation(id).messages.length - before); }
      });
    }

    /** The next page of the stretch around a jump. */
    function extend(id, way) {
      var around = conversation(id).around;
      if (!around || around.loading || !around[way]) { return; }
      app.store.dispatch({ type: "extending", conversation: id, way: way });
      app.api.history(id, "limit=" + chat.limits.page_messages +
        (way === "older" ? "&before=" + around.oldest : "&after=" + around.newest), function (problem, answer) {
        if (!conversation(id) || (conversation(id).around || {}).stamp !== around.stamp) { return; }
        if (problem) {
          app.store.dispatch({ type: "extending", conversation: id, way: null, problem: problem });
        } else {
          app.store.dispatch({ type: "extended", conversation: id, way: way, messages: answer.messages });
          if (way === "older") { heard(answer.messages.length); }
        }
      });
    }

    function go(id, seq, quiet) {
      stamp += 1;
      app.store.dispatch({ type: "jump", jump: { conversation: id, seq: seq, stamp: stamp, quiet: Boolean(quiet) } });
    }

    /** Is this seq within what is held without a hole? */
    function within(one, seq) {
      return one.loaded && one.messages.length > 0 && seq >= Math.min(one.oldest, one.messages[0].seq);
    }

    /** Conversations whose last message has no line: what was said before it fills the list. */
    function peek(state) {
      Object.keys(state.conversations).forEach(function (id) {
        var one = state.conversations[id];
        if (one.last_message || !one.known || !one.last || one.type === "self" || peeking[id] || peeks >= 4) { return; }
        peeking[id] = true;
        peeks += 1;
        app.api.history(id, "limit=" + chat.limits.page_messages, function (problem, answer) {
          peeks -= 1;
          if (problem) { return; }
          app.store.dispatch({ type: "peeked", conversation: id, messages: answer.messages });
        });
      });
    }

    return {
      newest: function (id) { load(id, "limit=" + chat.limits.page_messages); },
      older: function (id) {
        var one = conversation(id);
        if (one && one.around) { return extend(id, "older"); }
        if (!one || one.loading || !one.older) { return; }
        load(id, "limit=" + chat.limits.page_messages + "&before=" + one.oldest);
      },
      newer: function (id) { extend(id, "newer"); },
      /** Back to the newest message. */
      end: function (id) { app.store.dispatch({ type: "rejoined", conversation: id }); },
      /**
       * Opens the conversation at this message. `quiet`: the first one from there on
       * will do, and it is not marked.
       */
      jump: function (id, seq, quiet) {
        var one = conversation(id);
        if (!one) { return; }
        if (app.store.state().open !== id) { app.store.dispatch({ type: "opened", id: id }); }
        if (one.around && chat.held.of(one.around.messages, seq)) { return go(id, seq, quiet); }
        if (within(one, seq)) {
          app.store.dispatch({ type: "rejoined", conversation: id });
          return go(id, seq, quiet);
        }
        app.api.history(id, "limit=" + chat.limits.around_messages + "&after=" +
          Math.max(0, seq - 1 - Math.floor(chat.limits.around_messages / 2)), function (problem, answer) {
          if (!conversation(id)) { return; }
          if (problem) { return app.store.dispatch({ type: "notice", notice: problem }); }
          asks += 1;
          app.store.dispatch({ type: "landed", conversation: id, messages: answer.messages, stamp: asks });
          go(id, seq, quiet);
        });
      },
      /** The timeline is where it was to go. */
      arrived: function () { app.store.dispatch({ type: "jump", jump: null }); },
      /** One message that a reply quotes and nobody holds. */
      quote: function (id, seq) {
        var key = id + "/" + seq;
        if (quoting[key] || app.store.state().quotes[key]) { return; }
        quoting[key] = true;
        app.api.message(id, seq, function (problem, answer) {
          var message = answer && (answer.message || answer);
          delete quoting[key];
          if (problem && chat.http.passing(problem)) { return; } // asked for again when it is drawn again
          app.store.dispatch({ type: "quoted", conversation: id, seq: seq, quote: problem || !message || message.kind === "hidden"
            ? { gone: true } : { message: message } });
        });
      },
      /** The server's kinds, once somebody met one that the page does not know. */
      schemas: function () {
        if (asked || app.store.state().schemas) { return; }
        asked = true;
        app.api.kinds(function (problem, answer) {
          var found = {};
          asked = false;
          if (problem) { return; }
          (answer.kinds || []).forEach(function (one) { found[one.name] = one; });
          app.store.dispatch({ type: "schemas", schemas: found });
        });
      },
      /** Effect: whatever is open has its newest page; every line of the list has words. */
      follow: function (before, after) {
        var one = after.conversations[after.open];
        if (before.phase !== after.phase) { peeking = {}; }
        if (one && !one.loaded && !one.loading && !one.trouble) { load(one.id, "limit=" + chat.limits.page_messages); }
        if (before.conversations !== after.conversations) { peek(after); }
      }
    };
  }

  return history;
}());
