// What just came in and may be worth a sound, a notice or a shake: messages of others,
// newer than anything before. A snapshot is no news, and neither is history.
var chat = chat || {};

chat.news = (function () {
  "use strict";

  /** The newest fresh message of each conversation: [{ conversation, message, calls }] */
  function news(before, after) {
    var found = [];
    // Every snapshot brings a profile of its own: what it tells is where we start from.
    if (before.conversations === after.conversations || before.phase !== "in" || after.phase !== "in" || before.me !== after.me) {
      return found;
    }
    Object.keys(after.conversations).forEach(function (id) {
      var one = after.conversations[id];
      var was = before.conversations[id];
      var message = one.last_message;
      if (was === one || one.type === "self" || !message || message.seq !== one.last || (was && was.last >= one.last)) { return; }
      if (!message.sender || message.sender === after.me.id || message.recalled) { return; }
      found.push({ conversation: one, message: message, calls: calls(after, one, message) });
    });
    return found;
  }

  /** Does it call me by name, or nudge me? */
  function calls(state, conversation, message) {
    var body = message.body || {};
    if (message.kind === "nudge") { return conversation.type === "direct" || body.user === state.me.id; }
    return chat.rule.calls(message, state.me.id);
  }

  /** Worth interrupting somebody: said by a person, and not in a chat that is muted. */
  news.rings = function (one) {
    return one.calls || (!one.conversation.muted && chat.kinds.counts(one.message.kind));
  };

  return news;
}());
