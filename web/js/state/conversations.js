// Conversations and what is held of them: the fold of the feed. `last` moves
// here and only here, by the rule.
var chat = chat || {};

chat.conversations = (function () {
  "use strict";

  var change = chat.change;
  var rule = chat.rule;

  function fresh(id) {
    return {
      id: id, type: "group", name: "", known: false, // known: has the server told its name?
      unread: 0, read_seq: 0,
      last: 0, // applied up to here
      counted: null, // the running count at `last`; null until told
      wanted: 0, // a seq beyond `last` that is known to exist: fetch up to it
      left: false, last_message: null,
      messages: [], // held, ascending by seq, hidden ones left out
      loaded: false, loading: false, trouble: null,
      older: false, oldest: 0, // is there more before `oldest`?
      typing: {}
    };
  }

  /** Takes over what a snapshot may change: never a position, never a count. */
  function told(conversation, entry) {
    var latest = entry.last_message && !is_silent(entry.last_message) ? entry.last_message : null;
    return change(conversation, {
      known: true,
      type: entry.type || conversation.type,
      name: entry.name || conversation.name,
      last_message: conversation.last_message || latest
    });
  }

  function from_sync(entry) {
    var latest = entry.last_message;
    return change(told(fresh(entry.id), entry), {
      unread: entry.unread || 0, read_seq: entry.read_seq || 0, left: Boolean(entry.left),
      last: entry.head_seq,
      // What comes after the last visible message was never counted for us.
      counted: latest && typeof latest.counted === "number" ? latest.counted : null
    });
  }

  /** Takes a place in the conversation and has no line of its own. */
  function is_silent(one) { return one.kind === "hidden" || Boolean(chat.kinds.of(one).silent); }

  function put(state, conversation) {
    return change(state, { conversations: change.key(state.conversations, conversation.id, conversation) });
  }

  function patch(state, id, values) {
    return state.conversations[id] ? put(state, change(state.conversations[id], values)) : state;
  }

  function learn_name(state, user, name) {
    return !user || !name || state.users[user] === name ? state
      : change(state, { users: change.key(state.users, user, name) });
  }

  /** A message that was taken back keeps its place and loses what it said. */
  function taken_back(held, seq) {
    return held.map(function (one) {
      return one.seq === seq ? change(one, { body: null, recalled: true, notes: null }) : one;
    });
  }

  /** Holds the message: by seq, once; the log's own word replaces a receipt's. */
  function hold(held, one) {
    var at = held.length;
    if (one.kind === "recall" && one.body) { return taken_back(held, one.body.seq); }
    if (is_silent(one)) { return held; }
    while (at > 0 && held[at - 1].seq > one.seq) { at -= 1; }
    if (at > 0 && held[at - 1].seq === one.seq) {
      return typeof one.counted === "number"
        ? held.slice(0, at - 1).concat(one, held.slice(at)) : held;
    }
    return held.slice(0, at).concat(one, held.slice(at));
  }

  /** Takes a message that the rule lets through. */
  function apply(state, conversation, one) {
    var me = state.me.id;
    var own = one.sender === me;
    var added = rule.names(one.added, me);
    var removed = rule.names(one.removed, me);
    var jumped = added && one.seq > conversation.last + 1;
    var values = {
      last: one.seq,
      counted: typeof one.counted === "number" ? one.counted : conversation.counted,
      unread: own || added ? 0 : conversation.unread + rule.added_unread(conversation, one, me),
      read_seq: own || added ? Math.max(conversation.read_seq, one.seq) : conversation.read_seq,
      left: removed || (conversation.left && !added),
      typing: change.without(conversation.typing, one.sender)
    };
    if (!is_silent(one)) { values.last_message = one; }
    if (one.kind === "recall" && one.body && conversation.last_message
        && conversation.last_message.seq === one.body.seq) {
      values.last_message = change(conversation.last_message, { body: null, recalled: true });
    }
    if (one.kind === "group.settings" && one.body && one.body.name) { values.name = one.body.name; }
    // After a time away there may be a hole before this: start the page anew.
    values.messages = hold(jumped ? [] : conversation.messages, one);
    if (jumped) {
      values.loaded = false;
      values.loading = false;
    }
    if (values.messages.length > chat.limits.held_messages) {
      values.messages = values.messages.slice(-chat.limits.held_messages);
      values.oldest = values.messages[0].seq;
      values.older = true;
    }
    state = put(state, change(conversation, values));
    state = learn_name(state, one.sender, one.sender_name);
    return own ? chat.outbox.arrived(state, one) : state;
  }

  function message(state, action) {
    var told_message = action.message;
    var id = told_message.conversation;
    var conversation = state.conversations[id] || fresh(id);
    // One's own settings travel in a conversation, too; it is not one to look at.
    if (id === state.me.id) { conversation = change(conversation, { type: "self" }); }
    var verdict = rule.judge(conversation.last, told_message, state.me.id);
    if (verdict === "ignore") { return state; }
    if (verdict === "apply") { return apply(state, conversation, told_message); }
    return put(state, change(conversation, { wanted: Math.max(conversation.wanted, told_message.seq) }));
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
      messages: messages.reduce(hold, conversation.messages),
      loaded: true, loading: false, trouble: null,
      older: messages.length >= chat.limits.page_messages && messages[0].seq > 1,
      oldest: messages.length ? messages[0].seq : conversation.oldest
    };
    messages.forEach(function (one) {
      if (one.seq === conversation.last && conversation.counted === null) { values.counted = one.counted; }
      state = learn_name(state, one.sender, one.sender_name);
    });
    return patch(state, action.conversation, values);
  }

  /** Our read position moved, here or on another device. */
  function read(state, action) {
    var conversation = state.conversations[action.conversation];
    var unread;
    if (!conversation || action.seq < conversation.read_seq) { return state; }
    unread = rule.unread_after(conversation, action.seq);
    if (unread === null) { unread = action.unread; }
    return patch(state, action.conversation, {
      read_seq: action.seq,
      unread: unread === undefined ? conversation.unread : unread
    });
  }

  /** The snapshot: whatever was held is void. Drafts and outbox are not of it. */
  function synced(state, action) {
    var conversations = {};
    action.snapshot.conversations.forEach(function (entry) { conversations[entry.id] = from_sync(entry); });
    return change(state, {
      phase: "in", me: action.snapshot.me, conversations: conversations, members: {}, notice: null,
      users: change.key(state.users, action.snapshot.me.id, action.snapshot.me.name),
      open: conversations[state.open] ? state.open : null
    });
  }

  /** A later snapshot, asked for to learn names. It never moves a `last`. */
  function merged(state, action) {
    return action.snapshot.conversations.reduce(function (so_far, entry) {
      var held = so_far.conversations[entry.id];
      return put(so_far, held ? told(held, entry) : from_sync(entry));
    }, state);
  }

  /** A conversation we have a hand in before the feed tells of it. */
  function started(state, action) {
    var entry = action.conversation;
    var held = state.conversations[entry.id];
    if (held) { return put(state, told(held, entry)); }
    // Told with its head, it begins as a snapshot's; else the feed begins it.
    return put(state, typeof entry.head_seq === "number" ? from_sync(entry) : told(fresh(entry.id), entry));
  }

  function typing(state, action) {
    var conversation = state.conversations[action.conversation];
    if (!conversation || action.user === state.me.id) { return state; }
    return patch(state, conversation.id, { typing: change.key(conversation.typing, action.user, action.stamp) });
  }

  function typing_over(state, action) {
    var conversation = state.conversations[action.conversation];
    if (!conversation || conversation.typing[action.user] !== action.stamp) { return state; }
    return patch(state, conversation.id, { typing: change.without(conversation.typing, action.user) });
  }

  return {
    message: message, filled: filled, page: page, read: read, synced: synced, merged: merged, started: started,
    typing: typing, typing_over: typing_over,
    loading: function (state, action) { return patch(state, action.conversation, { loading: true, trouble: null }); },
    not_loaded: function (state, action) {
      return patch(state, action.conversation, { loading: false, trouble: action.problem });
    },
    // Drawn, but `last` stays: only the feed moves it.
    receipt: function (state, action) {
      var conversation = state.conversations[action.message.conversation];
      state = chat.outbox.arrived(state, action.message);
      return !conversation ? state : patch(state, conversation.id, {
        messages: hold(conversation.messages, action.message),
        read_seq: Math.max(conversation.read_seq, action.message.seq)
      });
    }
  };
}());
