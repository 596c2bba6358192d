// The conversations: pinned ones, then the newest. The arrow keys walk along.
var chat = chat || {};

chat.chat_list = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function walk(event) {
    var rows, to, at;
    rows = event.currentTarget.querySelectorAll(".row");
    at = Array.prototype.indexOf.call(rows, document.activeElement);
    to = at < 0 ? null : chat.keys.along(event, at, rows.length);
    if (to === null) { return; }
    event.preventDefault();
    rows[to].focus();
  }

  function empty(act) {
    return el.div({ class: "empty" },
      el.p(null, t("list.empty")),
      el.p({ class: "empty__ways" },
        el.button({ class: "secondary", type: "button", onClick: function () { act.doors.show_find(true); } }, t("list.find_group")), " ",
        el.button({ class: "secondary", type: "button", onClick: function () { act.view("contacts"); } }, t("list.find_friends"))));
  }

  function chat_list(props) {
    var found = chat.select.list(props.state);
    if (!found.length) { return empty(props.act); }
    return el.ul({ class: "scroll", "aria-label": t("list.title"), onKeyDown: walk }, found.map(function (conversation) {
      return chat.chat_row(props, conversation, false);
    }));
  }

  return chat_list;
}());
