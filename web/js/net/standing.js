// What signals have announced so far, so that a tab that joins late can be told
// at once: the server says it only when a link opens.
var chat = chat || {};

chat.standing = (function () {
  "use strict";

  function standing() {
    var held = null;

    return {
      clear: function () { held = null; },
      take: function (told) {
        var change = chat.change;
        if (told.type === "state") { held = change(told, { presence: told.presence || {} }); }
        if (held && told.type === "signal" && told.signal === "presence") {
          held = change(held, { presence: change.key(held.presence, told.user, told.status) });
        }
      },
      /** An entry like the server's, or null. Read positions in it may be old; they only ever move forward. */
      entry: function () { return held; }
    };
  }

  return standing;
}());
