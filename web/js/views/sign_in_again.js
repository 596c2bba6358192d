// The session ended while somebody was here: the door comes to the page, not the
// page to the door. Behind it everything stays as it was. No dialogue by name: it
// may stand over one that is open, which is there again afterwards.
var chat = chat || {};

chat.sign_in_again = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function field(name, attributes) {
    attributes.id = "again-" + name;
    attributes.name = name;
    attributes.required = true;
    attributes.class = "input";
    return el.div({ class: "field" }, el.label({ "for": attributes.id }, t("door." + name)), el.input(attributes));
  }

  function sign_in_again(props) {
    var expired = props.state.expired;
    var act = props.act.session;

    function later() { act.show_expired(false); }

    function submit(event) {
      event.preventDefault();
      if (expired.busy) { return; }
      act.in_again({ username: event.target.username.value, password: event.target.password.value });
    }

    if (!expired || !expired.open) { return null; }
    return el.view(chat.dialog, { key: "again", name: t("expired.title"), on_close: later },
      el.form({ onSubmit: submit },
        el.p({ class: expired.problem ? "problem" : "dialog__text", role: "alert" },
          expired.problem ? chat.i18n.problem(expired.problem) : t("expired.why")),
        field("username", {
          autocomplete: "username", autocapitalize: "none", spellcheck: false, defaultValue: props.state.me.username
        }),
        field("password", { type: "password", autocomplete: "current-password", "data-first": true }),
        el.footer({ class: "dialog__foot" },
          el.button({ class: "secondary", type: "button", onClick: later }, t("expired.later")),
          el.button({ class: "primary", type: "submit" }, t("door.sign_in")))));
  }

  return sign_in_again;
}());
