// What is open, what is being asked, what went wrong: everything that is not
// the log's.
var chat = chat || {};

chat.ui = (function () {
  "use strict";

  var change = chat.change;

  function setter(key) {
    return function (state, action) { return change.key(state, key, action[key]); };
  }

  function keyed(table) {
    return function (state, action) {
      return change.key(state, table, change.key(state[table], action.id, action.value));
    };
  }

  return {
    /** A new start: another user must find nothing of the one before. */
    signed_out: function (state) {
      var empty = chat.initial();
      empty.phase = "door";
      empty.attentive = state.attentive;
      return empty;
    },
    door: function (state, action) { return change(state, { door: change(state.door, action.door) }); },
    link: function (state, action) { return change(state, { link: { state: action.state, route: action.route } }); },
    attentive: function (state, action) {
      return state.attentive === action.attentive ? state : change(state, { attentive: action.attentive });
    },
    opened: function (state, action) {
      return change(state, { open: action.id, search: null, create: null, notice: null });
    },
    panel: setter("panel"),
    search: setter("search"),
    create: setter("create"),
    notice: setter("notice"),
    draft: keyed("drafts"),
    group: keyed("groups"),
    members: function (state, action) {
      var users = state.users;
      action.members.forEach(function (member) { users = change.key(users, member.id, member.name); });
      return change(state, { users: users, members: change.key(state.members, action.id, action.members) });
    }
  };
}());
