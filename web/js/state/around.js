// A second stretch of history beside the newest one: after a jump to a message far
// back, `around` holds what lies about it. `messages` stays the unbroken end of the
// conversation; the two become one when reading on from `around` reaches it.
//   around: { messages, stamp, oldest, newest, older, newer, loading, trouble }
// `oldest` and `newest` are seqs that were asked for, silent ones included; `stamp` tells one stretch
// from the next.
var chat = chat || {};

chat.around = (function () {
  "use strict";

  var change = chat.change;
  var held = chat.held;

  function patch(state, id, values) {
    return chat.conversations.patch(state, id, values);
  }

  /** Both stretches touch: what was around stands before what is newest. */
  function joined(state, conversation, around) {
    return patch(state, conversation.id, {
      messages: held.merge(conversation.messages, around.messages),
      oldest: Math.min(around.oldest, conversation.oldest), older: around.older, around: null
    });
  }

  function settled(state, conversation, around) {
    if (conversation.loaded && (!around.newer || around.newest >= conversation.oldest)) {
      return joined(state, conversation, around);
    }
    return patch(state, conversation.id, { around: around });
  }

  /** The page about a seq that was jumped to. */
  function landed(state, action) {
    var conversation = state.conversations[action.conversation];
    var messages = action.messages;
    if (!conversation || !messages.length) { return state; }
    return settled(state, conversation, {
      messages: held.replayed(held.merge([], messages), conversation.marks), stamp: action.stamp,
      oldest: messages[0].seq, newest: messages[messages.length - 1].seq,
      older: messages[0].seq > conversation.from_seq, newer: messages.length >= chat.limits.around_messages,
      loading: null, trouble: null
    });
  }

  /** One more page, before or after. */
  function extended(state, action) {
    var conversation = state.conversations[action.conversation];
    var around = conversation && conversation.around;
    var messages = action.messages;
    var full = messages.length >= chat.limits.page_messages;
    var edge = messages.length ? messages[action.way === "older" ? 0 : messages.length - 1].seq : null;
    var values = {
      messages: around && held.replayed(held.merge(around.messages, messages), conversation.marks),
      loading: null, trouble: null
    };
    if (!around) { return state; }
    values[action.way] = full;
    if (edge !== null) { values[action.way === "older" ? "oldest" : "newest"] = edge; }
    if (action.way === "older" && edge !== null && edge <= conversation.from_seq) { values.older = false; }
    return settled(state, conversation, change(around, values));
  }

  /** The newest page came: does it reach what was jumped to before? */
  function met(state, id) {
    var conversation = state.conversations[id];
    return conversation.around ? settled(state, conversation, conversation.around) : state;
  }

  return {
    landed: landed, extended: extended, met: met,
    extending: function (state, action) {
      var around = (state.conversations[action.conversation] || {}).around;
      return around ? patch(state, action.conversation, {
        around: change(around, { loading: action.way, trouble: action.problem || null })
      }) : state;
    },
    /** Back to the newest: what was around is asked for again if it is wanted. */
    rejoined: function (state, action) { return patch(state, action.conversation, { around: null }); },
    /** Where the timeline is to go; it watches `jump` and goes there once for each. */
    jump: function (state, action) {
      return change(state, { jump: action.jump });
    }
  };
}());
