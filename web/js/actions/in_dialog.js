// Asking the server in the name of the open dialogue: it is busy meanwhile, a
// refusal stands in it, and if it is gone by then, above everything else.
var chat = chat || {};

chat.in_dialog = (function () {
  "use strict";

  /** @param {{store: Object}} app */
  function in_dialog(app) {
    var waiting = {}; // by name: changes that wait for the answer under way

    function next() {
      var name = Object.keys(waiting)[0];
      var due = waiting[name];
      delete waiting[name];
      if (due) { due(); }
    }

    function begin(ask, done) {
      var dialog = app.store.state().dialog;

      function tell(values) { app.store.dispatch({ type: "dialog_told", dialog: dialog, news: values }); }

      tell({ busy: true, problem: null });
      ask(function (problem, answer) {
        tell({ busy: false, problem: problem });
        if (!problem) {
          if (done) { done(answer); }
        } else if (!chat.circle.same(app.store.state().dialog, dialog)) {
          app.store.dispatch({ type: "notice", notice: problem });
        }
        // What comes after a no is looked at anew; and nobody's changes are made by who comes after them.
        if (problem) { waiting = {}; }
        next();
      });
    }

    /**
     * @param {function(Function): void} ask asks, and answers to what it is given
     * @param {?function(?Object): void} [done] after a yes
     * @param {string} [change] what is changed: it waits for the answer under way, the last of the same name
     */
    return function (ask, done, change) {
      var dialog = app.store.state().dialog;
      if (!dialog || !dialog.busy) { return begin(ask, done); }
      // A second press while the first is under way asks nothing more.
      if (change) { waiting[change] = function () { begin(ask, done); }; }
    };
  }

  return in_dialog;
}());
