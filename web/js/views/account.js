// One's account, as a section of the settings: devices, password, data, deletion.
var chat = chat || {};

chat.account = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function problem(props, of) {
    var held = props.state.account.problem;
    return held && held.of === of && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(held.told));
  }

  function secret(name, autocomplete, fresh) {
    return el.div({ class: "field", key: name },
      el.label({ "for": "account-" + name }, t("account." + name)),
      el.input({
        class: "input", id: "account-" + name, name: name, type: "password", required: true, autocomplete: autocomplete,
        minLength: fresh ? chat.limits.password_min : null, maxLength: chat.limits.password_max
      }));
  }

  function password(props) {
    var held = props.state.account;
    function submit(event) {
      var form = event.target;
      event.preventDefault();
      props.act.account.change_password({
        password: form.elements.password.value, new_password: form.elements.new_password.value
      }, function () { form.reset(); });
    }
    return el.form({ class: "account__form", onSubmit: submit },
      problem(props, "password"),
      // For whoever keeps passwords: whose it is.
      el.input({ type: "text", name: "username", autocomplete: "username", value: props.state.me.username, readOnly: true, hidden: true }),
      secret("password", "current-password", false),
      secret("new_password", "new-password", true),
      el.p({ class: "hint-line" }, t("account.password_means", { least: chat.limits.password_min })),
      el.button({ class: "primary", type: "submit" }, t("account.change_password")),
      held.done === "password" && el.span({ class: "said", role: "status" }, t("account.password_changed")));
  }

  function account(props) {
    return el.section({ class: "account", "aria-labelledby": "account-title" },
      el.h2({ id: "account-title" }, t("account.title")),
      el.h3(null, t("devices.title")),
      problem(props, "devices"),
      chat.devices(props),
      el.h3(null, t("account.change_password")),
      password(props),
      el.h3(null, t("account.export")),
      el.p({ class: "hint-line" }, t("account.export_means")),
      el.p(null, el.a({ class: "as-button secondary", href: "/api/me/export", download: "" }, t("account.export_go"))),
      el.h3(null, t("account.delete")),
      el.p({ class: "hint-line" }, t("account.delete_means")),
      el.button({ class: "danger", type: "button", onClick: function () {
        props.act.dialog({ name: "delete_account" });
      } }, t("account.delete")));
  }

  return account;
}());
