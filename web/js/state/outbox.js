// What was sent and is not known to be in the log. An item leaves when its
// receipt or its echo comes, whichever is first; both carry the client id.
var chat = chat || {};

chat.outbox = (function () {
  "use strict";

  var change = chat.change;

  function patched(state, client_id, values) {
    return change(state, { outbox: state.outbox.map(function (item) {
      return item.client_id === client_id ? change(item, values) : item;
    }) });
  }

  function without(state, client_id) {
    return change(state, { outbox: state.outbox.filter(function (item) {
      return item.client_id !== client_id;
    }) });
  }

  return {
    arrived: function (state, message) {
      return message.client_id ? without(state, message.client_id) : state;
    },
    /** state of an item: queued | sending | waiting (tries again) | failed (refused) */
    queued: function (state, action) {
      return change(state, { outbox: state.outbox.concat(change(action.item, { state: "queued", problem: null })) });
    },
    sending: function (state, action) { return patched(state, action.client_id, { state: "sending", problem: null }); },
    waiting: function (state, action) {
      return patched(state, action.client_id, { state: "waiting", problem: action.problem });
    },
    failed: function (state, action) {
      return patched(state, action.client_id, { state: "failed", problem: action.problem });
    },
    again: function (state, action) { return patched(state, action.client_id, { state: "queued", problem: null }); },
    discarded: function (state, action) { return without(state, action.client_id); }
  };
}());
