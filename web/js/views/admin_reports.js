// Reports: what was said, by whom, why somebody minded; and the decision.
var chat = chat || {};

chat.admin_reports = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var STATES = ["open", "resolved", "dismissed"];

  function said(message) {
    if (!message.body) { return el.em(null, t("admin.reports.erased")); }
    return chat.kinds.of(message).summary(message, function (id, name) { return name || t("user.unknown"); });
  }

  function judge(props, report, state) {
    return el.button({ class: "secondary", type: "button", onClick: function () {
      props.act.dialog({
        name: "ask", title: t("admin.reports." + state + "_title"), text: t("admin.reports.judge_text"), label: t("admin.reports.note"),
        lines: 3, max_length: 500, optional: true, go: t("admin.reports.do_" + state),
        on_yes: function (note) { props.act.admin.judge(report.id, state, note.trim()); }
      });
    } }, t("admin.reports.do_" + state));
  }

  /** The sender's account, as the page of users finds it. */
  function sender(props, person) {
    return el.button({ class: "link", type: "button", onClick: function () {
      props.act.admin.page("users");
      props.act.admin.look_for("users", String(person.number));
    } }, t("admin.reports.to_sender"));
  }

  function card(props, report) {
    var message = report.message;
    return el.li({ class: "report", key: report.id },
      el.p({ class: "report__head" },
        t("admin.reports.by", { name: report.reporter ? report.reporter.name : t("user.unknown") }), " · ",
        chat.admin_list.moment(report.created_at)),
      el.p({ class: "report__reason" }, report.reason),
      el.div({ class: "report__message" },
        el.p({ class: "report__head" }, chat.admin_list.person(message.sender, message.sender_name), " · ",
          chat.admin_list.moment(message.sent_at)),
        el.p({ class: "report__text" }, said(message))),
      report.state === "open"
        ? el.p({ class: "report__foot" }, judge(props, report, "resolved"), " ", judge(props, report, "dismissed"), " ",
          message.sender && sender(props, message.sender))
        : el.p({ class: "report__head" },
          t("admin.reports.judged", { name: report.judged_by ? report.judged_by.name : t("admin.command_line") }), " · ",
          chat.admin_list.moment(report.judged_at), report.note && [" · ", report.note]));
  }

  function admin_reports(props) {
    var held = props.state.admin.reports;
    return [
      el.div({ class: "bar admin__search", role: "group", "aria-label": t("admin.reports.which"), key: "which" },
        STATES.map(function (state) {
          return el.button({
            class: "secondary", type: "button", key: state, "aria-pressed": held.asked === state ? "true" : "false",
            onClick: function () { props.act.admin.look_for("reports", state); }
          }, t("admin.reports." + state));
        })),
      held.problem && el.p({ key: "problem", class: "problem", role: "alert" }, chat.i18n.problem(held.problem)),
      !held.busy && held.loaded && !held.rows.length && el.p({ key: "none", class: "empty", role: "status" }, t("admin.reports.none")),
      el.ul({ key: "list", "aria-label": t("admin.reports") }, held.rows.map(function (report) { return card(props, report); })),
      held.more && el.p({ key: "more", class: "finds__more" }, el.button({
        class: "secondary", type: "button", onClick: function () { props.act.admin.more("reports"); }
      }, t("admin.more")))
    ];
  }

  chat.admin.add("reports", admin_reports);
  return admin_reports;
}());
