// What those who listen are told: one sentence for each message of others in the
// open conversation, a count for the rest, at most one sentence a second. Never
// one's own words, never history.
var chat = chat || {};

chat.announce = (function () {
  "use strict";

  var t = chat.i18n.t;

  /** Messages that the feed added to a conversation between two states. */
  function arrived(before, after) {
    var last = before ? before.last : 0;
    return after.last <= last ? [] : after.messages.slice(chat.held.place(after.messages, last + 1))
      .filter(function (one) { return one.seq <= after.last; });
  }

  /** Is it worth a word, by the setting and by what one muted? */
  function wanted(state, conversation, one) {
    var how = state.settings.announce || "all";
    var calls = chat.rule.calls(one, state.me.id);
    if (how === "off" || one.sender === state.me.id || one.recalled) { return false; }
    if (conversation.muted) { return calls; }
    return how !== "mentions" || calls || conversation.type === "direct";
  }

  function sentence(state, conversation, one) {
    var kind = chat.kinds.of(one);
    var words = kind.spoken(one, chat.select.names(state, conversation.id));
    return kind.notice || !one.sender ? words
      : t("announce.message", { name: chat.select.sender_name(state, conversation, one), text: words });
  }

  /** @param {{store: Object}} app */
  function announce(app) {
    var waiting = []; // [{ id, text, count }]: one entry per conversation, or a sentence of the page's own
    var timer = null;
    var stamp = 0;

    function words(entry, state) {
      var conversation = state.conversations[entry.id];
      if (entry.count === 1 && (entry.own || entry.id === state.open)) { return entry.text; }
      return conversation ? t("announce.count", { name: chat.select.title(conversation, state), count: entry.count }) : "";
    }

    function next() {
      var entry = waiting.shift();
      timer = null;
      if (!entry) { return; }
      stamp += 1;
      timer = setTimeout(next, chat.limits.say_every_ms);
      app.store.dispatch({ type: "said", said: { text: words(entry, app.store.state()), stamp: stamp } });
    }

    function put(entry) {
      var same = waiting.filter(function (one) { return !one.own && !entry.own && one.id === entry.id; })[0];
      if (same) {
        same.count += 1;
      } else {
        waiting.push(entry);
      }
      // Together with what came in the same breath: nothing is said while effects run.
      if (timer === null) { timer = setTimeout(next, 0); }
    }

    return {
      /** A sentence of the page's own: what was done, what was loaded. */
      say: function (text) { put({ own: true, text: text, count: 1, id: null }); },
      /** Effect: what arrived is said. */
      follow: function (before, after) {
        if (before.conversations === after.conversations || before.phase !== "in" || after.phase !== "in") { return; }
        Object.keys(after.conversations).forEach(function (id) {
          var conversation = after.conversations[id];
          if (conversation === before.conversations[id] || conversation.type === "self" || conversation.left) { return; }
          arrived(before.conversations[id], conversation).forEach(function (one) {
            if (wanted(after, conversation, one)) { put({ id: id, text: sentence(after, conversation, one), count: 1 }); }
          });
        });
      }
    };
  }

  announce.arrived = arrived;
  return announce;
}());
