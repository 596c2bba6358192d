// The first letter of a name in a circle, until there are pictures.
var chat = chat || {};

chat.avatar = (function () {
  "use strict";

  function avatar(name, small) {
    // A character beyond the basic plane is two units; half of one is a box.
    var first = (/^[\uD800-\uDBFF][\uDC00-\uDFFF]|^[\s\S]/.exec(name || "?") || ["?"])[0];
    return chat.el.span({ class: chat.el.cx("avatar", small && "avatar--small"), "aria-hidden": "true" },
      first.toUpperCase());
  }

  return avatar;
}());
