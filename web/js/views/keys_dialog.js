// All that the keyboard does, in one list.
var chat = chat || {};

chat.keys_dialog = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** Each is a line: the keys, and `keys.<name>` for what they do. */
  var LINES = [
    ["Ctrl+K", "find"], ["Ctrl+Shift+F", "find_here"], ["Alt+↑ Alt+↓", "next"], ["Alt+Shift+↑ Alt+Shift+↓", "next_unread"],
    ["Ctrl+F6 Ctrl+Shift+F6", "region"], ["↑ ↓ Home End", "walk"], ["Enter", "send"], ["Shift+Enter", "line"], ["Ctrl+Enter", "send_ctrl"],
    ["Esc", "close"], ["Ctrl+/", "overview"]
  ];

  function keys_dialog(props) {
    return el.view(chat.dialog, { name: t("keys.title"), on_close: function () { props.act.dialog(null); } },
      el.table({ class: "keys" }, el.tbody(null, LINES.map(function (line) {
        return el.tr({ key: line[1] },
          el.th({ scope: "row" }, line[0].split(" ").map(function (keys, at) { return [at ? " " : "", el.code({ class: "key" }, keys)]; })),
          el.td(null, t("keys." + line[1])));
      }))));
  }

  chat.dialogs.add("keys", keys_dialog);
  return keys_dialog;
}());
