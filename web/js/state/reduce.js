// (state, action) -> state, by the action's type. The tables are the rooms.
var chat = chat || {};

chat.reduce = (function () {
  "use strict";

  function reduce(state, action) {
    var tables = /** @type {Array<?>} */ ([
      chat.ui, chat.conversations, chat.messages, chat.around, chat.people, chat.circle, chat.outbox, chat.uploads, chat.seek,
      chat.membership.reducers, chat.waiting.reducers, chat.doors.reducers
    ]).concat(chat.admin_state || []), i; // those of the administrator come later
    for (i = 0; i < tables.length; i += 1) {
      if (Object.prototype.hasOwnProperty.call(tables[i], action.type)) {
        return tables[i][action.type](state, action);
      }
    }
    throw new Error("no reducer for " + action.type);
  }

  return reduce;
}());
