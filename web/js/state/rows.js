// What the timeline draws, row by row: day lines, the line before what is new,
// notices, messages, and last what is still on its way.
var chat = chat || {};

chat.rows = (function () {
  "use strict";

  // A new bubble group: other sender, a pause, another day, or a notice between.
  var GROUP_MS = 5 * 60 * 1000;

  /** What is drawn from: the stretch around a jump, or the newest. */
  function list(conversation) {
    return conversation.around ? conversation.around.messages : conversation.messages;
  }

  /**
   * The part of the list that is drawn. `top` is the seq it begins at, null while
   * following the newest.
   * @returns {{at: number, to: number}}
   */
  function window(messages, top) {
    var limits = chat.limits, from;
    if (top === null) { return { at: Math.max(0, messages.length - limits.drawn_rows), to: messages.length }; }
    from = chat.held.place(messages, top);
    return { at: from, to: Math.min(messages.length, from + limits.window_rows) };
  }

  function near(before, message) {
    return before && before.sender === message.sender &&
      new Date(message.sent_at).getTime() - new Date(before.sent_at).getTime() < GROUP_MS;
  }

  /** The message with this seq, if it is held anywhere; else null. */
  function message_at(conversation, seq) {
    return chat.held.of(conversation.messages, seq) || (conversation.around && chat.held.of(conversation.around.messages, seq));
  }

  /** The message a reply quotes, as far as it is known: { message }, { gone: true }, or null. */
  function quote(state, conversation, message) {
    var seq = message.kind === "text" && message.body ? message.body.reply_to : null;
    var found;
    if (typeof seq !== "number") { return null; }
    found = message_at(conversation, seq);
    return found ? { seq: seq, message: found }
      : chat.change(state.quotes[conversation.id + "/" + seq] || {}, { seq: seq });
  }

  /** The newest of one's own that the other of a direct chat has read; 0 for none. */
  function read_by_peer(conversation, messages, me) {
    var i;
    if (conversation.type !== "direct" || conversation.peer_read_seq === null) { return 0; }
    for (i = messages.length - 1; i >= 0; i -= 1) {
      if (messages[i].sender === me && messages[i].seq <= conversation.peer_read_seq) {
        return chat.kinds.of(messages[i]).notice ? 0 : messages[i].seq;
      }
    }
    return 0;
  }

  /** Does what is new since `line` begin above what is drawn? */
  function above(conversation, part, line) {
    var at = conversation.around || conversation;
    return part.at > 0 ? list(conversation)[part.at - 1].seq > line : at.older && at.oldest > line + 1;
  }

  /**
   * @param {?} state
   * @param {?} conversation
   * @param {{at: number, to: number}} part
   * @param {?} line the seq that was read last when the conversation was opened; null: no line
   */
  function rows(state, conversation, part, line) {
    var found = [], before = null, day = null;
    var drawn = line === null || above(conversation, part, line);
    var all = list(conversation), me = state.me.id;
    var read = conversation.around ? 0 : read_by_peer(conversation, all, me);
    // A day, and the line, that began above the window are not drawn again in it.
    if (part.at > 0) {
      before = all[part.at - 1];
      day = chat.time.day_key(before.sent_at);
      if (chat.kinds.of(before).notice) { before = null; }
    }
    all.slice(part.at, part.to).forEach(function (message) {
      var notice = Boolean(chat.kinds.of(message).notice);
      var today = chat.time.day_key(message.sent_at);
      if (today !== day && !isNaN(today)) {
        found.push({ key: "day" + message.seq, day: message.sent_at });
        before = null;
        day = today;
      }
      if (!drawn && message.seq > line && message.sender !== me) {
        found.push({ key: "new", line: true });
        drawn = true;
        before = null;
      }
      found.push({
        // One's own row stays the same row when its receipt comes.
        key: message.sender === me && message.client_id || message.seq, message: message, mine: message.sender === me, notice: notice,
        more: Boolean(!notice && near(before, message)), calls: chat.rule.calls(message, me),
        quote: quote(state, conversation, message), read: message.seq === read
      });
      before = notice ? null : message;
    });
    if (!conversation.around && part.to === all.length) {
      state.outbox.forEach(function (item) {
        if (item.conversation !== conversation.id || chat.kinds.of(item).silent) { return; }
        found.push({
          key: item.client_id, message: item, mine: true, item: item, notice: false, calls: false,
          more: Boolean(before && before.sender === me && near(before, chat.change(item, { sender: me }))),
          quote: quote(state, conversation, item), read: false
        });
        before = chat.change(item, { sender: me });
      });
    }
    // The time of one's own stands under the last of a group.
    found.forEach(function (row, at) { row.last = !(found[at + 1] && found[at + 1].more); });
    return found;
  }

  rows.message_at = message_at;
  rows.above = above;
  rows.list = list;
  rows.window = window;
  return rows;
}());
