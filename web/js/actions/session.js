// Coming in, going out, and starting over. Recovery is start-up: a reset runs
// the same steps as the first load.
var chat = chat || {};

chat.session = (function () {
  "use strict";

  /** @param {{store: Object, api: Object, transport: Object}} app */
  function session(app) {
    var failures = 0;
    var timer = null;
    var life = 0; // an answer asked for before signing out must not sign in again

    function later(step, problem) {
      app.store.dispatch({ type: "notice", notice: problem });
      clearTimeout(timer);
      timer = setTimeout(step, Math.max(chat.backoff(failures), problem.retry_ms));
      failures += 1;
    }

    function signed_out() {
      life += 1;
      clearTimeout(timer);
      app.transport.stop();
      app.store.dispatch({ type: "signed_out" });
    }

    /** The snapshot, then the feed from exactly there. */
    function sync() {
      life += 1;
      var mine = life;
      clearTimeout(timer);
      app.transport.stop();
      app.api.sync(function (problem, snapshot) {
        if (mine !== life) { return; }
        if (problem) { return later(sync, problem); }
        failures = 0;
        app.store.dispatch({ type: "synced", snapshot: snapshot });
        app.transport.start(snapshot.cursor);
      });
    }

    function start() {
      app.api.me(function (problem) {
        if (problem && problem.status === 401) { return signed_out(); }
        if (problem) { return later(start, problem); }
        sync();
      });
    }

    function enter(ask, form) {
      app.store.dispatch({ type: "door", door: { busy: true, problem: null } });
      ask(form, function (problem) {
        app.store.dispatch({ type: "door", door: { busy: false, problem: problem } });
        if (!problem) { start(); }
      });
    }

    return {
      start: start,
      sync: sync,
      signed_out: signed_out,
      /** Is the session still good, and still ours? Only a clear no counts. */
      probe: function (done) {
        app.api.me(function (problem, answer) {
          var me = app.store.state().me;
          var user = answer && (answer.user || answer);
          if (!problem && me && user.id !== me.id) {
            // Somebody else signed in through another tab.
            self.location.reload();
          } else {
            done(!problem || problem.status !== 401);
          }
        });
      },
      sign_up: function (form) { enter(app.api.sign_up, form); },
      sign_in: function (form) { enter(app.api.sign_in, form); },
      sign_out: function () {
        app.api.sign_out(function (problem) {
          if (problem && problem.status !== 401) {
            app.store.dispatch({ type: "notice", notice: problem });
          } else {
            signed_out();
          }
        });
      },
      /** The time to wait is over. */
      calm: function () { app.store.dispatch({ type: "door", door: { problem: null } }); },
      show: function (form) {
        app.store.dispatch({ type: "door", door: { form: form, problem: null } });
      }
    };
  }

  return session;
}());
