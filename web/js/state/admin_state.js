// The administrator's pages: what their lists hold, the figures of the server. Nothing of it is kept or comes by the feed.
var chat = chat || {};

chat.admin_state = (function () {
  "use strict";

  var change = chat.change;

  function list() {
    return { asked: "", rows: [], loaded: false, busy: false, more: false, problem: null };
  }

  function fresh() {
    return {
      // `asked` is what the list is of: a query, or the state of reports.
      users: list(), groups: list(), reports: change(list(), { asked: "open" }), invitations: list(), audit: list(),
      figures: null, figures_problem: null
    };
  }

  function put(state, values) {
    return change(state, { admin: change(state.admin, values) });
  }

  function put_list(state, room, values) {
    return put(state, chat.change.key({}, room, change(state.admin[room], values)));
  }

  return {
    fresh: fresh,
    /** Asked for, from the beginning or (more) from where it ended. */
    admin_asked: function (state, action) {
      return put_list(state, action.room, change({ asked: action.asked, busy: true, problem: null }, action.more ? {} : { more: false }));
    },
    admin_rows: function (state, action) {
      var held = state.admin[action.room];
      if (held.asked !== action.asked) { return state; } // another question was asked meanwhile
      return put_list(state, action.room, {
        rows: action.more ? held.rows.concat(action.rows) : action.rows,
        loaded: true, busy: false, problem: null, more: action.rows.length >= chat.limits.admin_rows
      });
    },
    admin_problem: function (state, action) {
      return state.admin[action.room].asked !== action.asked ? state
        : put_list(state, action.room, { busy: false, problem: action.problem });
    },
    /** One row is another now; without `row` it is gone. */
    admin_row: function (state, action) {
      return put_list(state, action.room, { rows: state.admin[action.room].rows.map(function (one) {
        return one.id === action.id ? action.row && change(one, action.row) : one;
      }).filter(Boolean) });
    },
    admin_figures: function (state, action) {
      return put(state, { figures: action.figures || state.admin.figures, figures_problem: action.problem });
    }
  };
}());
