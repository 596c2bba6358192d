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
      empty.settings = state.settings;
      empty.join = state.join;
      empty.narrow = state.narrow;
      return empty;
    },
    door: function (state, action) { return change(state, { door: change(state.door, action.door) }); },
    link: function (state, action) { return change(state, { link: { state: action.state, route: action.route } }); },
    attentive: function (state, action) {
      return state.attentive === action.attentive ? state : change(state, { attentive: action.attentive });
    },
    opened: function (state, action) {
      return change(state, { view: "chats", open: action.id, search: null, create: null, notice: null });
    },
    /** The address was changed by hand, by Back or by a link. */
    routed: function (state, action) {
      return change(state, {
        view: action.view, panel: action.panel, join: action.join || state.join, dialog: null,
        open: action.view === "chats" ? action.open : state.open,
        admin: action.page ? change(state.admin, { page: action.page }) : state.admin
      });
    },
    view: setter("view"),
    narrow: function (state, action) {
      return state.narrow === action.narrow ? state : change(state, { narrow: action.narrow });
    },
    panel: setter("panel"),
    dialog: setter("dialog"),
    join: setter("join"),
    search: setter("search"),
    create: setter("create"),
    notice: setter("notice"),
    settings: setter("settings"),
    setting: function (state, action) {
      return change(state, { settings: change.key(state.settings, action.name, action.value) });
    },
    draft: keyed("drafts"),
    drafts: setter("drafts"),
    reply: keyed("replies"),
    redraft: setter("redraft"),
    group: keyed("groups"),
    members: function (state, action) {
      var users = state.users, presence = state.presence;
      action.members.forEach(function (member) {
        users = change.key(users, member.id, member.name);
        presence = change.key(presence, member.id, member.status);
      });
      state = chat.people.people(state, { people: action.members.map(function (member) { return member.user; }) });
      return change(state, { users: users, presence: presence, members: change.key(state.members, action.id, action.members) });
    }
  };
}());
