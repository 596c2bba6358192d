// Whom one blocks, and the way to end it.
var chat = chat || {};

chat.blocks = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function row(props, user) {
    var name = chat.roster.name(user);
    return el.li({ class: "found", key: user.id },
      chat.avatar(name, false, chat.select.face(props.state, user.id)),
      el.span({ class: "who" }, el.strong(null, name), el.span(null, "@" + user.username)),
      el.button({
        class: "secondary", type: "button",
        "aria-label": t("person.unblock_name", { name: name }),
        onClick: function () { props.act.friends.unblock(user.id); }
      }, t("person.unblock")));
  }

  function blocks(props) {
    var held = props.state.blocks;
    return el.view(chat.dialog, { name: t("blocks.title"), on_close: function () { props.act.dialog(null); } },
      props.dialog.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(props.dialog.problem)),
      el.p({ class: "dialog__text" }, t("blocks.about")),
      held.users.length ? el.ul({ "aria-label": t("blocks.title") }, held.users.map(function (user) { return row(props, user); }))
        : el.p({ class: "empty", role: "status" }, t(held.loaded ? "blocks.none" : "chat.loading")));
  }

  chat.dialogs.add("blocks", blocks);
  return blocks;
}());
