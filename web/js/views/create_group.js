// A new group needs a name; the rest has good values already.
var chat = chat || {};

chat.create_group = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var MODES = ["open", "approval", "invitation"];
  var LIMIT = 200;

  var create_group = chat.component({
    // The same id for each try of this dialogue: a lost answer makes no second group.
    init: function () { this.client_id = chat.id(); },

    render: function (props) {
      var dialog = props.dialog;
      var client_id = this.client_id;

      function close() { props.act.dialog(null); }

      function submit(event) {
        var form = event.target.elements;
        event.preventDefault();
        if (dialog.busy) { return; }
        props.act.doors.create({
          name: form.group_name.value, description: form.description.value.trim(),
          join_mode: form.join_mode.value, member_limit: Number(form.member_limit.value)
        }, client_id);
      }

      return el.view(chat.dialog, { name: t("create.title"), on_close: close },
        el.form({ onSubmit: submit },
          chat.trouble(dialog.problem),
          chat.labelled(t("create.name"), "input", {
            id: "create-name", name: "group_name", required: true, maxLength: 64, autocomplete: "off", "data-first": true
          }),
          chat.labelled(t("create.description"), "textarea", { id: "create-description", name: "description", rows: 2, maxLength: 255 }),
          chat.labelled(t("create.join_mode"), "select", { id: "create-mode", name: "join_mode" }, null,
            chat.labelled.options(MODES, "open", function (mode) { return t("mode." + mode); })),
          chat.labelled(t("create.member_limit"), "input", {
            id: "create-limit", name: "member_limit", type: "number", min: 3, required: true, defaultValue: String(LIMIT)
          }, t("create.limit_hint")),
          el.footer({ class: "dialog__foot" },
            el.button({ class: "secondary", type: "button", onClick: close }, t("dialog.cancel")),
            el.button({ class: "primary", type: "submit" }, t("create.go")))));
    }
  });

  chat.dialogs.add("create_group", function (props) { return el.view(create_group, props); });
  return create_group;
}());
