// The door: sign in, or sign up. Errors stand in the form, where the eyes are.
var chat = chat || {};

chat.sign_in = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function field(name, attributes) {
    attributes.id = "door-" + name;
    attributes.name = name;
    attributes.required = name !== "display_name";
    attributes.class = "input";
    return el.div({ class: "field", key: name },
      el.label({ "for": attributes.id }, t("door." + name)),
      el.input(attributes));
  }

  function sign_in(props) {
    var door = props.state.door;
    var act = props.act.session;
    var up = door.form === "sign_up";

    function submit(event) {
      var form = event.target;
      event.preventDefault();
      if (door.busy) { return; }
      var asked = { username: form.username.value, password: form.password.value };
      if (up) {
        // A name is what others see; nobody should be stopped for want of one.
        asked.name = form.elements.display_name.value || asked.username;
        act.sign_up(asked);
      } else {
        act.sign_in(asked);
      }
    }

    return el.main({ class: "door" },
      el.form({ class: "card", onSubmit: submit, "aria-labelledby": "door-title" },
        el.h1({ id: "door-title" }, t(up ? "door.sign_up" : "door.sign_in")),
        door.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(door.problem)),
        field("username", { autocomplete: "username", autocapitalize: "none", spellcheck: false }),
        up && field("display_name", { autocomplete: "nickname" }),
        field("password", { type: "password", autocomplete: up ? "new-password" : "current-password" }),
        el.button({ class: "primary", type: "submit", disabled: door.busy },
          t(up ? "door.sign_up" : "door.sign_in")),
        !up && el.p({}, t("door.forgot")),
        el.button({
          class: "link", type: "button",
          onClick: function () { act.show(up ? "sign_in" : "sign_up"); }
        }, t(up ? "door.have_account" : "door.no_account"))));
  }

  return sign_in;
}());
