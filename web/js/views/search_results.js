// What the server found, or why there is nothing: searching, nothing found, too
// many searches, failed. `place` is "all" (by conversation) or "here".
var chat = chat || {};

chat.search_results = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function trouble(props, place, problem) {
    function again() { props.act.search.more(place); }
    if (problem.status === 422) { return el.p({ class: "empty", role: "alert" }, t("search.unsearchable")); }
    return el.div({ class: "empty" },
      el.p({ class: "problem", role: "alert" }, chat.i18n.problem(problem)),
      // Whoever is asked to wait need not watch the clock as well.
      problem.retry_ms
        ? el.view(chat.seconds_left, { ms: problem.retry_ms, words: "search.wait", on_end: again })
        : el.button({ class: "secondary", type: "button", onClick: again }, t("chat.retry")));
  }

  function grouped(props, results) {
    return chat.match.by_conversation(results).map(function (group) {
      var one = props.state.conversations[group.conversation];
      var title = one ? chat.select.title(one, props.state) : t("conversation.unnamed");
      return el.div({ key: group.conversation },
        el.h3({ class: "finds__of" }, title),
        el.ul(null, group.results.map(function (hit) { return chat.search_hit(props, hit); })));
    });
  }

  function search_results(props, place) {
    var held = props.state.seeks[place];
    if (!held || !held.asked) { return null; }
    return el.div({ class: "finds" },
      place === "all" ? grouped(props, held.results)
        : el.ul(null, held.results.map(function (hit) { return chat.search_hit(props, hit); })),
      held.busy && el.p({ class: "empty", role: "status" }, t("search.searching")),
      !held.busy && !held.problem && !held.results.length && !held.next && el.p({ class: "empty", role: "status" }, t("search.none")),
      !held.busy && !held.indexed && el.p({ class: "empty", role: "status" }, t("search.unindexed")),
      held.problem && trouble(props, place, held.problem),
      !held.busy && !held.problem && held.next && el.p({ class: "finds__more" }, el.button({
        class: "secondary", type: "button", onClick: function () { props.act.search.more(place); }
      }, t("search.more"))));
  }

  return search_results;
}());
