// In the place of the list while something stands in the box: conversations,
// friends, messages, and the ways to people and groups one does not know yet.
var chat = chat || {};

chat.finder_results = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function friend(props, one) {
    var name = one.remark || one.user.name;
    return el.li({ key: one.user.id },
      el.button({ class: "row", type: "button", onClick: function () { props.act.groups.direct(one.user.id, name); } },
        chat.avatar(name, false, chat.select.face(props.state, one.user.id)),
        el.span({ class: "who" },
          el.strong(null, name),
          el.span(null, chat.presence_mark(props.state.presence[one.user.id], true), " ", one.user.signature))));
  }

  function part(key, rows) {
    return rows.length ? el.div({ key: key },
      el.h2({ class: "finds__title" }, t(key)), el.ul(null, rows)) : null;
  }

  function elsewhere(props, query) {
    function way(icon, key, on) {
      return el.li({ key: key }, el.button({ class: "row finds__way", type: "button", onClick: on },
        chat.icon(icon), " ", t(key, { query: query })));
    }
    return el.div({ key: "elsewhere" },
      el.h2({ class: "finds__title" }, t("search.elsewhere")),
      el.ul(null,
        way("contacts", "search.find_people", function () { props.act.search.find_people(query); }),
        way("plus", "search.find_groups", function () { props.act.search.find_groups(query); })));
  }

  function finder_results(props) {
    var state = props.state;
    var query = state.finder.trim();
    var conversations = chat.match.conversations(state, query);
    var friends = chat.match.friends(state, query);

    function key(event) {
      var rows = event.currentTarget.querySelectorAll(".row");
      var to = chat.keys.along(event, Array.prototype.indexOf.call(rows, document.activeElement), rows.length);
      if (chat.keys.name(event) === "Escape") {
        props.act.search.clear();
        chat.focus.give_back(document.getElementById("finder"));
      } else if (to !== null) {
        event.preventDefault();
        rows[to].focus();
      }
    }

    return el.div({ class: "scroll", onKeyDown: key },
      part("search.conversations", conversations.map(function (one) { return chat.chat_row(props, one, true); })),
      part("search.contacts", friends.map(function (one) { return friend(props, one); })),
      !conversations.length && !friends.length && !(state.seeks.all && state.seeks.all.results.length) &&
        el.p({ class: "empty" }, t("search.nothing_here")),
      state.seeks.all ? el.div({ key: "messages" },
        el.h2({ class: "finds__title" }, t("search.messages")), chat.search_results(props, "all"))
        : !chat.search.enough(query) && el.p({ class: "empty" }, t("search.too_short")),
      elsewhere(props, query));
  }

  return finder_results;
}());
