// Who people are: profiles of those in sight, friends when something happened to
// them, presence.
var chat = chat || {};

chat.people_of = (function () {
  "use strict";

  var BATCH = 100; // the server answers no more at once

  /** Everybody whose face the page shows: others of direct chats, and who speaks in the open one. */
  function in_sight(state) {
    var ids = {};
    var open = state.conversations[state.open];
    Object.keys(state.conversations).forEach(function (id) {
      if (state.conversations[id].peer) { ids[state.conversations[id].peer] = true; }
    });
    // Whoever reads on upward, or jumped far back, sees those who spoke there, too.
    (open ? chat.rows.list(open) : []).forEach(function (one) {
      if (one.sender) { ids[one.sender] = true; }
    });
    return Object.keys(ids);
  }

  /** @param {{store: Object, api: Object}} app */
  function people_of(app) {
    var asked = {}; // ids that were asked for: once is enough, found or not
    var asking_friends = false;
    var failures = 0;

    function load(ids) {
      ids.forEach(function (id) { asked[id] = true; });
      app.api.people(ids, function (problem, answer) {
        if (problem) {
          ids.forEach(function (id) { delete asked[id]; });
          return;
        }
        app.store.dispatch({ type: "people", people: answer.users });
      });
    }

    function load_friends() {
      var stale = app.store.state().friends.stale;
      if (asking_friends) { return; }
      asking_friends = true;
      app.api.friends(function (problem, answer) {
        asking_friends = false;
        if (app.store.state().phase !== "in") { return; }
        if (problem) {
          setTimeout(look, Math.max(chat.backoff(failures), problem.retry_ms));
          failures += 1;
          return;
        }
        failures = 0;
        app.store.dispatch({ type: "friends", friends: answer, stale: stale });
      });
    }

    function look() {
      var friends = app.store.state().friends;
      if (app.store.state().phase === "in" && friends.stale !== friends.asked_at) { load_friends(); }
    }

    function refresh(id, done) {
      app.api.person(id, function (problem, answer) {
        if (!problem && app.store.state().phase === "in") { app.store.dispatch({ type: "people", people: [answer.user] }); }
        if (done) { done(problem); }
      });
    }

    return {
      /** Somebody's profile, fresh. `done(problem)`, if anybody waits for it. */
      refresh: refresh,
      /** Effect: faces of those in sight; friends after something happened to them. */
      follow: function (before, after) {
        var open = after.conversations[after.open];
        var missing;
        if (after.phase !== "in") {
          asked = {};
          return;
        }
        look();
        // Nobody is told when somebody else changes a name or a face.
        if (open && open.peer && before.open !== after.open) { refresh(open.peer); }
        if (before.conversations === after.conversations && before.open === after.open && before.phase === after.phase) { return; }
        missing = in_sight(after).filter(function (id) { return !after.people[id] && !asked[id]; });
        if (missing.length) { load(missing.slice(0, BATCH)); }
      }
    };
  }

  return people_of;
}());
