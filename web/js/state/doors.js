// Ways into groups: what was asked and waits for an answer.
var chat = chat || {};

chat.doors = (function () {
  "use strict";

  var change = chat.change;

  /** Asked to be let in, or no longer; wherever the group stands on the page. */
  function pending(state, action) {
    var search = state.search;
    if (state.groups[action.id]) {
      state = change(state, { groups: change.key(state.groups, action.id, change(state.groups[action.id], { pending: action.pending })) });
    }
    return !search || !search.groups ? state : change(state, { search: change(search, {
      groups: search.groups.map(function (one) { return one.id === action.id ? change(one, { pending: action.pending }) : one; })
    }) });
  }

  /** We are told that we were not let in. */
  function declined(state, body) {
    return change(pending(state, { id: body.group, pending: false }), {
      notice: { code: "declined", holes: { name: body.name || "" } }
    });
  }

  return { declined: declined, reducers: { pending: pending } };
}());
