// Questions about groups: who may do what to whom, who may speak, who is in it.
var chat = chat || {};

chat.select_group = (function () {
  "use strict";

  var RANK = { owner: 2, admin: 1, member: 0 };

  // Names in the order of a Chinese directory. A collator is ten times faster than
  // localeCompare, and old engines have none.
  var collator = self.Intl && self.Intl.Collator ? new self.Intl.Collator("zh-CN") : null;
  var in_order = collator && collator.compare || function (/** @type {string} */ a, /** @type {string} */ b) {
    return a.localeCompare(b, "zh-CN");
  };

  function governs(one) { return one === "owner" || one === "admin"; }

  /** My role; null for who is not in it. */
  function role(state, id) {
    var conversation = state.conversations[id];
    return conversation && !conversation.left ? conversation.role || (state.groups[id] || {}).role || "member" : null;
  }

  function dissolved(state, id) {
    return Boolean(state.groups[id] && state.groups[id].dissolved_at);
  }

  /** The owner acts on everyone, admins on ordinary members. */
  function above(mine, theirs) {
    return RANK[mine] > RANK[theirs];
  }

  /** Is the panel in sight? It belongs to groups one is in. */
  function panel(state) {
    var open = state.conversations[state.open];
    return Boolean(state.view === "chats" && state.panel && open && open.type === "group" && !open.left);
  }

  /** Milliseconds until then; 0 for never and for what is over. */
  function left(until, now) {
    return until ? Math.max(0, new Date(until).getTime() - now) || 0 : 0;
  }

  /**
   * Why nothing can be posted here: null, or { key, holes } of a sentence.
   * It changes with time: who shows it asks again each second while there is a `time` in it.
   */
  function silence(state, conversation, now) {
    var group = state.groups[conversation.id] || {};
    var muted = left(conversation.muted_until, now);
    if (conversation.left) { return { key: "silence.left", holes: {} }; }
    if (group.dissolved_at) { return { key: "silence.dissolved", holes: {} }; }
    if (governs(role(state, conversation.id))) { return null; }
    if (muted) { return { key: "silence.muted", holes: { time: chat.remaining(muted) } }; }
    return group.mute_all ? { key: "silence.all", holes: {} } : null;
  }

  /** Slow mode: the whole seconds until I may post the next message; 0: now. */
  function slow(state, conversation, now) {
    var group = state.groups[conversation.id], held = conversation.messages, i;
    if (!group || !group.slow_mode || governs(role(state, conversation.id))) { return 0; }
    for (i = held.length - 1; i >= 0; i -= 1) {
      if (now - new Date(held[i].sent_at).getTime() > 1000 * group.slow_mode) { return 0; }
      if (held[i].sender === state.me.id && !chat.kinds.of(held[i]).notice) {
        return Math.ceil(left(new Date(new Date(held[i].sent_at).getTime() + 1000 * group.slow_mode).toISOString(), now) / 1000);
      }
    }
    return 0;
  }

  /** Why nobody can be invited now: null, or the key of a reason. */
  function uninviting(state, id) {
    var group = state.groups[id];
    if (!group) { return "chat.loading"; }
    if (group.member_count >= group.member_limit) { return "invite.full"; }
    return group.join_mode === "closed" ? "invite.closed" : null;
  }

  function status(state, one) {
    return one.id === state.me.id ? state.me.status : state.presence[one.id] || one.status;
  }

  /** The members that `query` finds: the owner, admins, then the rest; those who are there first. */
  function members(state, id, query) {
    var asked = query.trim().toLowerCase();
    var found = (state.members[id] || []).filter(function (one) {
      return !asked || (one.name + "\n" + (one.user ? one.user.name + "\n" + one.user.username : "")).toLowerCase().indexOf(asked) >= 0;
    }).map(function (one) {
      var there = status(state, one);
      return { member: one, order: 2 * (2 - RANK[one.role]) + (there === "offline" || there === "invisible" ? 1 : 0) };
    });
    return found.sort(function (a, b) {
      return a.order - b.order || in_order(a.member.name, b.member.name);
    }).map(function (one) { return one.member; });
  }

  /** How many wait to be let in, as far as I may know. */
  function asking(state, id) {
    var list = chat.waiting.of(state, "requests", id);
    return governs(role(state, id)) && list && list.items ? list.items.length : 0;
  }

  /** Its small picture; null while there is none. */
  function face(group) {
    return group.avatar
      ? "/api/groups/" + encodeURIComponent(group.id) + "/avatar?size=small&_=" + encodeURIComponent(group.avatar) : null;
  }

  /** How one comes in: "inside", "pending", "full", or the group's join mode. */
  function way_in(state, group) {
    if (role(state, group.id)) { return "inside"; }
    if (group.join_mode !== "closed" && group.member_count >= group.member_limit) { return "full"; }
    return group.pending ? "pending" : group.join_mode;
  }

  return {
    governs: governs, role: role, dissolved: dissolved, above: above, panel: panel, left: left, silence: silence, slow: slow,
    uninviting: uninviting, status: status, members: members, asking: asking, face: face, way_in: way_in
  };
}());
