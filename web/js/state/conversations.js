// Conversations: what the snapshot says of them and what one set for oneself. What
// is said in them is in state/messages.js.
var chat = chat || {};

chat.conversations = (function () {
  "use strict";

  var change = chat.change;
  var rule = chat.rule;

  function fresh(id) {
    return {
      id: id, type: "group", name: "", known: false, // known: has the server told its name?
      peer: null, // the other user of a direct chat
      avatar: null, // which one a group shows
      unread: 0, read_seq: 0,
      mentions: 0, // unread messages that call me
      peer_read_seq: null, // how far the other has read, if both show it
      pinned: false, muted: false, hidden: false, // mine alone
      role: null, member_count: 0, from_seq: 1,
      muted_until: null, // in a group: until when I may not post; known once its members were read
      last: 0, // applied up to here
      counted: null, // the running count at `last`; null until told
      wanted: 0, // a seq beyond `last` that is known to exist: fetch up to it
      left: false, last_message: null,
      touched_at: "", // when the snapshot's last message was sent, also one without a line
      messages: [], // held, ascending by seq, hidden ones left out
      marks: [], // the last recalls and reactions, see state/held.js
      loaded: false, loading: false, trouble: null,
      older: false, oldest: 0, // is there more before `oldest`?
      around: null, // another stretch, after a jump: state/around.js
      reading: null, // the highest seq in sight while scrolled up; null at the newest
      typing: {}
    };
  }

  /** Takes over what a snapshot may change: never a position, never a count. */
  function told(conversation, entry) {
    var latest = entry.last_message && !chat.held.is_silent(entry.last_message) ? entry.last_message : null;
    return change(conversation, {
      known: true,
      type: entry.type || conversation.type,
      name: entry.name || conversation.name,
      peer: entry.peer || conversation.peer,
      avatar: entry.avatar || conversation.avatar,
      last_message: conversation.last_message || latest,
      touched_at: entry.last_message && entry.last_message.sent_at || conversation.touched_at
    });
  }

  function from_sync(entry) {
    var latest = entry.last_message;
    return change(told(fresh(entry.id), entry), {
      unread: entry.unread || 0, read_seq: entry.read_seq || 0, left: Boolean(entry.left),
      mentions: entry.mentions || 0, from_seq: entry.from_seq || 1,
      peer_read_seq: typeof entry.peer_read_seq === "number" ? entry.peer_read_seq : null,
      pinned: Boolean(entry.pinned), muted: Boolean(entry.muted), hidden: Boolean(entry.hidden),
      role: entry.role || null, member_count: entry.member_count || 0,
      last: entry.head_seq,
      // What comes after the last visible message was never counted for us.
      counted: latest && typeof latest.counted === "number" ? latest.counted : null
    });
  }

  function put(state, conversation) {
    return change(state, { conversations: change.key(state.conversations, conversation.id, conversation) });
  }

  function patch(state, id, values) {
    return state.conversations[id] ? put(state, change(state.conversations[id], values)) : state;
  }

  /** The snapshot: whatever was held is void. Drafts and outbox are not of it. */
  function synced(state, action) {
    var conversations = {};
    action.snapshot.conversations.forEach(function (entry) { conversations[entry.id] = from_sync(entry); });
    return change(state, {
      phase: "in", me: action.snapshot.me, conversations: conversations, members: {}, lists: {}, quotes: {}, notice: null,
      users: change.key(state.users, action.snapshot.me.id, action.snapshot.me.name),
      friends: change(state.friends, { stale: state.friends.stale + 1 }),
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

  /** Pinned, muted or hidden, here or on another device. `hidden` is the seq up to which it is. */
  function arranged(state, body) {
    var values = {};
    ["pinned", "muted"].forEach(function (name) {
      if (typeof body[name] === "boolean") { values[name] = body[name]; }
    });
    if (body.hidden !== undefined) { values.hidden = Boolean(body.hidden); }
    return patch(state, body.conversation, values);
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
      mentions: rule.mentions_after(conversation, action.seq, state.me.id),
      unread: unread === undefined ? conversation.unread : unread
    });
  }

  /** The other of a direct chat has read up to here. */
  function peer_read(state, action) {
    var conversation = state.conversations[action.conversation];
    if (!conversation || action.seq <= (conversation.peer_read_seq || 0)) { return state; }
    return patch(state, action.conversation, { peer_read_seq: action.seq });
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

  /** How far down one looks; only ever forward, until the newest is in sight again. */
  function seen(state, action) {
    var conversation = state.conversations[action.conversation];
    var seq = action.seq === null || !conversation ? null : Math.max(action.seq, conversation.reading || 0);
    return !conversation || conversation.reading === seq ? state : patch(state, action.conversation, { reading: seq });
  }

  return {
    fresh: fresh, put: put, patch: patch, arranged: arranged, seen: seen,
    synced: synced, merged: merged, started: started, read: read, peer_read: peer_read,
    typing: typing, typing_over: typing_over,
    loading: function (state, action) { return patch(state, action.conversation, { loading: action.stamp, trouble: null }); },
    not_loaded: function (state, action) {
      return patch(state, action.conversation, { loading: false, trouble: action.problem });
    }
  };
}());
