// Presence by shape and word, never by colour alone.
var chat = chat || {};

chat.presence_mark = (function () {
  "use strict";

  var SHAPES = { online: "●", away: "◐", busy: "⊖", invisible: "◌", offline: "○" };

  /** `words`: with the word beside it, else the word is for those who listen. */
  function presence_mark(status, words) {
    var known = Object.prototype.hasOwnProperty.call(SHAPES, status) ? status : "offline";
    return chat.el.span({ class: "presence presence--" + known },
      chat.el.span({ "aria-hidden": "true" }, SHAPES[known]), " ",
      chat.el.span({ class: words ? null : "sr" }, chat.i18n.t("presence." + known)));
  }

  return presence_mark;
}());
