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
      empty.voice = state.voice;
      empty.offline = state.offline;
      empty.newer = state.newer;
      empty.later = state.later;
      empty.narrow = state.narrow;
      return empty;
    },
    door: function (state, action) { return change(state, { door: change(state.door, action.door) }); },
    /** `now` runs only while there is no link; `since` remembers when that began. */
    link: function (state, action) {
      var now = action.now || 0;
      return change(state, { link: {
        state: action.state, route: action.route, reason: action.reason || "",
        since: action.state === "online" ? 0 : state.link.since || now,
        retry_at: now + (action.retry_ms || 0), now: now
      } });
    },
    tick: function (state, action) { return change(state, { link: change(state.link, { now: action.now }) }); },
    offline: setter("offline"),
    expired: setter("expired"),
    voice: setter("voice"),
    /** What comes later is there, or could not be had. */
    later: function (state, action) {
      return change(state, { later: action.later, admin: state.admin || (chat.admin_state && chat.admin_state.fresh()) });
    },
    newer: setter("newer"),
    attentive: function (state, action) {
      return state.attentive === action.attentive ? state : change(state, { attentive: action.attentive });
    },
    opened: function (state, action) {
      return change(state, { view: "chats", open: action.id, search: null, notice: null, jump: null });
    },
    /** The address was changed by hand, by Back or by a link. */
    routed: function (state, action) {
      return change(state, {
        view: action.view, panel: action.panel, join: action.join || state.join, dialog: null,
        open: action.view === "chats" ? action.open : state.open,
        admin_page: action.page || state.admin_page
      });
    },
    view: setter("view"),
    admin_page: setter("admin_page"),
    narrow: function (state, action) {
      return state.narrow === action.narrow ? state : change(state, { narrow: action.narrow });
    },
    panel: setter("panel"),
    dialog: setter("dialog"),
    join: setter("join"),
    search: setter("search"),
    notice: setter("notice"),
    settings: setter("settings"),
    setting: function (state, action) {
      return change(state, { settings: change.key(state.settings, action.name, action.value) });
    },
    draft: keyed("drafts"),
    drafts: setter("drafts"),
    reply: keyed("replies"),
    redraft: setter("redraft"),
    quoted: function (state, action) {
      var conversation = state.conversations[action.conversation];
      // It may have been taken back while it was asked for.
      var quote = action.quote.message && conversation
        ? { message: chat.held.replayed([action.quote.message], conversation.marks)[0] } : action.quote;
      return change(state, { quotes: change.key(state.quotes, action.conversation + "/" + action.seq, quote) });
    },
    schemas: setter("schemas"),
    said: setter("said")
  };
}());
