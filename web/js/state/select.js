// Questions to the state, answered without touching it.
var chat = chat || {};

chat.select = (function () {
  "use strict";

  /** The badge. What is open and looked at is being read already. */
  function unread(state, conversation) {
    return state.attentive && state.view === "chats" && state.open === conversation.id && conversation.loaded &&
      conversation.reading === null ? 0 : conversation.unread;
  }

  function sent_at(conversation) {
    return conversation.last_message && conversation.last_message.sent_at || conversation.touched_at;
  }

  /** Pinned first, then the newest. What was left or hidden stays only while it is open. */
  function list(state) {
    return Object.keys(state.conversations).map(function (id) {
      return state.conversations[id];
    }).filter(function (one) {
      return one.type !== "self" && ((!one.left && !one.hidden) || one.id === state.open);
    }).sort(function (a, b) {
      if (a.pinned !== b.pinned) { return a.pinned ? -1 : 1; }
      if (sent_at(a) === sent_at(b)) { return a.name < b.name ? -1 : 1; }
      return sent_at(a) < sent_at(b) ? 1 : -1;
    });
  }

  /** The newest message there that was refused, or undefined. */
  function failed(state, conversation) {
    return state.outbox.filter(function (item) { return item.conversation === conversation && item.state === "failed"; }).pop();
  }

  function unread_total(state) {
    return Object.keys(state.conversations).reduce(function (sum, id) {
      var one = state.conversations[id];
      return one.left || one.muted || one.type === "self" ? sum : sum + unread(state, one);
    }, 0);
  }

  /** Somebody's small picture; null while none is known. */
  function face(state, user) {
    var one = user === (state.me && state.me.id) ? state.me : state.people[user];
    return one && one.avatar ? "/api/users/" + encodeURIComponent(user) + "/avatar?size=small&_=" + encodeURIComponent(one.avatar) : null;
  }

  /** The picture of a conversation: the group's, or the other's. */
  function conversation_face(state, conversation) {
    if (conversation.type === "direct") { return face(state, conversation.peer); }
    return conversation.avatar ? "/api/groups/" + encodeURIComponent(conversation.id) +
      "/avatar?size=small&_=" + encodeURIComponent(conversation.avatar) : null;
  }

  function friend(state, user) {
    return state.friends.friends.filter(function (one) { return one.user.id === user; })[0] || null;
  }

  /** @param {string} [fallback] */
  function name_of(state, user, fallback) {
    return state.users[user] || fallback || chat.i18n.t("user.unknown");
  }

  /** What stands above a conversation: one's own remark of a friend comes first. */
  function title(conversation, state) {
    var held = state && conversation.peer ? friend(state, conversation.peer) : null;
    return held && held.remark || conversation.name || chat.i18n.t("conversation.unnamed");
  }

  /** A name inside a sentence: what turns the direction of writing ends where the name ends. */
  function isolated(name) {
    var plain = String(name).replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
    return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(plain) ? "\u2068" + plain + "\u2069" : plain;
  }

  // The members of the group that was asked about last, by id: one look through the
  // list for each change of it, not for each name of each row.
  /** @type {{list: ?, by_id: Object<string, ?>}} */
  var known = { list: null, by_id: Object.create(null) };

  function members_of(state, id) {
    var members = state.members[id] || null;
    if (known.list !== members) {
      known = { list: members, by_id: Object.create(null) }; // an id may be any word
      (members || []).forEach(function (one) { known.by_id[one.id] = one; });
    }
    return known.by_id;
  }

  /** The names needed to say a message in words: in a group `id`, what its members go by there. */
  function names(state, id) {
    var inside = id ? members_of(state, id) : Object.create(null);

    /** @param {string} user @param {string} [fallback] */
    function called_here(user, fallback) { return isolated(inside[user] && inside[user].name || name_of(state, user, fallback)); }

    /** What they are called everywhere else. */
    called_here.elsewhere = function (/** @type {string} */ user, /** @type {string} */ fallback) {
      return isolated(state.people[user] && state.people[user].name || name_of(state, user, fallback));
    };
    return called_here;
  }

  function member(state, conversation, user) {
    return members_of(state, conversation.id)[user] || null;
  }

  /** What the sender goes by here: in a group the card, as of now if the members are known, else as of then. */
  function sender_name(state, conversation, message) {
    var held = member(state, conversation, message.sender);
    return held ? held.name : conversation.type === "group" && message.sender_name || name_of(state, message.sender, message.sender_name);
  }

  /** Every name by which those whom a message mentions may be called in its text. */
  function mentioned(state, conversation, message) {
    var ids = Array.isArray(message.mentions) ? message.mentions : [];
    return ids.reduce(function (found, id) {
      var one = state.people[id] || {}, held = member(state, conversation, id) || {};
      return found.concat([state.users[id], one.name, one.username, held.name, held.card]);
    }, message.mentions_all ? chat.parts.EVERYONE : []).filter(Boolean);
  }

  function typing(state, conversation) {
    return Object.keys(conversation.typing).map(function (user) { return names(state, conversation.id)(user); });
  }

  /** Is the left pane all there is, as on a phone? Then it is the main part of the page. */
  function side_alone(state) {
    return state.narrow && !(state.view === "chats" && state.open);
  }

  return {
    unread: unread, unread_total: unread_total, list: list, failed: failed, title: title,
    face: face, conversation_face: conversation_face, friend: friend,
    names: names, member: member, sender_name: sender_name, mentioned: mentioned, typing: typing, side_alone: side_alone
  };
}());
