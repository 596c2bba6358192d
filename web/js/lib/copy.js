// Text onto the clipboard. Pages on plain http have no navigator.clipboard; the
// old way through a selected field works there, too.
var chat = chat || {};

chat.copy = (function () {
  "use strict";

  function by_selection(text) {
    var held = document.activeElement;
    var field = /** @type {?} */ (document.createElement("textarea"));
    var done = false;
    // A dialogue keeps the focus inside itself, so the field has to be there.
    var place = held && held.parentNode || document.body;
    field.value = text;
    field.className = "sr";
    field.setAttribute("aria-hidden", "true");
    place.appendChild(field);
    field.select();
    try { done = document.execCommand("copy"); } catch (refused) { done = false; }
    place.removeChild(field);
    chat.focus.give_back(held);
    return done;
  }

  /** @param {string} text  @param {function(boolean): void} done told whether it is there now */
  function copy(text, done) {
    var clipboard = /** @type {?} */ (self.navigator).clipboard;
    if (!clipboard || !clipboard.writeText) { return done(by_selection(text)); }
    clipboard.writeText(text).then(function () { done(true); }, function () { done(by_selection(text)); });
  }

  return copy;
}());
