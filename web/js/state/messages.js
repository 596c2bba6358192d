// What is said in conversations: the fold of the feed. `last` moves here and only
// here, by the rule.
var chat = chat || {};

chat.messages = (function () {
  "use strict";

  var change = chat.change;
  var rule = chat.rule;

  function learn_name(state, user, name) {
    return !user || !name || state.users[user] === name ? state
      : change(state, { users: change.key(state.users, user, name) });
  }

  /** A message of one's own conversation: settings, on all devices, and what friends did. */
  function settle(state, one) {
    if (one.kind === "conversation") { return chat.conversations.arranged(state, one.body); }
    if (one.kind === "profile") { return chat.people.me(state, { me: one.body }); }
    if (one.kind === "profile.avatar") { return chat.people.me(state, { me: { avatar: one.body.file || undefined } }); }
    if (one.kind === "group.declined") { return chat.doors.declined(state, one.body); }
    // Friends, requests and blocks are read anew, see actions/people_of.js.
    return change(state, { friends: change(state.friends, { stale: state.friends.stale + 1 }) });
  }

  /** The log has it: what waited to be sent under this id waits no more. */
  function arrived(state, one) {
    return one.sender === state.me.id ? chat.outbox.arrived(state, one) : state;
  }

  function marked(list, one) { return chat.held.mark(list, one); }

  /**
   * Before a message goes: quotes of it lose its words, too, and it is no hit of a
   * search any more; and what one said oneself is kept for this tab, to be written anew.
   */
  function remember(state, conversation, one) {
    var key = one.kind === "recall" && one.body ? conversation.id + "/" + one.body.seq : null;
    var gone = key && (chat.held.of(conversation.messages, one.body.seq) ||
      conversation.around && chat.held.of(conversation.around.messages, one.body.seq));
    if (key && state.quotes[key] && state.quotes[key].message) {
      state = change(state, { quotes: change.key(state.quotes, key, {
        message: change(state.quotes[key].message, { body: null, recalled: true })
      }) });
    }
    if (key) { state = chat.seek.forgotten(state, conversation.id, one.body.seq); }
    if (!gone || gone.sender !== state.me.id || one.sender !== state.me.id || gone.kind !== "text" || !gone.body) { return state; }
    return change(state, { unsaid: change.key(state.unsaid, key, String(gone.body.text || "")) });
  }

  /**
   * As many messages as a conversation keeps. The one that is open keeps what it has; what somebody reads
   * just now, or left to read on, is not dropped under their eyes, within reason.
   */
  function kept(state, conversation, messages) {
    var reading = conversation.reading !== null;
    var most = reading || conversation.id === state.open ? chat.limits.held_messages : chat.limits.held_elsewhere;
    return messages.length > (reading ? 2 * most : most) ? messages.slice(-most) : messages;
  }

  /** Takes a message that the rule lets through. */
  function apply(state, conversation, one) {
    var me = state.me.id;
    var own = one.sender === me;
    var added = rule.names(one.added, me);
    var removed = rule.names(one.removed, me);
    var jumped = added && one.seq > conversation.last + 1;
    var held;
    var values = {
      last: one.seq,
      marks: chat.held.kept(conversation.marks, one),
      counted: typeof one.counted === "number" ? one.counted : conversation.counted,
      unread: own || added ? 0 : conversation.unread + rule.added_unread(conversation, one, me),
      read_seq: own || added ? Math.max(conversation.read_seq, one.seq) : conversation.read_seq,
      mentions: own || added ? 0 : conversation.mentions + (rule.calls(one, me) && one.seq > conversation.read_seq ? 1 : 0),
      hidden: false, // hiding lasts until the next message
      left: removed || (conversation.left && !added),
      typing: change.without(conversation.typing, one.sender)
    };
    if (!chat.held.is_silent(one)) { values.last_message = one; }
    if (one.kind === "recall" && one.body && conversation.last_message
        && conversation.last_message.seq === one.body.seq) {
      values.last_message = change(conversation.last_message, { body: null, recalled: true });
    }
    if (one.kind === "group.settings" && one.body && typeof one.body.name === "string" && one.body.name) { values.name = one.body.name; }
    if (one.kind === "group.avatar" && one.body) { values.avatar = one.body.file || null; }
    state = remember(state, conversation, one);
    // After a time away there may be a hole before this: start the page anew.
    values.messages = chat.held.hold(jumped ? [] : marked(conversation.messages, one), one);
    if (conversation.around) {
      values.around = jumped ? null : change(conversation.around, { messages: marked(conversation.around.messages, one) });
    }
    if (jumped) {
      values.loaded = false;
      values.loading = false;
    }
    held = kept(state, conversation, values.messages);
    if (held !== values.messages) {
      values.messages = held;
      values.oldest = held[0].seq;
      values.older = true;
      values.loading = false; // a page that is on its way ends before what was let go
    }
    state = chat.conversations.put(state, change(conversation, values));
    state = learn_name(state, one.sender, one.sender_name);
    if (conversation.type === "self" && one.body) { state = settle(state, one); }
    if (conversation.type === "group") { state = chat.membership.told(state, one); }
    return arrived(state, one);
  }

  function message(state, action) {
    var told_message = action.message;
    var id = told_message.conversation;
    var conversation = state.conversations[id] || chat.conversations.fresh(id);
    // One's own settings travel in a conversation, too; it is not one to look at.
    if (id === state.me.id) { conversation = change(conversation, { type: "self" }); }
    var verdict = rule.judge(conversation.last, told_message, state.me.id);
    // Ours may be known already from the snapshot or a page: then it has arrived all the same.
    if (verdict === "ignore") { return arrived(state, told_message); }
    if (verdict === "apply") { return apply(state, conversation, told_message); }
    return chat.conversations.put(state, change(conversation, { wanted: Math.max(conversation.wanted, told_message.seq) }));
  }

  /** A page that begins right after `last`: the only one that may move it. */
  function filled(state, action) {
    return action.messages.reduce(function (so_far, one) {
      return message(so_far, { message: one });
    }, state);
  }

  /** Any other page is only drawn. */
  function page(state, action) {
    var conversation = state.conversations[action.conversation];
    var messages = action.messages;
    var values;
    if (!conversation) { return state; }
    values = {
      messages: chat.held.replayed(chat.held.merge(conversation.messages, messages), conversation.marks),
      loaded: true, loading: false, trouble: null,
      older: messages.length >= chat.limits.page_messages && messages[0].seq > conversation.from_seq,
      oldest: messages.length ? messages[0].seq : conversation.oldest
    };
    messages.forEach(function (one) {
      if (one.seq === conversation.last && conversation.counted === null) { values.counted = one.counted; }
      state = arrived(learn_name(state, one.sender, one.sender_name), one);
    });
    return chat.around.met(chat.conversations.patch(state, action.conversation, values), action.conversation);
  }

  /** The newest messages of a conversation whose list line the snapshot could not fill. */
  function peeked(state, action) {
    var conversation = state.conversations[action.conversation];
    var shown;
    if (!conversation || conversation.last_message) { return state; }
    shown = chat.held.replayed(action.messages, conversation.marks).filter(function (one) { return !chat.held.is_silent(one); });
    if (!shown.length) { return state; }
    return chat.conversations.patch(state, conversation.id, { last_message: shown[shown.length - 1] });
  }

  return {
    message: message, filled: filled, page: page, peeked: peeked,
    // Drawn, but `last` stays: only the feed moves it. What the feed has passed was
    // drawn, or lies beyond what is held; it may even have been taken back since.
    receipt: function (state, action) {
      var conversation = state.conversations[action.message.conversation];
      state = chat.outbox.arrived(state, action.message);
      return !conversation || action.message.seq <= conversation.last ? state : chat.conversations.patch(state, conversation.id, {
        messages: chat.held.hold(conversation.messages, action.message),
        read_seq: Math.max(conversation.read_seq, action.message.seq)
      });
    }
  };
}());
