// The way out for good: what it means, and the password.
var chat = chat || {};

chat.delete_account = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** Groups one owns keep the account; they are named, and a press leads to each. */
  function owned(props, problem) {
    return el.div({ class: "problem", role: "alert" },
      el.p(null, t("error.owns_groups")),
      el.ul({ class: "owned" }, problem.fields.map(function (group) {
        return el.li({ key: group.field }, el.button({ class: "link", type: "button", onClick: function () {
          props.act.dialog(null);
          props.act.groups.open(group.field);
        } }, group.message));
      })));
  }

  function delete_account(props) {
    var problem = props.dialog.problem;

    function close() { props.act.dialog(null); }

    function submit(event) {
      event.preventDefault();
      props.act.account.delete_me(event.target.elements.password.value);
    }

    return el.view(chat.dialog, { name: t("account.delete"), alert: true, on_close: close },
      problem && (problem.code === "owns_groups" && problem.fields.length ? owned(props, problem)
        : el.p({ class: "problem", role: "alert" }, chat.i18n.problem(problem))),
      el.p({ class: "dialog__text" }, t("account.delete_sure")),
      el.form({ onSubmit: submit },
        el.div({ class: "field" },
          el.label({ "for": "delete-password" }, t("account.password")),
          el.input({
            class: "input", id: "delete-password", name: "password", type: "password", required: true,
            autocomplete: "current-password", maxLength: chat.limits.password_max
          })),
        el.footer({ class: "dialog__foot" },
          el.button({ class: "secondary", type: "button", "data-first": true, onClick: close }, t("dialog.cancel")),
          el.button({ class: "danger", type: "submit" }, t("account.delete_go")))));
  }

  chat.dialogs.add("delete_account", delete_account);
  return delete_account;
}());
