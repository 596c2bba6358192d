// Groups and who is in them. Read once, then kept true by what the feed tells: a
// group of two thousand is not read anew because somebody joined.
var chat = chat || {};

chat.membership = (function () {
  "use strict";

  var change = chat.change;

  function put(state, table, id, value) {
    return change.key(state, table, value === null ? change.without(state[table], id) : change.key(state[table], id, value));
  }

  function patch_group(state, id, values) {
    return state.groups[id] ? put(state, "groups", id, change(state.groups[id], values)) : state;
  }

  /** The members, changed; nothing where they were never read. The count follows. */
  function with_members(state, id, edit) {
    var list = state.members[id] && edit(state.members[id]);
    if (!list || list === state.members[id]) { return state; }
    state = patch_group(put(state, "members", id, list), id, { member_count: list.length });
    return chat.conversations.patch(state, id, { member_count: list.length });
  }

  function patch_member(state, id, user, values) {
    return with_members(state, id, function (list) {
      return list.map(function (one) { return one.id === user ? change(one, values) : one; });
    });
  }

  function is_in(list, user) {
    return list.some(function (one) { return one.id === user; });
  }

  /** My own part of it, which is known without the list of members. */
  function mine(state, id, values) {
    if (values.role !== undefined) { state = patch_group(state, id, { role: values.role }); }
    return chat.conversations.patch(state, id, values);
  }

  function added(state, one, user) {
    var name = user === one.sender ? one.sender_name : state.users[user];
    if (user === state.me.id) {
      // No list is held, or one that was read when I was in it already.
      return mine(state, one.conversation, {
        role: one.kind === "group.create" && one.sender === user ? "owner" : "member", muted_until: null
      });
    }
    return with_members(state, one.conversation, function (list) {
      return is_in(list, user) ? list : list.concat({
        id: user, user: state.people[user] || null, name: name || "", role: "member", card: "",
        status: state.presence[user] || "offline", muted_until: null
      });
    });
  }

  function removed(state, one, user) {
    if (user === state.me.id) {
      return put(mine(state, one.conversation, { role: null, muted_until: null }), "members", one.conversation, null);
    }
    return with_members(state, one.conversation, function (list) {
      return is_in(list, user) ? list.filter(function (member) { return member.id !== user; }) : list;
    });
  }

  function set_role(state, id, user, role) {
    state = patch_member(state, id, user, { role: role });
    return user === state.me.id ? mine(state, id, { role: role }) : state;
  }

  /** Who hands the group over becomes an admin, or a member where there are enough. */
  function former_owner(state, id, heir) {
    var admins = (state.members[id] || []).filter(function (one) { return one.role === "admin" && one.id !== heir; });
    return admins.length < chat.limits.group_admins ? "admin" : "member";
  }

  function hand_over(state, one) {
    var id = one.conversation, owners;
    // A list read after it happened has the new owner already; then nobody steps down.
    owners = (state.members[id] || []).filter(function (member) { return member.role === "owner" && member.id !== one.body.user; });
    owners.forEach(function (member) { state = set_role(state, id, member.id, former_owner(state, id, one.body.user)); });
    if (!owners.length && one.sender === state.me.id && one.body.user !== state.me.id) {
      state = mine(state, id, { role: former_owner(state, id, one.body.user) });
    }
    return set_role(state, id, one.body.user, "owner");
  }

  var happened = {
    "group.settings": function (state, one) {
      var values = change(one.body, {});
      if (values.announcement !== undefined) {
        values.announced_by = one.sender;
        values.announced_at = one.sent_at;
      }
      return patch_group(state, one.conversation, values);
    },
    "group.avatar": function (state, one) {
      return patch_group(state, one.conversation, { avatar: one.body.file || undefined });
    },
    "group.dissolve": function (state, one) {
      return patch_group(state, one.conversation, { dissolved_at: one.sent_at });
    },
    "group.role": function (state, one) {
      return one.body.role === "owner" ? hand_over(state, one) : set_role(state, one.conversation, one.body.user, one.body.role);
    },
    "group.mute": function (state, one) {
      var until = one.body.seconds ? new Date(new Date(one.sent_at).getTime() + 1000 * one.body.seconds).toISOString() : null;
      state = patch_member(state, one.conversation, one.body.user, { muted_until: until });
      return one.body.user === state.me.id ? mine(state, one.conversation, { muted_until: until }) : state;
    },
    "group.card": function (state, one) {
      var known = state.people[one.body.user];
      return patch_member(state, one.conversation, one.body.user, {
        card: one.body.card, name: one.body.card || known && known.name || state.users[one.body.user] || ""
      });
    }
  };

  /** What a message of the feed does to its group. Doing it twice changes nothing. */
  function told(state, one) {
    (Array.isArray(one.added) ? one.added : []).forEach(function (user) { state = added(state, one, user); });
    (Array.isArray(one.removed) ? one.removed : []).forEach(function (user) { state = removed(state, one, user); });
    if (one.body && Object.prototype.hasOwnProperty.call(happened, one.kind)) { state = happened[one.kind](state, one); }
    return chat.waiting.told(state, one);
  }

  /** Messages that came while something was read are newer than what was read. */
  function replay(state, id, since) {
    var conversation = state.conversations[id];
    return (conversation ? conversation.messages : []).reduce(function (so_far, one) {
      return one.seq > since && /^group\./.test(one.kind) ? told(so_far, one) : so_far;
    }, state);
  }

  /** A group, as the server gives it; `since`: `last` of the conversation when it was asked for. */
  function group(state, action) {
    var value = action.value;
    state = put(state, "groups", action.id, value);
    if (value.role) {
      state = chat.conversations.patch(state, action.id, {
        role: value.role, member_count: value.member_count, avatar: value.avatar || null
      });
    }
    return action.since === undefined ? state : replay(state, action.id, action.since);
  }

  function members(state, action) {
    // Filled in place: they are our own copies, and a copy for each of 2,000 is slow.
    var users = change(state.users, {}), presence = change(state.presence, {}), people = change(state.people, {});
    action.members.forEach(function (one) {
      users[one.id] = one.name;
      presence[one.id] = one.status;
      if (one.user) { people[one.id] = one.user; }
      if (one.id === state.me.id) {
        state = mine(state, action.id, { role: one.role, muted_until: one.muted_until });
      }
    });
    state = change(state, { users: users, presence: presence, people: people });
    if (!state.members[action.id]) { state = put(state, "members", action.id, []); }
    state = with_members(state, action.id, function () { return action.members; });
    return action.since === undefined ? state : replay(state, action.id, action.since);
  }

  /** Profiles of members who came while we looked, and whose names nobody told. */
  function members_known(state, action) {
    var known = {};
    action.people.forEach(function (one) { known[one.id] = one; });
    return with_members(state, action.id, function (list) {
      return list.map(function (one) {
        return known[one.id] ? change(one, { user: known[one.id], name: one.card || known[one.id].name }) : one;
      });
    });
  }

  return { told: told, reducers: { group: group, members: members, members_known: members_known } };
}());
