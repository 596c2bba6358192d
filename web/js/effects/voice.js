// Several pages of one browser, one sound: is it this one that rings and shows notices?
var chat = chat || {};

chat.voice = (function () {
  "use strict";

  /** @param {?} [state] `voice` in it is false where another page speaks */
  function mine(state) {
    return !state || state.voice !== false;
  }

  return { mine: mine };
}());
