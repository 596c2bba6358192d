// The number of unread messages in the title, where other tabs can see it.
var chat = chat || {};

chat.title = (function () {
  "use strict";

  function title(state) {
    var unread = chat.select.unread_total(state);
    return (unread ? "(" + (unread > 99 ? "99+" : unread) + ") " : "") + chat.i18n.t("app.name");
  }

  return { text: title, follow: function (before, after) {
    var text = title(after);
    if (document.title !== text) { document.title = text; }
  } };
}());
