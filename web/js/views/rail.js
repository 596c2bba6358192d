// The narrow bar of what there is: conversations, contacts, settings, and for
// those who run the server their pages. Above them, who I am.
var chat = chat || {};

chat.rail = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function count_of(name, state) {
    if (name === "chats") { return chat.select.unread_total(state); }
    return name === "contacts" ? state.friends.requests.length : 0;
  }

  function tab(name, props) {
    var state = props.state;
    var count = count_of(name, state);
    return el.li({ key: name },
      el.button({
        class: "rail__tab", type: "button", title: t("rail." + name), "aria-current": state.view === name ? "page" : null,
        onClick: function () { props.act.view(name); }
      },
      chat.icon(name),
      el.span({ class: "sr" }, t("rail." + name)),
      chat.badge(count, name === "chats" ? "list.unread" : "contacts.waiting")));
  }

  function rail(props) {
    var me = props.state.me;
    var tabs = ["chats", "contacts", "settings"].concat(me.administrator ? ["admin"] : []);
    return el.nav({ class: "rail", "aria-label": t("rail.name") },
      el.button({
        class: "rail__me", type: "button", title: me.name, onClick: function () { props.act.dialog({ name: "me" }); }
      },
      chat.avatar(me.name, true, chat.select.face(props.state, me.id)),
      el.span({ class: "sr" }, t("rail.me", { name: me.name })), chat.presence_mark(me.status)),
      el.ul({ class: "rail__tabs" }, tabs.map(function (name) { return tab(name, props); })));
  }

  return rail;
}());
