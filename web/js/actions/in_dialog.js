// Asking the server in the name of the open dialogue: it is busy meanwhile, a
// refusal stands in it, and if it is gone by then, above everything else.
var chat = chat || {};

chat.in_dialog = (function () {
  "use strict";

  /** @param {{store: Object}} app */
  function in_dialog(app) {
    /**
     * @param {function(Function): void} ask asks, and answers to what it is given
     * @param {function(?Object): void} [done] after a yes
     */
    return function (ask, done) {
      var dialog = app.store.state().dialog;

      function tell(values) { app.store.dispatch({ type: "dialog_told", dialog: dialog, news: values }); }

      // A second press while the first is under way asks nothing more.
      if (dialog && dialog.busy) { return; }
      tell({ busy: true, problem: null });
      ask(function (problem, answer) {
        tell({ busy: false, problem: problem });
        if (!problem) {
          if (done) { done(answer); }
        } else if (!chat.circle.same(app.store.state().dialog, dialog)) {
          app.store.dispatch({ type: "notice", notice: problem });
        }
      });
    };
  }

  return in_dialog;
}());
