// Looking for a group and the way into it; in the place of the list while it is open.
var chat = chat || {};

chat.find_groups = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /**
   * What the button of a row says and does, by the way in; null where there is none.
   * @returns {?}
   */
  function action(act, group, way_in) {
    if (way_in === "inside") { return { key: "find.open", name: "find.open_name", on: act.groups.open }; }
    if (way_in === "open") { return { key: "find.join", name: "find.join_name", on: act.doors.join }; }
    if (way_in === "approval") { return { key: "find.ask", name: "find.ask_name", on: act.doors.show }; }
    if (way_in === "pending") { return { key: "find.pending", name: "find.pending_name", on: act.doors.show }; }
    return null;
  }

  function found(state, act, group) {
    var way_in = chat.select_group.way_in(state, group);
    var does = action(act, group, way_in);
    return el.li({ class: "found", key: group.id },
      chat.avatar(group.name, false, chat.select_group.face(group)),
      el.span({ class: "who" },
        el.strong(null, group.name),
        el.span(null, t("group.count", { count: group.member_count, limit: group.member_limit }),
          group.description ? " · " + group.description : "")),
      does ? el.button({
        class: "secondary", type: "button", "aria-label": t(does.name, { name: group.name }),
        onClick: function () { does.on(group.id); }
      }, t(does.key)) : el.span({ class: "found__not" }, t("find.not." + way_in)));
  }

  function find_groups(props) {
    var state = props.state;
    var search = state.search;

    function submit(event) {
      event.preventDefault();
      props.act.doors.look_for(event.target.elements.query.value);
    }

    return el.div({ class: "side__form side__form--fill" },
      el.form({ class: "bar", onSubmit: submit, role: "search" },
        el.label({ class: "sr", "for": "find-query" }, t("find.query")),
        el.input({ class: "input", id: "find-query", name: "query", type: "search", placeholder: t("find.query") }),
        el.button({ class: "primary", type: "submit" }, t("find.go"))),
      chat.trouble(search.problem),
      search.groups && !search.groups.length && el.p({ class: "empty", role: "status" }, t("find.nothing")),
      search.groups && el.ul({ class: "scroll", "aria-label": t("find.results") }, search.groups.map(function (group) {
        return found(state, props.act, group);
      })));
  }

  return find_groups;
}());
