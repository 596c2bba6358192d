// A new group needs a name and nothing else.
var chat = chat || {};

chat.create_group = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function create_group(props) {
    var create = props.state.create;

    function submit(event) {
      event.preventDefault();
      if (!create.busy) { props.act.groups.create(event.target.elements.group_name.value); }
    }

    return el.form({ class: "side__form", onSubmit: submit },
      el.div({ class: "field" },
        el.label({ "for": "create-name" }, t("create.name")),
        el.input({ class: "input", id: "create-name", name: "group_name", required: true, maxLength: 64, autocomplete: "off" })),
      create.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(create.problem)),
      el.button({ class: "primary", type: "submit", disabled: create.busy }, t("create.go")));
  }

  return create_group;
}());
