// "Are you sure?", with the consequence in words. state.dialog:
//   { name: "confirm", title, text, label, on_yes }   on_yes() is called after it closed
var chat = chat || {};

chat.confirm = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function confirm(props) {
    var dialog = props.dialog;

    function close() { props.act.dialog(null); }

    return el.view(chat.dialog, { name: dialog.title, alert: true, on_close: close },
      el.p({ class: "dialog__text" }, dialog.text),
      el.footer({ class: "dialog__foot" },
        el.button({ class: "secondary", type: "button", "data-first": true, onClick: close }, t("dialog.cancel")),
        el.button({ class: "danger", type: "button", onClick: function () {
          close();
          dialog.on_yes();
        } }, dialog.label)));
  }

  chat.dialogs.add("confirm", confirm);
  return confirm;
}());
