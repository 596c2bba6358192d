// One's own account: profile, face, devices, password, the way out for good.
var chat = chat || {};

chat.own_account = (function () {
  "use strict";

  /** @param {{store: Object, api: Object, session: Object}} app */
  function own_account(app) {
    var in_dialog = chat.in_dialog(app);

    function dispatch(action) { app.store.dispatch(action); }

    function tell(values) { dispatch({ type: "account", account: values }); }

    /** Asks from the section of the account: one thing at a time, named, so that the words stand beside it. */
    function asked(what, ask, done) {
      if (app.store.state().account.busy) { return; }
      tell({ busy: what, problem: null, done: "" });
      ask(function (problem, answer) {
        if (app.store.state().phase !== "in") { return; }
        tell({ busy: "", problem: problem ? { of: what, told: problem } : null, done: problem ? "" : what });
        if (!problem && done) { done(answer); }
      });
    }

    function load() {
      app.api.devices(function (problem, answer) {
        if (app.store.state().phase !== "in") { return; }
        tell(problem ? { problem: { of: "devices", told: problem } } : { devices: answer.sessions });
      });
    }

    return {
      /** `values`: { name?, signature?, status?, read_receipts? }. They stand at once, and no longer after a no. */
      change: function (values) {
        in_dialog(function (done) {
          var was = {};
          Object.keys(values).forEach(function (name) { was[name] = app.store.state().me[name]; });
          dispatch({ type: "me", me: values });
          app.api.change_me(values, function (problem, answer) {
            if (app.store.state().phase === "in") { dispatch({ type: "me", me: problem ? was : answer }); }
            done(problem, answer);
          });
        }, null, Object.keys(values).join(" "));
      },
      /** The picture of oneself. `on.progress(sent, total)` hears how far it is, `on.done(problem)` how it ended. */
      set_face: function (file, on) {
        return app.api.set_face(file, { progress: on.progress, done: function (problem, answer) {
          if (problem && problem.status === 401) { app.session.unauthorized(); }
          if (!problem && app.store.state().phase === "in") { dispatch({ type: "me", me: answer }); }
          on.done(problem);
        } });
      },
      remove_face: function () {
        in_dialog(function (done) { app.api.remove_face(done); }, function () {
          if (app.store.state().phase === "in") { dispatch({ type: "me", me: { avatar: undefined } }); }
        });
      },
      revoke: function (session) {
        asked("devices", function (done) { app.api.revoke(session, done); }, load);
      },
      revoke_others: function () {
        asked("devices", function (done) { app.api.revoke_others(done); }, load);
      },
      change_password: function (form, done) {
        asked("password", function (tell_of) { app.api.change_password(form, tell_of); }, function () {
          done();
          load();
        });
      },
      delete_me: function (password) {
        in_dialog(function (done) { app.api.delete_me(password, done); }, app.session.signed_out);
      },
      /** Effect: whoever opens the settings sees the devices of now, and no words of last time. */
      follow: function (before, after) {
        if (after.phase === "in" && after.view === "settings" && (before.view !== "settings" || before.phase !== "in")) {
          tell({ problem: null, done: "" });
          load();
        }
      }
    };
  }

  return own_account;
}());
