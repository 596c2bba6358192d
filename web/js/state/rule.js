// The client's rule: at least once on the wire becomes exactly once here. Each
// conversation has `last`, the seq up to which everything was applied.
var chat = chat || {};

chat.rule = (function () {
  "use strict";

  function names(list, user) {
    return Array.isArray(list) && list.indexOf(user) >= 0;
  }

  /**
   * "apply": take it, `last` becomes its seq. "ignore": known already.
   * "gap": something is missing; history after `last` has it, this one too.
   */
  function judge(last, message, me) {
    if (message.seq <= last) { return "ignore"; }
    // Whoever is added sees nothing before: there is no gap to fill.
    if (message.seq === last + 1 || names(message.added, me)) { return "apply"; }
    return "gap";
  }

  /**
   * How many more are unread after `message`. `counted` runs with the log and
   * stands still for what is not worth a badge. Before the first message whose
   * count is known there is nothing to subtract from: then ask the kind.
   */
  function added_unread(conversation, message, me) {
    if (message.sender === me || message.seq <= conversation.read_seq) { return 0; }
    if (conversation.counted === null) { return chat.kinds.counts(message.kind) ? 1 : 0; }
    return Math.max(0, message.counted - conversation.counted);
  }

  /** Unread after reading up to `seq`; null when what is held cannot tell. */
  function unread_after(conversation, seq) {
    var held = conversation.messages, i;
    if (seq >= conversation.last) { return 0; }
    for (i = held.length - 1; i >= 0; i -= 1) {
      if (held[i].seq === seq && typeof held[i].counted === "number" && conversation.counted !== null) {
        return Math.max(0, conversation.counted - held[i].counted);
      }
    }
    return null;
  }

  /** Does the message call me? */
  function calls(message, me) {
    return message.sender !== me && (Boolean(message.mentions_all) || names(message.mentions, me));
  }

  /** Unread calls after reading up to `seq`, among what is held; never more than before. */
  function mentions_after(conversation, seq, me) {
    if (seq >= conversation.last) { return 0; }
    return Math.min(conversation.mentions, conversation.messages.filter(function (one) {
      return one.seq > seq && calls(one, me);
    }).length);
  }

  return {
    judge: judge, names: names, calls: calls,
    added_unread: added_unread, unread_after: unread_after, mentions_after: mentions_after
  };
}());
