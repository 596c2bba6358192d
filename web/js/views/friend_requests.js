// Who asks to be a friend, and who was asked and has not answered yet.
var chat = chat || {};

chat.friend_requests = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function action(label, name, kind, on) {
    return el.button({ class: kind, type: "button", "aria-label": t(label + "_name", { name: name }), onClick: on }, t(label));
  }

  function row(props, request, brief, buttons) {
    var user = request.user;
    var name = chat.roster.name(user);
    return el.li({ class: el.cx("request", brief && "request--brief"), key: user.id },
      el.button({
        class: "row", type: "button", title: t("person.open_name", { name: name }),
        onClick: function () { props.act.dialog({ name: "person", user: user.id }); }
      },
      chat.avatar(name, false, chat.select.face(props.state, user.id)),
      el.span({ class: "who" }, el.strong(null, name), el.span(null, brief && request.note || "@" + user.username))),
      !brief && request.note && el.p({ class: "request__note" }, request.note),
      el.div({ class: "request__answers" }, buttons(user.id, name)));
  }

  function section(title, count, rows) {
    return el.div({ class: "requests", key: title },
      el.h3({ class: "requests__head" }, t(title, { count: count })),
      el.ul({ "aria-label": t(title, { count: count }) }, rows));
  }

  /** Nothing when nobody waits. */
  function friend_requests(props) {
    var friends = props.state.friends;
    var act = props.act.friends;
    return [
      friends.requests.length > 0 && section("contacts.requests", friends.requests.length, friends.requests.map(function (request) {
        return row(props, request, false, function (id, name) {
          return [
            action("contacts.accept", name, "primary", function () { act.answer(id, true); }),
            action("contacts.decline", name, "secondary", function () { act.answer(id, false); })
          ];
        });
      })),
      friends.asked.length > 0 && section("contacts.asked", friends.asked.length, friends.asked.map(function (request) {
        return row(props, request, true, function (id, name) {
          return [action("contacts.withdraw", name, "secondary", function () { act.unfriend(id); })];
        });
      }))
    ];
  }

  return friend_requests;
}());
