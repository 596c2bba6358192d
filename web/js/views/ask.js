// One question with one field. state.dialog:
//   { name: "ask", title, text?, label, value?, type?, min?, max?, lines?, optional?, go, on_yes }
//   on_yes(value) is called after it closed
var chat = chat || {};

chat.ask = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function ask(props) {
    var dialog = props.dialog;

    function close() { props.act.dialog(null); }

    function submit(event) {
      var value = event.target.elements.answer.value;
      event.preventDefault();
      close();
      dialog.on_yes(value);
    }

    return el.view(chat.dialog, { name: dialog.title, on_close: close },
      el.form({ onSubmit: submit },
        dialog.text && el.p({ class: "dialog__text" }, dialog.text),
        el.div({ class: "field" },
          el.label({ "for": "ask-answer" }, dialog.label),
          (dialog.lines ? el.textarea : el.input)({
            class: "input", id: "ask-answer", name: "answer", "data-first": true, type: dialog.lines ? null : dialog.type || "text",
            defaultValue: dialog.value, min: dialog.min, max: dialog.max, rows: dialog.lines, maxLength: dialog.max_length,
            required: !dialog.optional, autocomplete: "off"
          })),
        el.footer({ class: "dialog__foot" },
          el.button({ class: "secondary", type: "button", onClick: close }, t("dialog.cancel")),
          el.button({ class: "primary", type: "submit" }, dialog.go))));
  }

  chat.dialogs.add("ask", ask);
  return ask;
}());
