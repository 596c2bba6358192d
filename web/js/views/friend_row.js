// A friend among the contacts: a press opens the chat, the small button beside it
// the profile. Whoever is away from the page is dimmed and said to be.
var chat = chat || {};

chat.friend_row = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** `friend`: { user, remark?, … } as the server gives it. */
  function friend_row(props, friend) {
    var id = friend.user.id;
    var name = chat.roster.called(friend);
    var online = chat.roster.is_online(props.state, id);
    return el.li({ class: el.cx("contact", !online && "contact--offline"), key: id },
      el.button({
        class: "row", type: "button", onClick: function () { props.act.friends.message(id, name); }
      },
      chat.avatar(name, false, chat.select.face(props.state, id)),
      el.span({ class: "who" },
        el.strong(null, name, friend.remark ? el.span({ class: "contact__real" }, " ", chat.roster.name(friend.user)) : null),
        el.span(null, chat.presence_mark(chat.roster.status(props.state, id), true), " ", friend.user.signature))),
      el.button({
        class: "icon-button contact__more", type: "button", title: t("person.open"),
        "aria-label": t("person.open_name", { name: name }),
        onClick: function () { props.act.dialog({ name: "person", user: id }); }
      }, chat.icon("card")));
  }

  return friend_row;
}());
