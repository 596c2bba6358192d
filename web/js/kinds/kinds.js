// The kinds of messages the page can draw, by name. A kind is an object:
//   summary(message, name_of)  one line for lists
//   bubble(message, name_of, page)  what stands in the bubble; page is { state, act }
// or, for a neutral line between the bubbles,
//   notice: true               and the summary is all there is, unless it has
//   card(message, name_of)     what stands there instead, or null
// One file per kind (or family) beside this one; what nobody registered is drawn
// by kinds/unknown.js, so a newer server never leaves a hole.
var chat = chat || {};

chat.kinds = (function () {
  "use strict";

  var by_name = {};

  var recalled = {
    notice: true,
    summary: function (message, name_of) {
      return chat.i18n.t("notice.recalled", { name: name_of(message.sender, message.sender_name) });
    }
  };

  function of(message) {
    if (message.recalled) { return recalled; }
    return Object.prototype.hasOwnProperty.call(by_name, message.kind) ? by_name[message.kind] : chat.unknown;
  }

  return {
    add: function (name, kind) { by_name[name] = kind; },
    of: of,
    /** A guess, for the one moment when no count is known to compare with. */
    counts: function (name) { return name !== "hidden" && !of({ kind: name }).notice; }
  };
}());
