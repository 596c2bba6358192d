// A number in red, said in words to those who listen.
var chat = chat || {};

chat.badge = (function () {
  "use strict";

  /** `key` names the words: they get { count }. `quiet`: muted, the number stands but does not shout. */
  function badge(count, key, quiet) {
    if (!count) { return null; }
    return [
      chat.el.span({ class: chat.el.cx("badge", quiet && "badge--quiet"), "aria-hidden": "true" }, count > 99 ? "99+" : count),
      chat.el.span({ class: "sr" }, chat.i18n.t(key, { count: count }))
    ];
  }

  return badge;
}());
