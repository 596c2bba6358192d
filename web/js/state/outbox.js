// What was sent and is not known to be in the log. An item leaves when its
// receipt or its echo comes, whichever is first; both carry the client id.
//   { client_id, conversation, kind, body, sent_at, order, state, problem, upload?, said? }
// `said`: the body that is posted, where it is another than the one shown.
// `state`: uploading (its file is not up yet) | queued | sending | waiting (tries
// again by itself) | failed (somebody has to decide). `order` grows with each item.
var chat = chat || {};

chat.outbox = (function () {
  "use strict";

  var change = chat.change;

  function patched(state, client_id, values) {
    return change(state, { outbox: state.outbox.map(function (item) {
      return item.client_id === client_id ? change(item, values) : item;
    }) });
  }

  function has(state, client_id) {
    return state.outbox.some(function (item) { return item.client_id === client_id; });
  }

  function without(state, client_id) {
    return !has(state, client_id) ? state : change(state, { outbox: state.outbox.filter(function (item) {
      return item.client_id !== client_id;
    }) });
  }

  /** A file whose bytes are neither up nor in this page: it must be chosen again. */
  function is_lost(item) {
    return (item.kind === "image" || item.kind === "file") && !item.upload && !item.body.file;
  }

  /** Does the page hold this one in its log already? */
  function is_held(state, item) {
    var conversation = state.conversations[item.conversation];
    return Boolean(conversation) && conversation.messages.some(function (one) {
      return one.client_id === item.client_id && one.sender === state.me.id;
    });
  }

  /** In one step: an upload that has ended is never seen as one that may begin. */
  function stopped(state, action, name) {
    return change(state, { outbox: state.outbox.map(function (item) {
      return item.client_id !== action.client_id ? item : change(item, {
        state: name, problem: action.problem, upload: item.upload ? change(item.upload, { going: false }) : item.upload
      });
    }) });
  }

  return {
    patched: patched, is_lost: is_lost,
    arrived: function (state, message) {
      return message.client_id ? without(state, message.client_id) : state;
    },
    queued: function (state, action) {
      var item = change(action.item, { state: action.item.upload ? "uploading" : "queued", problem: null });
      return change(state, { outbox: state.outbox.concat(item) });
    },
    /** What this browser kept from an earlier page, or what another tab left. */
    restored: function (state, action) {
      var fresh = action.items.filter(function (item) {
        return !has(state, item.client_id) && !is_held(state, item);
      });
      return !fresh.length ? state : change(state, { outbox: state.outbox.concat(fresh).sort(function (a, b) {
        return a.order - b.order;
      }) });
    },
    sending: function (state, action) { return patched(state, action.client_id, { state: "sending", problem: null }); },
    waiting: function (state, action) { return stopped(state, action, "waiting"); },
    failed: function (state, action) { return stopped(state, action, "failed"); },
    again: function (state, action) {
      var item = state.outbox.filter(function (one) { return one.client_id === action.client_id; })[0];
      return !item || is_lost(item) ? state
        : patched(state, action.client_id, { state: item.upload ? "uploading" : "queued", problem: null });
    },
    discarded: function (state, action) { return without(state, action.client_id); }
  };
}());
