// Contacts: who asks, friends in their folders, groups.
var chat = chat || {};

chat.contacts = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function friend(props, one) {
    var name = one.remark || one.user.name;
    return el.li({ key: one.user.id },
      el.button({
        class: "row", type: "button", onClick: function () { props.act.groups.direct(one.user.id, name); }
      },
      chat.avatar(name, false, chat.select.face(props.state, one.user.id)),
      el.span({ class: "who" },
        el.strong(null, name),
        el.span(null, chat.presence_mark(props.state.presence[one.user.id], true), " ", one.user.signature))));
  }

  function contacts(props) {
    var friends = props.state.friends;
    return el.section({ class: "side", "aria-label": t("contacts.title"), key: "contacts" },
      el.h2({ class: "side__head" }, t("contacts.title")),
      friends.friends.length ? el.ul({ class: "scroll", "aria-label": t("contacts.friends") },
        friends.friends.map(function (one) { return friend(props, one); }))
        : el.p({ class: "empty" }, t(friends.loaded ? "contacts.none" : "chat.loading")));
  }

  return contacts;
}());
