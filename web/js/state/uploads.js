// Files on their way: chosen (a tray above the field), then in the outbox with their
// bytes still travelling. The bytes themselves are no state; actions/uploading.js
// holds them by id.
//   chosen: { id, name, size, picture, as, url, width, height }
//   item.upload: { going, sent, total, url, picture, as, tries }; it goes when the file is up
var chat = chat || {};

chat.uploads = (function () {
  "use strict";

  var change = chat.change;

  function tray(state, conversation) { return state.picked[conversation] || []; }

  function lay(state, conversation, items) {
    return change(state, { picked: items.length ? change.key(state.picked, conversation, items)
      : change.without(state.picked, conversation) });
  }

  function upload(state, client_id, values) {
    return change(state, { outbox: state.outbox.map(function (item) {
      return item.client_id === client_id && item.upload
        ? change(item, { upload: change(item.upload, values) }) : item;
    }) });
  }

  /** How large a picture is, as soon as the browser knows: its place is kept before it shows. */
  function measured(state, action) {
    var size = { width: action.width, height: action.height };
    var conversation = Object.keys(state.picked).filter(function (id) {
      return state.picked[id].some(function (one) { return one.id === action.id; });
    })[0];
    if (conversation) {
      return lay(state, conversation, tray(state, conversation).map(function (one) {
        return one.id === action.id ? change(one, size) : one;
      }));
    }
    return change(state, { outbox: state.outbox.map(function (item) {
      return item.client_id === action.id && item.upload ? change(item, { body: change(item.body, size) }) : item;
    }) });
  }

  return {
    tray: tray,
    measured: measured,
    picked: function (state, action) {
      return lay(state, action.conversation, tray(state, action.conversation).concat(action.items));
    },
    unpicked: function (state, action) {
      return lay(state, action.conversation, tray(state, action.conversation).filter(function (one) {
        return action.ids.indexOf(one.id) < 0;
      }));
    },
    upload_began: function (state, action) {
      return upload(state, action.client_id, { going: true, sent: 0, tries: action.tries });
    },
    upload_moved: function (state, action) {
      return upload(state, action.client_id, { sent: action.sent, total: action.total });
    },
    /** The server has the bytes: from now on it is a message like any other. */
    uploaded: function (state, action) {
      return chat.outbox.patched(state, action.client_id, {
        kind: action.kind, body: action.body, upload: null, state: "queued", problem: null
      });
    }
  };
}());
