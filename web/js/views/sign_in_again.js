// The session ended while somebody was here: the door comes to the page, not the
// page to the door. Behind it everything stays as it was.
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

    function submit(event) {
      event.preventDefault();
      if (expired.busy) { return; }
      act.in_again({ username: event.target.username.value, password: event.target.password.value });
    }

    if (!expired || !expired.open) { return null; }
    return el.div({ class: "over", role: "dialog", "aria-modal": "true", "aria-labelledby": "again-title" },
      el.form({ class: "card", onSubmit: submit },
        el.h1({ id: "again-title" }, t("expired.title")),
        el.p({ class: expired.problem ? "problem" : "field", role: "alert" },
          expired.problem ? chat.i18n.problem(expired.problem) : t("expired.why")),
        field("username", {
          autocomplete: "username", autocapitalize: "none", spellcheck: false,value: props.state.me.username
        }),
        field("password", { type: "password", autocomplete: "current-password" }),
        el.button({ class: "primary", type: "submit", disabled: expired.busy }, t("door.sign_in")),
        el.button({ class: "link", type: "button", onClick: function () { act.show_expired(false); } }, t("expired.later"))));
  }

  return sign_in_again;
}());
