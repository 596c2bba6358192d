// The shape of the page while the first snapshot is on its way: for those who were
// here before. Whoever was not is at the door in a moment.
var chat = chat || {};

chat.skeleton = (function () {
  "use strict";

  var el = chat.el;
  var ROWS = [0, 1, 2, 3, 4, 5];
  var SIGNED_IN = /(?:^|; )csrftoken=/;

  /** Signed in before: the cookie that scripts can see goes with the session's. */
  function expected() {
    return SIGNED_IN.test(document.cookie);
  }

  function skeleton() {
    return el.div({ class: "app" },
      el.div({ class: "rail", "aria-hidden": "true" }),
      el.main({ class: "side", "aria-busy": "true" },
        el.h1({ class: "sr" }, chat.i18n.t("app.starting")),
        el.div({ class: "ghost__box", "aria-hidden": "true" }),
        el.ul({ "aria-hidden": "true" }, ROWS.map(function (row) {
          return el.li({ class: "row ghost", key: row },
            el.span({ class: "avatar ghost__face" }), el.span({ class: "who" },
              el.strong({ class: "ghost__line ghost__line--short" }), el.span({ class: "ghost__line" })));
        }))),
      el.div({ class: "pane", "aria-hidden": "true" }));
  }

  skeleton.expected = expected;
  return skeleton;
}());
