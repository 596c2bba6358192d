// My own profile: face, name, signature, status; and the way out.
var chat = chat || {};

chat.me = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var STATUSES = ["online", "away", "busy", "invisible"];

  function field(name, own, most) {
    return el.div({ class: "field", key: name },
      el.label({ "for": "me-" + name }, t("me." + name)),
      el.input({
        class: "input", id: "me-" + name, name: name === "name" ? "own_name" : name, autocomplete: name === "name" ? "nickname" : "off",
        required: name === "name", maxLength: most, defaultValue: own
      }));
  }

  function words(props) {
    var own = props.state.me;
    function submit(event) {
      var given = event.target.elements;
      event.preventDefault();
      props.act.account.change({ name: given.own_name.value.trim(), signature: given.signature.value.trim() });
    }
    return el.form({ onSubmit: submit },
      field("name", own.name, chat.limits.name_chars),
      field("signature", own.signature, chat.limits.signature_chars),
      el.button({ class: "primary", type: "submit" }, t("me.save")),
      props.dialog.problem === null && !props.dialog.busy && el.span({ class: "said", role: "status" }, t("me.saved")));
  }

  function me(props) {
    var own = props.state.me;
    var act = props.act;

    function close() { act.dialog(null); }

    return el.view(chat.dialog, { name: t("me.title"), on_close: close },
      props.dialog.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(props.dialog.problem)),
      el.view(chat.face_form, { state: props.state, act: act }),
      el.div({ class: "person__part" },
        el.div({ class: "field" },
          el.label({ "for": "me-status" }, t("me.status")),
          el.select({
            class: "input", id: "me-status", value: own.status,
            onChange: function (event) { act.account.change({ status: event.target.value }); }
          }, STATUSES.map(function (status) { return el.option({ key: status, value: status }, t("presence." + status)); })),
          own.status === "invisible" && el.p({ class: "hint-line" }, t("me.invisible_means")))),
      words(props),
      el.div({ class: "person__part" },
        el.label({ class: "check", "for": "me-receipts" },
          el.input({
            id: "me-receipts", type: "checkbox", checked: own.read_receipts !== false,
            onChange: function (event) { act.account.change({ read_receipts: event.target.checked }); }
          }), " ", t("me.read_receipts")),
        el.p({ class: "hint-line" }, t("me.receipts_mean"))),
      el.footer({ class: "dialog__foot" },
        el.button({ class: "secondary", type: "button", onClick: function () {
          close();
          act.view("settings");
        } }, t("me.account")),
        el.button({ class: "secondary", type: "button", onClick: function () {
          close();
          act.session.sign_out();
        } }, t("me.sign_out"))));
  }

  chat.dialogs.add("me", me);
  return me;
}());
