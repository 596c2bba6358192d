// Arrow up in an empty field leads to the newest message and what can be done with it.
var chat = chat || {};

chat.upward = (function () {
  "use strict";

  /** @param {{store: Object}} app */
  function upward(app) {
    function pressed(event) {
      var rows, last;
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || chat.keys.composing(event) ||
        chat.keys.name(event) !== "ArrowUp" || event.target.tagName !== "TEXTAREA" || event.target.value || app.store.state().dialog) {
        return;
      }
      rows = document.querySelectorAll(".timeline .msg");
      last = /** @type {?} */ (rows[rows.length - 1]);
      if (!last) { return; }
      event.preventDefault();
      last.focus();
      chat.roving.open(last);
    }

    return { start: function () { document.addEventListener("keydown", pressed); } };
  }

  return upward;
}());
