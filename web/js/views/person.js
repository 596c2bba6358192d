// Somebody's profile, and what one can do with them. state.dialog:
//   { name: "person", user }   from lists of members, faces in the timeline, contacts
var chat = chat || {};

chat.person = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function button(kind, label, on) {
    return el.button({ class: kind, type: "button", onClick: on, key: label }, t(label));
  }

  function about(props, one, friend) {
    var state = props.state;
    var name = chat.roster.name(one);
    // Of friends all is told: who is not said to be here is not here.
    var status = chat.roster.status(state, one.id) || (friend && "offline");
    return el.div({ class: "person" },
      el.span({ class: "portrait" }, chat.avatar(name, false, chat.roster.portrait(state, one.id))),
      el.div({ class: "person__words" },
        el.p({ class: "person__name" }, el.strong(null, name), " ",
          one.bot && el.span({ class: "role" }, t("person.bot")),
          one.deleted && el.span({ class: "role" }, t("person.gone"))),
        friend && friend.remark && el.p(null, t("person.remark_is", { remark: friend.remark })),
        !one.deleted && el.p({ class: "person__soft" }, t("me.username", { name: one.username })),
        el.p({ class: "person__soft" }, t("me.number", { number: one.number })),
        status && !one.deleted && !one.bot && el.p(null, chat.presence_mark(status, true)),
        one.signature && el.p({ class: "person__signature" }, one.signature)));
  }

  function ask(props, one) {
    function submit(event) {
      event.preventDefault();
      props.act.friends.ask(one.id, event.target.elements.note.value);
    }
    return el.form({ class: "person__part", onSubmit: submit, key: "ask" },
      el.div({ class: "field" },
        el.label({ "for": "person-note" }, t("person.note")),
        el.input({
          class: "input", id: "person-note", name: "note", autocomplete: "off", maxLength: chat.limits.note_chars,
          defaultValue: t("person.note_first", { name: props.state.me.name })
        })),
      el.button({ class: "primary", type: "submit" }, t("person.ask")));
  }

  function asks(props, one) {
    var request = chat.roster.has(props.state.friends.requests, one.id);
    function answer(accept) { return function () { props.act.friends.answer(one.id, accept); }; }
    return el.div({ class: "person__part", key: "asks" },
      el.p(null, t("person.is.asks")),
      request.note && el.p({ class: "request__note" }, request.note),
      el.p({ class: "person__buttons" },
        button("primary", "contacts.accept", answer(true)),
        button("secondary", "contacts.decline", answer(false))));
  }

  function asked(props, one) {
    var request = chat.roster.has(props.state.friends.asked, one.id);
    return el.div({ class: "person__part", key: "asked" },
      el.p({ role: "status" }, t("person.is.asked")),
      request.note && el.p({ class: "request__note" }, request.note),
      button("secondary", "contacts.withdraw", function () { props.act.friends.unfriend(one.id); }));
  }

  function friendship(props, one, friend) {
    var folders = chat.roster.folders(props.state);
    function submit(event) {
      event.preventDefault();
      props.act.friends.set(one.id, { remark: event.target.elements.remark.value.trim() });
    }
    return el.div({ class: "person__part", key: "friend" },
      el.form({ onSubmit: submit },
        el.label({ "for": "person-remark", class: "person__label" }, t("person.remark")),
        el.div({ class: "bar bar--dialog" },
          el.input({
            class: "input", id: "person-remark", name: "remark", autocomplete: "off",
            maxLength: chat.limits.remark_chars, defaultValue: friend.remark || ""
          }),
          el.button({ class: "secondary", type: "submit" }, t("person.save_remark")))),
      el.div({ class: "field" },
        el.label({ "for": "person-folder" }, t("person.folder")),
        el.select({
          class: "input", id: "person-folder", value: friend.folder || chat.roster.FRIENDS,
          onChange: function (event) {
            var to = event.target.value;
            props.act.friends.set(one.id, { folder: to === chat.roster.FRIENDS ? null : to });
          }
        }, folders.map(function (folder) { return el.option({ key: folder.id, value: folder.id }, folder.name); }))));
  }

  function middle(props, one, is, friend) {
    if (one.deleted) { return friend ? friendship(props, one, friend) : null; }
    if (is === "friend") { return friendship(props, one, friend); }
    if (is === "asks") { return asks(props, one); }
    if (is === "asked") { return asked(props, one); }
    if (is === "blocked") { return el.p({ class: "person__part", key: "blocked" }, t("person.is.blocked")); }
    return is === "stranger" && !one.bot ? ask(props, one) : null;
  }

  /** A question whose answer cannot be taken back so easily. */
  function sure(props, one, what, yes) {
    return function () {
      var name = chat.roster.name(one);
      props.act.dialog({
        name: "confirm", title: t(what + "_title", { name: name }), text: t(what + "_sure", { name: name }),
        label: t(what), on_yes: function () { yes(one.id); }
      });
    };
  }

  function foot(props, one, is) {
    var act = props.act.friends;
    if (is === "me") {
      return button("primary", "person.edit", function () { props.act.dialog({ name: "me" }); });
    }
    return [
      is === "friend" && button("danger", "person.remove", sure(props, one, "person.remove", act.unfriend)),
      is === "blocked" ? button("secondary", "person.unblock", function () { act.unblock(one.id); })
        : !one.deleted && button("danger", "person.block", sure(props, one, "person.block", act.block)),
      is !== "blocked" && !one.deleted && !one.bot && button("secondary", "invite.to", function () {
        props.act.dialog({ name: "invite_to", user: one.id });
      }),
      is !== "blocked" && !one.deleted && button(is === "friend" ? "primary" : "secondary", "person.message", function () {
        act.message(one.id, chat.roster.name(one));
      })
    ];
  }

  function person(props) {
    var state = props.state;
    var id = props.dialog.user;
    var one = id === state.me.id ? state.me : state.people[id];
    var is = chat.roster.relation(state, id);
    var friend = chat.roster.has(state.friends.friends, id);
    var name = friend ? chat.roster.called(friend) : one ? chat.roster.name(one) : t("person.title");

    return el.view(chat.dialog, { name: name, on_close: function () { props.act.dialog(null); } },
      props.dialog.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(props.dialog.problem)),
      one ? el.div({ key: id },
        about(props, one, friend), middle(props, one, is, friend),
        el.footer({ class: "dialog__foot person__foot" }, foot(props, one, is)))
        : !props.dialog.problem && el.p({ class: "empty", role: "status" }, t("chat.loading")));
  }

  chat.dialogs.add("person", person);
  return person;
}());
