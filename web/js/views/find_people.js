// Looking for people: by user name, display name or number.
var chat = chat || {};

chat.find_people = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function found(props, user) {
    var name = chat.roster.name(user);
    var is = chat.roster.relation(props.state, user.id);
    return el.li({ class: "found", key: user.id },
      chat.avatar(name, false, chat.select.face(props.state, user.id)),
      el.span({ class: "who" },
        el.strong(null, name, user.bot && el.span({ class: "role" }, t("person.bot"))),
        el.span(null, "@" + user.username, " · ", t("person.number", { number: user.number })),
        is !== "stranger" && el.span(null, t("person.is." + is))),
      el.button({
        class: is === "stranger" && !user.bot ? "primary" : "secondary", type: "button",
        "aria-label": t(is === "stranger" && !user.bot ? "person.ask_name" : "person.open_name", { name: name }),
        onClick: function () { props.act.dialog({ name: "person", user: user.id }); }
      }, t(is === "stranger" && !user.bot ? "person.ask" : "person.open")));
  }

  function find_people(props) {
    var finding = props.state.contacts.finding;

    function submit(event) {
      event.preventDefault();
      props.act.friends.look_for(event.target.elements.query.value);
    }

    return el.view(chat.dialog, { name: t("people.title"), wide: true, on_close: function () { props.act.dialog(null); } },
      el.form({ class: "bar bar--dialog", onSubmit: submit, role: "search" },
        el.label({ class: "sr", "for": "people-query" }, t("people.query")),
        el.input({
          class: "input", id: "people-query", name: "query", type: "search", autocomplete: "off", "data-first": true,
          placeholder: t("people.query"), defaultValue: finding ? finding.query : ""
        }),
        el.button({ class: "primary", type: "submit" }, t("find.go"))),
      finding && finding.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(finding.problem)),
      finding && finding.busy && el.p({ class: "empty", role: "status" }, t("chat.loading")),
      finding && finding.users && !finding.users.length && el.p({ class: "empty", role: "status" }, t("people.nothing")),
      finding && finding.users && finding.users.length > 0 && el.ul({ "aria-label": t("people.results") },
        finding.users.map(function (user) { return found(props, user); })));
  }

  chat.dialogs.add("find_people", find_people);
  return find_people;
}());
