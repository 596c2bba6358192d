// Accounts: find, disable, let in again, set another password, share the server.
var chat = chat || {};

chat.admin_users = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function menu(props, user) {
    var act = props.act;
    var holes = { name: user.name };

    function sure(key, danger, on_yes) {
      return { label: t(key), danger: danger, on: function () {
        act.dialog({ name: "confirm", title: t(key + "_title", holes), text: t(key + "_text", holes), label: t(key), on_yes: on_yes });
      } };
    }

    return el.view(chat.menu, {
      label: t("admin.users.menu", holes), content: chat.icon("more"), items: user.deleted ? [] : [
        sure("admin.users.password", false, function () {
          act.admin.password(user.id, t("admin.users.new_password", holes), t("admin.users.new_password_text", holes));
        }),
        user.administrator
          ? sure("admin.users.unmake", true, function () { act.admin.administrator(user.id, false); })
          : !user.bot && sure("admin.users.make", false, function () { act.admin.administrator(user.id, true); }),
        user.disabled
          ? { label: t("admin.users.enable"), on: function () { act.admin.disable(user.id, false); } }
          : sure("admin.users.disable", true, function () { act.admin.disable(user.id, true); })
      ]
    });
  }

  function role(key, danger) {
    return el.span({ key: key, class: el.cx("role", danger && "role--danger") }, t("admin.users." + key));
  }

  function states(user) {
    return [
      user.administrator && role("administrator"), user.bot && role("bot"),
      user.disabled && role("disabled", true), user.deleted && role("deleted", true)
    ].filter(Boolean);
  }

  function admin_users(props) {
    return [
      chat.admin_list.search(props, "users"),
      chat.admin_list.table(props, "users", ["number", "who", "since", "states", "do"], function (user, name) {
        if (name === "number") { return user.number; }
        if (name === "who") { return chat.admin_list.person(user, "", true); }
        if (name === "since") { return chat.admin_list.moment(user.created_at); }
        return name === "states" ? states(user) : !user.deleted && menu(props, user);
      })
    ];
  }

  chat.admin.add("users", admin_users);
  return admin_users;
}());
