// Coming in, going out, and starting over. Recovery is start-up: a reset runs
// the same steps as the first load. A session that ends by itself takes nothing
// from the page: the same user signs in again and goes on.
var chat = chat || {};

chat.session = (function () {
  "use strict";

  /** @param {{store: Object, api: Object, transport: Object, shout: Object}} app */
  function session(app) {
    var failures = 0;
    var timer = null;
    var life = 0; // an answer asked for before signing out must not sign in again
    var leaving = false;
    var asking = false;

    function later(step, problem) {
      app.store.dispatch({ type: "notice", notice: problem });
      clearTimeout(timer);
      timer = setTimeout(step, Math.max(chat.backoff(failures), problem.retry_ms));
      failures += 1;
    }

    function me() {
      return app.store.state().me;
    }

    /** To the door; another user must find nothing of the one before. */
    function left() {
      life += 1;
      clearTimeout(timer);
      app.transport.stop();
      app.store.dispatch({ type: "signed_out" });
      // What was under way ends, and lets go of what it held; what it has to say of that, nobody is there to hear.
      app.api.forget();
      app.store.dispatch({ type: "signed_out" });
    }

    /** The same for all tabs of this browser: somebody wanted it so. */
    function signed_out() {
      app.shout.say({ signed_out: true });
      left();
    }

    /** The snapshot, then the feed from exactly there. */
    function sync() {
      life += 1;
      var mine = life;
      clearTimeout(timer);
      app.transport.stop();
      app.transport.join(function () {
        app.api.sync(function (problem, snapshot) {
          if (mine !== life) { return; }
          if (problem) { return later(sync, problem); }
          if (me() && me().id !== snapshot.me.id) { return self.location.reload(); }
          failures = 0;
          app.store.dispatch({ type: "synced", snapshot: snapshot });
          app.transport.start(snapshot.cursor, snapshot.me.id);
        });
      });
    }

    function start() {
      app.api.me(function (problem) {
        if (problem && problem.status === 401) { return left(); }
        if (problem) { return later(start, problem); }
        sync();
      });
    }

    /** The session ended, and not because we wanted it to. */
    function expired() {
      if (!me() || leaving) { return left(); }
      if (!app.store.state().expired) {
        app.store.dispatch({ type: "expired", expired: { open: true, busy: false, problem: null } });
      }
    }

    /** There is a session again, of the same user. */
    function back() {
      app.store.dispatch({ type: "expired", expired: null });
      app.transport.resume();
      app.api.resume();
    }

    function probe(done) {
      chat.probe(app.api.me, me() && me().id, done);
    }

    /** A request was refused for want of a session; perhaps of one that has a successor by now. */
    function unauthorized() {
      if (asking || app.store.state().expired) { return; }
      asking = true;
      probe(function (verdict) {
        asking = false;
        if (verdict === "over") { return expired(); }
        if (verdict === "other") { return self.location.reload(); }
        if (verdict === "good") { return app.api.resume(); }
        setTimeout(unauthorized, chat.backoff(1));
      });
    }

    function enter(ask, form) {
      app.store.dispatch({ type: "door", door: { busy: true, problem: null } });
      ask(form, function (problem, answer) {
        app.store.dispatch({ type: "door", door: { busy: false, problem: problem } });
        if (problem) { return; }
        app.shout.say({ signed_in: answer.user.id });
        start();
      });
    }

    function in_again(form) {
      app.store.dispatch({ type: "expired", expired: { open: true, busy: true, problem: null } });
      app.api.sign_in(form, function (problem, answer) {
        var now = app.store.state().expired;
        if (problem) {
          // Meanwhile the form may have been put aside, or another tab signed in.
          if (now) { app.store.dispatch({ type: "expired", expired: { open: now.open, busy: false, problem: problem } }); }
          return;
        }
        app.shout.say({ signed_in: answer.user.id });
        if (me() && answer.user.id === me().id) { back(); } else { self.location.reload(); }
      });
    }

    return {
      start: start,
      sync: sync,
      expired: expired,
      signed_out: signed_out,
      unauthorized: unauthorized,
      probe: probe,
      sign_up: function (form) { enter(app.api.sign_up, form); },
      sign_in: function (form) { enter(app.api.sign_in, form); },
      in_again: in_again,
      /** Reading on without a session is allowed: the banner leads back to the form. */
      show_expired: function (open) {
        app.store.dispatch({ type: "expired", expired: { open: open, busy: false, problem: null } });
      },
      sign_out: function () {
        leaving = true;
        app.api.sign_out(function (problem) {
          leaving = false;
          if (problem && problem.status !== 401) {
            app.store.dispatch({ type: "notice", notice: problem });
          } else {
            signed_out();
          }
        });
      },
      /** The browser brought the page back from its cache: somebody else may have signed in since. */
      returned: function () { if (app.store.state().phase === "in") { unauthorized(); } },
      /** The time to wait is over. */
      calm: function () { app.store.dispatch({ type: "door", door: { problem: null } }); },
      /** What another tab of this browser did. */
      heard: function (word) {
        var phase = app.store.state().phase;
        if (word.signed_out && phase === "in") { return left(); }
        if (!word.signed_in || phase === "starting") { return; }
        if (phase === "door") { return start(); }
        if (word.signed_in !== me().id) { return self.location.reload(); }
        if (app.store.state().expired) { back(); }
      },
      show: function (form) {
        app.store.dispatch({ type: "door", door: { form: form, problem: null } });
      }
    };
  }

  return session;
}());
