// What one can do with a group, by one's role: at the head of its panel.
var chat = chat || {};

chat.group_tools = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function leave(props, conversation) {
    return function () {
      props.act.dialog({
        name: "confirm", title: t("panel.leave_group"), label: t("panel.leave"),
        text: t("panel.leave_sure", { name: chat.select.title(conversation, props.state) }),
        on_yes: function () { props.act.groups.leave(conversation.id); }
      });
    };
  }

  function dissolve(props, group) {
    return function () {
      props.act.dialog({
        name: "confirm", title: t("panel.dissolve_name", { name: group.name }), label: t("panel.dissolve"),
        text: t("panel.dissolve_sure", { count: group.member_count }),
        on_yes: function () { props.act.govern.dissolve(group.id); }
      });
    };
  }

  /** Everything there is, for the menu. */
  function choices(props, conversation) {
    var state = props.state, id = conversation.id;
    var group = state.groups[id];
    var role = chat.select_group.role(state, id);
    var over = chat.select_group.dissolved(state, id);
    var governs = chat.select_group.governs(role) && !over && Boolean(group);

    function dialog(name) {
      return function () { props.act.dialog({ name: name, group: id }); };
    }

    return [
      !over && { label: t("member.own_card"), on: function () {
        props.act.dialog({ name: "member_card", group: id, user: state.me.id, title: state.me.name });
      } },
      governs && { label: t("settings_of.title"), icon: "settings", on: dialog("group_settings") },
      governs && { label: t("links.title"), on: dialog("group_links") },
      governs && { label: t("hooks.title"), on: dialog("group_hooks") },
      governs && { label: t("bans.title"), on: dialog("group_bans") },
      (role !== "owner" || over) && { label: t("panel.leave_group"), danger: true, icon: "leave", on: leave(props, conversation) },
      role === "owner" && governs && { label: t("panel.dissolve_group"), danger: true, on: dissolve(props, group) }
    ].filter(Boolean);
  }

  function menu(props, conversation) {
    return el.view(chat.menu, {
      key: "tools", label: t("panel.tools"), content: chat.icon("more"), items: choices(props, conversation)
    });
  }

  /** Inviting, and who waits to be let in. */
  function bar(props, conversation) {
    var state = props.state, id = conversation.id;
    var why_not = chat.select_group.uninviting(state, id);
    var group = state.groups[id];
    var governs = chat.select_group.governs(chat.select_group.role(state, id));
    if (chat.select_group.dissolved(state, id)) { return el.p({ class: "soft" }, t("silence.dissolved")); }
    return el.div({ class: "panel__bar" },
      el.button({
        class: "secondary", type: "button", disabled: Boolean(why_not), "aria-describedby": why_not ? "invite-why" : null,
        onClick: function () { props.act.dialog({ name: "group_invite", group: id }); }
      }, t("invite.go")), " ",
      governs && el.button({
        class: "secondary", type: "button", onClick: function () { props.act.dialog({ name: "group_requests", group: id }); }
      }, t("requests.title"), " ", chat.badge(chat.select_group.asking(state, id), "requests.waiting")),
      why_not && group && el.p({ class: "soft", id: "invite-why" },
        t(why_not, { count: group.member_count, limit: group.member_limit })));
  }

  return { menu: menu, bar: bar, choices: choices };
}());
