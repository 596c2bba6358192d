// The server at this moment. Counts are since it started; the bars are of what they
// are shares of. Seconds old while somebody looks.
var chat = chat || {};

chat.admin_figures = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var NUMBERS = [
    "users_online", "user_actors", "conversation_actors", "streams", "journal_queue", "deliveries_per_second", "deliveries",
    "streams_fell_behind", "connections_stalled"
  ];

  function grouped(number) {
    return String(number).replace(/\B(?=(\d{3})+$)/g, " ");
  }

  function bar(label, count, most) {
    return el.tr({ key: label },
      el.th({ scope: "row" }, label),
      el.td({ class: "bars__track" }, el.div({ class: "bars__bar", style: { width: most ? 100 * count / most + "%" : "0%" } })),
      el.td({ class: "bars__count" }, grouped(count)));
  }

  function bars(name, rows) {
    var most = rows.reduce(function (so_far, row) { return Math.max(so_far, row.count); }, 0);
    return el.section({ class: "figures__part", key: name, "aria-label": t("admin.figures." + name) },
      el.h2(null, t("admin.figures." + name)),
      rows.length ? el.table({ class: "bars" }, el.tbody(null, rows.map(function (row) { return bar(row.label, row.count, most); })))
        : el.p({ class: "empty" }, t("admin.figures.idle")));
  }

  function classes(list, key) {
    return list.map(function (one, at) {
      return {
        label: one.most === null ? t("admin.figures.beyond", { value: at ? list[at - 1].most : 0 })
          : t("admin.figures." + key, { value: one.most }),
        count: one.count
      };
    });
  }

  function mailboxes(state, list) {
    return list.map(function (one) {
      var held = state.conversations[one.id];
      return { label: state.users[one.id] || held && chat.select.title(held, state) || one.id.slice(0, 8), count: one.waiting };
    });
  }

  function admin_figures(props) {
    var now = props.state.admin.figures;
    var problem = props.state.admin.figures_problem;
    return [
      problem && el.p({ key: "problem", class: "problem", role: "alert" }, chat.i18n.problem(problem)),
      !now ? !problem && el.p({ key: "busy", class: "empty", role: "status" }, t("chat.loading")) : el.div({ key: "now" },
        el.dl({ class: "numbers" }, NUMBERS.map(function (name) {
          return el.div({ class: "numbers__one", key: name }, el.dt(null, t("admin.figures." + name)), el.dd(null, grouped(now[name])));
        })),
        el.div({ class: "figures" },
          bars("commit_ms", classes(now.commit_ms, "up_to_ms")),
          bars("batch_entries", classes(now.batch_entries, "up_to")),
          bars("posts", now.posts.map(function (one) { return { label: t("admin.posts." + one.name), count: one.count }; })),
          bars("deepest_users", mailboxes(props.state, now.deepest_users)),
          bars("deepest_conversations", mailboxes(props.state, now.deepest_conversations))))
    ];
  }

  chat.admin.add("figures", admin_figures);
  return admin_figures;
}());
