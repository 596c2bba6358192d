// A secret that the server tells once: to read, and to copy. state.dialog:
//   { name: "told_once", title, text, secret }
var chat = chat || {};

chat.told_once = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  var told_once = chat.component({
    init: function () {
      var self_ = this;
      this.close = function () { self_.props.act.dialog(null); };
      this.copy = function () {
        chat.copy(self_.props.dialog.secret, function (done) { self_.setState({ told: done ? "secret.copied" : "secret.by_hand" }); });
      };
    },

    render: function (props, state) {
      var dialog = props.dialog;
      return el.view(chat.dialog, { name: dialog.title, on_close: this.close },
        el.p({ class: "dialog__text" }, dialog.text),
        el.label({ class: "sr", "for": "secret" }, dialog.title),
        el.input({
          class: "input told_once", id: "secret", type: "text", readOnly: true, value: dialog.secret,
          onFocus: function (event) { event.target.select(); }
        }),
        el.p({ class: "dialog__text", role: "status" }, state.told ? t(state.told) : t("secret.once")),
        el.footer({ class: "dialog__foot" },
          el.button({ class: "secondary", type: "button", onClick: this.close }, t("dialog.close")),
          el.button({ class: "primary", type: "button", "data-first": true, onClick: this.copy }, t("secret.copy"))));
    }
  });

  chat.dialogs.add("told_once", told_once);
  return told_once;
}());
