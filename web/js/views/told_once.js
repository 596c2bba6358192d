// A secret that the server tells once, in a dialogue of its own. state.dialog:
//   { name: "told_once", title, text, secret }
var chat = chat || {};

chat.told_once = (function () {
  "use strict";

  var el = chat.el;

  function told_once(props) {
    var dialog = props.dialog;
    function close() { props.act.dialog(null); }
    return el.view(chat.dialog, { name: dialog.title, on_close: close },
      el.p({ class: "dialog__text" }, dialog.text),
      el.view(chat.secret, { label: dialog.title, value: dialog.secret, quiet: true }),
      el.footer({ class: "dialog__foot" },
        el.button({ class: "secondary", type: "button", onClick: close }, chat.i18n.t("dialog.close"))));
  }

  chat.dialogs.add("told_once", told_once);
  return told_once;
}());
