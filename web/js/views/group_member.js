// One member in the panel: face, name, role, presence, mute; and what I may do about
// them, which depends on my role and theirs.
var chat = chat || {};

chat.group_member = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** Removing asks first, and says what follows. */
  function removal(props, id, one, ban) {
    return function () {
      props.act.dialog({
        name: "confirm", title: t(ban ? "member.ban_name" : "member.remove_name", { name: one.name }),
        text: t(ban ? "member.ban_sure" : "member.remove_sure", { name: one.name }),
        label: t(ban ? "member.ban" : "member.remove"), on_yes: function () { props.act.govern.expel(id, one.id, ban); }
      });
    };
  }

  function transfer(props, id, one) {
    return function () {
      props.act.dialog({
        name: "confirm", title: t("member.transfer_name", { name: one.name }),
        text: t("member.transfer_sure", { name: one.name }), label: t("member.transfer"),
        on_yes: function () { props.act.govern.member(id, one.id, { role: "owner" }); }
      });
    };
  }

  function governing(props, id, one, role) {
    var govern = props.act.govern;
    function set(change) {
      return function () { govern.member(id, one.id, change); };
    }
    var owner = role === "owner";
    return [
      owner && one.role === "member" && { label: t("member.make_admin"), on: set({ role: "admin" }) },
      owner && one.role === "admin" && { label: t("member.unmake_admin"), on: set({ role: "member" }) },
      owner && !(one.user && one.user.bot) && { label: t("member.transfer_to"), on: transfer(props, id, one) },
      { label: t("member.mute_for"), on: function () {
        props.act.dialog({ name: "member_mute", group: id, user: one.id, title: one.name });
      } },
      chat.select_group.left(one.muted_until, Date.now()) && { label: t("member.unmute"), on: set({ muted_seconds: 0 }) },
      { label: t("member.card_set"), on: function () {
        props.act.dialog({ name: "member_card", group: id, user: one.id, title: one.name });
      } },
      { label: t("member.remove"), danger: true, on: removal(props, id, one, false) },
      { label: t("member.ban"), danger: true, on: removal(props, id, one, true) }
    ];
  }

  /** Everything I may do about a member, for the menu. */
  function choices(props, id, one) {
    var state = props.state;
    /** @type {Array<?>} */
    var found;
    var me = one.id === state.me.id;
    var role = chat.select_group.role(state, id);
    var over = chat.select_group.dissolved(state, id);
    found = [
      !me && { label: t("panel.message"), on: function () { props.act.groups.direct(one.id, one.user ? one.user.name : one.name); } },
      { label: t("panel.profile"), on: function () { props.act.dialog({ name: "person", user: one.id }); } },
      me && !over && { label: t("member.own_card"), on: function () {
        props.act.dialog({ name: "member_card", group: id, user: one.id, title: one.name });
      } }
    ];
    return found.concat(!over && chat.select_group.above(role, one.role) ? governing(props, id, one, role) : []).filter(Boolean);
  }

  function muted(left) {
    return left ? el.span({ class: "tag" }, t("member.muted", { time: chat.remaining(left) })) : null;
  }

  function group_member(props, id, one) {
    var me = one.id === props.state.me.id;
    return el.li({ class: "member", key: one.id },
      chat.avatar(one.name, true, chat.select.face(props.state, one.id)),
      el.span({ class: "member__who" },
        el.span({ class: "member__name" }, one.name || t("user.unknown"), me ? " " + t("panel.me") : ""),
        el.span({ class: "member__more" },
          one.role !== "member" && el.span({ class: "role" }, t("role." + one.role)),
          one.user && one.user.bot && el.span({ class: "role" }, t("role.bot")),
          chat.presence_mark(chat.select_group.status(props.state, one), true), " ",
          one.muted_until && el.view(chat.countdown, { until: one.muted_until, say: muted }))),
      el.view(chat.menu, {
        label: t("panel.about", { name: one.name }), content: chat.icon("more"), items: choices(props, id, one)
      }));
  }

  group_member.choices = choices;
  return group_member;
}());
