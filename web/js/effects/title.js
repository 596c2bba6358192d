// The number of unread messages in the title, where other tabs can see it. While the
// page is hidden it alternates with words; not for who asked for less motion.
var chat = chat || {};

chat.title = (function () {
  "use strict";

  var TURN_MS = 1000;
  var timer = null;
  var turned = false;

  function title(state) {
    var unread = chat.select.unread_total(state);
    return (unread ? "(" + (unread > 99 ? "99+" : unread) + ") " : "") + chat.i18n.t("app.name");
  }

  function still() {
    return chat.media("(prefers-reduced-motion: reduce)", true);
  }

  function set(text) {
    if (document.title !== text) { document.title = text; }
  }

  function turn(text, news) {
    turned = !turned;
    set(turned ? news : text);
    timer = setTimeout(function () { turn(text, news); }, TURN_MS);
  }

  function alternates(state) {
    return document.visibilityState === "hidden" && !still() && chat.select.unread_total(state) > 0;
  }

  return { text: title, follow: function (before, after) {
    var text = title(after);
    clearTimeout(timer);
    turned = false;
    set(text);
    if (!alternates(after)) { return; }
    timer = setTimeout(function () {
      turn(text, chat.i18n.t("title.news", { count: chat.select.unread_total(after) }));
    }, TURN_MS);
  } };
}());
