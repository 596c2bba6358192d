// Groups: find, let more people in than an owner may, dissolve.
var chat = chat || {};

chat.admin_groups = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var LIMIT = { least: 3, most: 100000 };

  function menu(props, group) {
    var act = props.act;
    var holes = { name: group.name, count: group.member_count };
    return el.view(chat.menu, {
      label: t("admin.groups.menu", holes), content: chat.icon("more"), items: [
        { label: t("admin.groups.set_limit"), on: function () {
          act.dialog({
            name: "ask", title: t("admin.groups.set_limit_title", holes), label: t("admin.groups.limit_field", LIMIT), type: "number",
            value: group.member_limit, min: LIMIT.least, max: LIMIT.most, go: t("admin.groups.set_limit"),
            on_yes: function (value) { act.admin.limit(group.id, Number(value)); }
          });
        } },
        { label: t("admin.groups.dissolve"), danger: true, on: function () {
          act.dialog({
            name: "confirm", title: t("admin.groups.dissolve_title", holes), text: t("admin.groups.dissolve_text", holes),
            label: t("admin.groups.dissolve"), on_yes: function () { act.admin.dissolve(group.id); }
          });
        } }
      ]
    });
  }

  function admin_groups(props) {
    return [
      chat.admin_list.search(props, "groups"),
      chat.admin_list.table(props, "groups", ["number", "name", "members", "states", "do"], function (group, name) {
        if (name === "number") { return group.number; }
        if (name === "name") { return el.strong(null, group.name); }
        if (name === "members") { return t("group.count", { count: group.member_count, limit: group.member_limit }); }
        if (name === "states") { return group.dissolved_at && el.span({ class: "role role--danger" }, t("admin.groups.dissolved")); }
        return !group.dissolved_at && menu(props, group);
      })
    ];
  }

  chat.admin.add("groups", admin_groups);
  return admin_groups;
}());
