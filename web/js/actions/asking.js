// One request on behalf of whoever pressed a button. While a dialogue is open it
// shows `busy` and `problem` itself; else a problem stands beside the search that
// is open, or in the banner.
var chat = chat || {};

chat.asking = (function () {
  "use strict";

  /**
   * @param {Object} app
   * @param {function(Function): void} request gets the callback (problem, answer)
   * @param {function(Object): void} [then] after success
   */
  function asking(app, request, then) {
    var first = app.store.state().dialog;

    function put(values) {
      var dialog = app.store.state().dialog;
      // Another dialogue, or none: what is told would stand in the wrong place.
      if (!first || !dialog || dialog.name !== first.name) { return false; }
      app.store.dispatch({ type: "dialog", dialog: chat.change(dialog, values) });
      return true;
    }

    function complain(problem) {
      var search = app.store.state().search;
      app.store.dispatch(search ? { type: "search", search: chat.change(search, { problem: problem }) }
        : { type: "notice", notice: problem });
    }

    // Pressed twice. The button stays as it is: one that is disabled loses the keyboard's place.
    if (first && first.busy) { return; }
    put({ busy: true, problem: null });
    request(function (problem, answer) {
      if (app.store.state().phase !== "in") { return; }
      if (!put({ busy: false, problem: problem }) && problem) { complain(problem); }
      if (!problem && then) { then(answer); }
    });
  }

  return asking;
}());
