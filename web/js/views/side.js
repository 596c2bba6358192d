// The left pane: who I am, what I can start, and the conversations.
var chat = chat || {};

chat.side = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function toggle(label, open, change) {
    return el.button({
      class: "secondary", type: "button", "aria-expanded": open ? "true" : "false",
      onClick: function () { change(!open); }
    }, label);
  }

  function side(props) {
    var state = props.state;
    var act = props.act;
    return el.section({ class: "side", "aria-label": t("list.title") },
      el.div({ class: "me" },
        chat.avatar(state.me.name, true),
        el.strong({ class: "me__name" }, state.me.name),
        el.button({ class: "link", type: "button", onClick: act.session.sign_out }, t("me.sign_out"))),
      el.div({ class: "bar" },
        toggle(t("create.title"), Boolean(state.create), act.groups.show_create),
        toggle(t("find.title"), Boolean(state.search), act.groups.show_find)),
      state.create && chat.create_group(props),
      state.search ? chat.find_groups(props) : chat.chat_list(props));
  }

  return side;
}());
