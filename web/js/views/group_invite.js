// Friends who could come into the group. They find a card in their direct chat.
var chat = chat || {};

chat.group_invite = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function name_of(friend) { return friend.remark || friend.user.name; }

  /** Friends who are not in it, by what is typed. */
  function outside(state, id, query) {
    var inside = {}, asked = query.trim().toLowerCase();
    (state.members[id] || []).forEach(function (one) { inside[one.id] = true; });
    return state.friends.friends.filter(function (one) {
      return !inside[one.user.id] && (name_of(one) + "\n" + one.user.name + "\n" + one.user.username).toLowerCase().indexOf(asked) >= 0;
    });
  }

  function row(props, one) {
    var dialog = props.dialog;
    var invited = Boolean(dialog.invited && dialog.invited[one.user.id]);
    return el.li({ class: "member", key: one.user.id },
      chat.avatar(name_of(one), true, chat.select.face(props.state, one.user.id)),
      el.span({ class: "member__who" }, el.span({ class: "member__name" }, name_of(one)),
        chat.presence_mark(props.state.presence[one.user.id] || one.status, true)),
      invited ? el.span({ class: "soft", role: "status" }, t("invite.done"))
        : el.button({
          class: "secondary", type: "button", "aria-label": t("invite.name", { name: name_of(one) }),
          onClick: function () { props.act.doors.invite(dialog.group, one.user.id); }
        }, t("invite.one")));
  }

  var group_invite = chat.component({
    init: function () {
      var self_ = this;
      this.state.query = "";
      this.state.shown = chat.limits.list_rows;
      this.look = function (event) { self_.setState({ query: event.target.value, shown: chat.limits.list_rows }); };
      this.more = function () { self_.setState({ shown: self_.state.shown + chat.limits.list_rows }); };
    },

    render: function (props, state) {
      var id = props.dialog.group;
      var group = props.state.groups[id];
      var found = outside(props.state, id, state.query);
      var asks = group && group.join_mode === "approval" && !chat.select_group.governs(chat.select_group.role(props.state, id));
      // Somebody else may take the last place while this is open.
      var why_not = chat.select_group.uninviting(props.state, id);
      return el.view(chat.dialog, { name: t("invite.title"), on_close: function () { props.act.dialog(null); } },
        chat.trouble(props.dialog.problem),
        why_not && group ? el.p({ class: "soft" }, t(why_not, { count: group.member_count, limit: group.member_limit })) : [
          el.p({ class: "soft", key: "hint" }, t(asks ? "invite.hint_approval" : "invite.hint")),
          el.input({
            class: "input panel__filter", type: "search", key: "filter", "aria-label": t("invite.filter"),
            placeholder: t("invite.filter"), onInput: this.look
          }),
          found.length ? el.ul({ class: "members", key: "list", "aria-label": t("invite.title") },
            found.slice(0, state.shown).map(function (one) { return row(props, one); }))
            : el.p({ class: "soft", key: "none" }, t(state.query ? "invite.nobody" : "invite.none")),
          found.length > state.shown && el.button({ class: "secondary", type: "button", key: "more", onClick: this.more },
            t("panel.more", { count: found.length - state.shown }))
        ]);
    }
  });

  chat.dialogs.add("group_invite", function (props) { return el.view(group_invite, props); });
  return group_invite;
}());
