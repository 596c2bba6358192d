// A group that one is not in: what it is, and the way in, or why there is none. And
// the question that a link in the address asks.
var chat = chat || {};

chat.group_join = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function button(label, on) {
    return el.button({ class: "primary", type: "button", onClick: on }, label);
  }

  function asking(props, group) {
    function submit(event) {
      event.preventDefault();
      if (!props.dialog.busy) { props.act.doors.join(group.id, event.target.elements.note.value.trim()); }
    }
    return el.form({ onSubmit: submit },
      chat.labelled(t("door_of.note"), "input", { id: "join-note", name: "note", maxLength: 100, autocomplete: "off", "data-first": true }),
      el.footer({ class: "dialog__foot" }, el.button({ class: "primary", type: "submit" }, t("door_of.ask"))));
  }

  function way(props, group) {
    var way_in = chat.select_group.way_in(props.state, group);
    var join = el.footer({ class: "dialog__foot" }, button(t("find.join"), function () { props.act.doors.join(group.id); }));
    if (way_in === "inside") {
      return el.footer({ class: "dialog__foot" }, button(t("find.open"), function () {
        props.act.dialog(null);
        props.act.groups.open(group.id);
      }));
    }
    if (way_in === "pending") {
      return el.div(null, el.p({ role: "status" }, t("door_of.pending")),
        el.footer({ class: "dialog__foot" }, el.button({
          class: "secondary", type: "button", onClick: function () { props.act.doors.withdraw(group.id); }
        }, t("door_of.withdraw"))));
    }
    if (way_in === "approval") { return asking(props, group); }
    if (way_in === "open" || (way_in === "invitation" && props.dialog.invited)) { return join; }
    return el.p({ class: "soft" }, t("door_of." + way_in));
  }

  function group_join(props) {
    var group = props.state.groups[props.dialog.group];
    return el.view(chat.dialog, { name: group ? group.name : t("door_of.title"), on_close: function () { props.act.dialog(null); } },
      group && el.p({ class: "soft" }, t("group.number", { number: group.number }), " · ",
        t("group.count", { count: group.member_count, limit: group.member_limit }), " · ", t("mode." + group.join_mode)),
      group && group.description && el.p({ class: "dialog__text" }, group.description),
      // A group that is over, or that hides, is not there for who is not in it.
      props.dialog.problem && props.dialog.problem.status === 404 ? el.p({ class: "problem", role: "alert" }, t("door_of.gone"))
        : chat.trouble(props.dialog.problem),
      group ? way(props, group) : !props.dialog.problem && el.p({ class: "soft", role: "status" }, t("chat.loading")));
  }

  /** A link joins nobody by being looked at: one says yes first. */
  function join_link(props) {
    var dialog = props.dialog;

    function close() { props.act.dialog(null); }

    return el.view(chat.dialog, { name: t("door_of.link"), on_close: close },
      el.p({ class: "dialog__text" }, t("door_of.link_text")),
      dialog.problem && dialog.problem.status === 404 ? el.p({ class: "problem", role: "alert" }, t("error.link_expired"))
        : chat.trouble(dialog.problem),
      el.footer({ class: "dialog__foot" },
        el.button({ class: "secondary", type: "button", onClick: close }, t("dialog.cancel")),
        el.button({
          class: "primary", type: "button", "data-first": true,
          onClick: function () { props.act.doors.use_link(dialog.code); }
        }, t("find.join"))));
  }

  chat.dialogs.add("group_join", group_join);
  chat.dialogs.add("join_link", join_link);
  return group_join;
}());
