// A face: the picture, or the first letter of the name in a circle.
var chat = chat || {};

chat.avatar = (function () {
  "use strict";

  /** `face` is the address of a picture, or null; see chat.select.face. */
  function avatar(name, small, face) {
    // A character beyond the basic plane is two units; half of one is a box.
    var first = (/^[\uD800-\uDBFF][\uDC00-\uDFFF]|^[\s\S]/.exec(name || "?") || ["?"])[0];
    return chat.el.span({ class: chat.el.cx("avatar", small && "avatar--small"), "aria-hidden": "true" },
      face ? chat.el.img({ class: "avatar__face", src: face, alt: "" }) : first.toUpperCase());
  }

  return avatar;
}());
