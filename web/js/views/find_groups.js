// Looking for a group and joining it; in the place of the list while it is open.
var chat = chat || {};

chat.find_groups = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function found(state, act, group) {
    var held = state.conversations[group.id];
    var inside = held && !held.left;
    var full = group.member_count >= group.member_limit;
    return el.li({ class: "found", key: group.id },
      chat.avatar(group.name),
      el.span({ class: "who" },
        el.strong(null, group.name),
        el.span(null, t("group.count", { count: group.member_count, limit: group.member_limit }),
          group.description ? " · " + group.description : "")),
      el.button({
        class: "secondary", type: "button", disabled: full && !inside,
        "aria-label": t(inside ? "find.open_name" : "find.join_name", { name: group.name }),
        onClick: function () { (inside ? act.open : act.join)(group.id); }
      }, t(inside ? "find.open" : full ? "find.full" : "find.join")));
  }

  function find_groups(props) {
    var state = props.state;
    var act = props.act.groups;
    var search = state.search;

    function submit(event) {
      event.preventDefault();
      act.look_for(event.target.elements.query.value);
    }

    return el.div({ class: "side__form side__form--fill" },
      el.form({ class: "bar", onSubmit: submit, role: "search" },
        el.label({ class: "sr", "for": "find-query" }, t("find.query")),
        el.input({ class: "input", id: "find-query", name: "query", type: "search", placeholder: t("find.query") }),
        el.button({ class: "primary", type: "submit", disabled: search.busy }, t("find.go"))),
      search.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(search.problem)),
      search.groups && !search.groups.length && el.p({ class: "empty", role: "status" }, t("find.nothing")),
      search.groups && el.ul({ class: "scroll", "aria-label": t("find.results") }, search.groups.map(function (group) {
        return found(state, act, group);
      })));
  }

  return find_groups;
}());
