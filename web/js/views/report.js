// A message is reported to whoever runs the server. state.dialog: { name: "report", conversation, seq }
var chat = chat || {};

chat.report = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  var report = chat.component({
    init: function () {
      var self_ = this;
      this.close = function () { self_.props.act.dialog(null); };
      this.submit = function (event) {
        var dialog = self_.props.dialog, reason = event.target.elements.reason.value.trim();
        event.preventDefault();
        if (!reason || self_.state.busy) { return; }
        self_.setState({ busy: true, problem: null });
        self_.props.act.marks.report(dialog.conversation, dialog.seq, reason, function (problem) {
          self_.setState({ busy: false, problem: problem, done: !problem });
        });
      };
    },

    render: function (props, state) {
      return el.view(chat.dialog, { name: t("report.title"), on_close: this.close }, state.done
        ? el.div(null, el.p({ class: "dialog__text", role: "status" }, t("report.done")),
          el.footer({ class: "dialog__foot" }, el.button({ class: "primary", type: "button", onClick: this.close }, t("dialog.close"))))
        : el.form({ onSubmit: this.submit },
          el.p({ class: "dialog__text" }, t("report.text")),
          el.div({ class: "field" },
            el.label({ "for": "report-reason" }, t("report.reason")),
            el.textarea({
              class: "input", id: "report-reason", name: "reason", rows: 3, maxLength: 500, required: true, "data-first": true
            })),
          state.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(state.problem)),
          el.footer({ class: "dialog__foot" },
            el.button({ class: "secondary", type: "button", onClick: this.close }, t("dialog.cancel")),
            el.button({ class: "primary", type: "submit" }, t("report.go")))));
    }
  });

  chat.dialogs.add("report", report);
  return report;
}());
