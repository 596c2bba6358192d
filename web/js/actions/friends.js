// Friends: finding people, asking, answering, remarks, folders, blocks. What comes
// of it is told by one's own conversation, on this device as on all others.
var chat = chat || {};

chat.friends = (function () {
  "use strict";

  /** Some codes mean one thing here and another elsewhere. */
  function here(problem) {
    if (problem && problem.code === "name_taken") { return chat.change(problem, { code: "folder_taken" }); }
    if (problem && problem.status === 409 && problem.code === "too_many_requests") {
      return chat.change(problem, { code: "too_many_asked" });
    }
    return problem;
  }

  /** @param {{store: Object, api: Object, people: Object}} app */
  function friends(app) {
    var in_dialog = chat.in_dialog(app);
    var asking_blocks = false;

    function dispatch(action) { app.store.dispatch(action); }

    function close() { dispatch({ type: "dialog", dialog: null }); }

    /** Asks from a dialogue. A no may mean that the page shows what is over: then it looks again. `change`: as of in_dialog. */
    function asked(ask, done, change) {
      in_dialog(function (tell) {
        ask(function (problem, answer) {
          if (problem && (problem.status === 404 || problem.status === 409)) { dispatch({ type: "friends_stale" }); }
          tell(here(problem), answer);
        });
      }, done, change);
    }

    function look_for(query) {
      var wanted = query.trim();
      if (!wanted) { return; }
      dispatch({ type: "finding", finding: { query: wanted, busy: true, users: null, problem: null } });
      app.api.find_people(wanted, function (problem, answer) {
        var now = app.store.state().contacts.finding;
        if (!now || now.query !== wanted) { return; } // another question was asked meanwhile
        if (!problem) { dispatch({ type: "people", people: answer.users }); }
        dispatch({ type: "finding", finding: {
          query: wanted, busy: false, users: problem ? null : answer.users, problem: problem
        } });
      });
    }

    /** A direct chat. Whoever may not be written to looks like somebody who is not there. */
    function message(user, name) {
      asked(function (done) {
        app.api.direct(user, function (problem, answer) {
          done(problem && problem.status === 404 ? chat.change(problem, { code: "not_writable" }) : problem, answer);
        });
      }, function (answer) {
        var told = answer.conversation;
        close();
        dispatch({ type: "started", conversation: chat.change(told, { name: told.name || name }) });
        dispatch({ type: "panel", panel: false });
        dispatch({ type: "opened", id: told.id });
      });
    }

    /** One folder after the other: each change of place is a request. */
    function move_folder(id, by) {
      var steps = chat.roster.moved(app.store.state().friends.folders, id, by);
      if (!steps.length) { return; }
      asked(function (done) {
        function next(problem) {
          var step = problem ? null : steps.shift();
          if (!step) { return done(problem, null); }
          app.api.change_folder(step.id, { order: step.order }, next);
        }
        next(null);
      });
    }

    function load_blocks() {
      var stale = app.store.state().friends.stale;
      if (asking_blocks) { return; }
      asking_blocks = true;
      app.api.blocks(function (problem, answer) {
        asking_blocks = false;
        if (app.store.state().phase !== "in") { return; }
        if (problem) { return dispatch({ type: "notice", notice: problem }); }
        dispatch({ type: "blocks", users: answer.users, stale: stale });
      });
    }

    /** Whoever is not there any more is said not to be. */
    function load(dialog) {
      app.people.refresh(dialog.user, function (problem) {
        if (problem) { dispatch({ type: "dialog_told", dialog: dialog, news: { problem: problem } }); }
      });
    }

    function wants_blocks(state) {
      return Boolean(state.dialog) && (state.dialog.name === "person" || state.dialog.name === "blocks") &&
        state.blocks.asked_at !== state.friends.stale;
    }

    return {
      look_for: look_for,
      filter: function (text) { dispatch({ type: "filter", filter: text }); },
      fold: function (id, shut) { dispatch({ type: "fold", id: id, shut: shut }); },
      message: message,
      ask: function (user, note) {
        asked(function (done) { app.api.ask_friend(user, note.trim(), done); });
      },
      answer: function (user, accept) {
        asked(function (done) { app.api.answer_friend(user, accept, done); });
      },
      /** Takes a request back, or ends a friendship. */
      unfriend: function (user) {
        asked(function (done) { app.api.remove_friend(user, done); });
      },
      /** `values`: { remark?, folder? }. They stand at once; after a no the page looks again. */
      set: function (user, values) {
        asked(function (done) {
          var friend = chat.select.friend(app.store.state(), user);
          if (friend) { dispatch({ type: "friend", friend: chat.change(friend, values) }); }
          app.api.change_friend(user, values, function (problem, answer) {
            dispatch(problem ? { type: "friends_stale" } : { type: "friend", friend: answer.friend });
            done(problem, answer);
          });
        }, null, [user].concat(Object.keys(values)).join(" "));
      },
      block: function (user) { asked(function (done) { app.api.block(user, done); }); },
      unblock: function (user) { asked(function (done) { app.api.unblock(user, done); }); },
      make_folder: function (name, done) {
        asked(function (tell) { app.api.make_folder(name.trim(), tell); }, done);
      },
      rename_folder: function (id, name, done) {
        asked(function (tell) { app.api.change_folder(id, { name: name.trim() }, tell); }, done);
      },
      move_folder: move_folder,
      remove_folder: function (id) { asked(function (done) { app.api.remove_folder(id, done); }); },
      /** Effect: what one looks at is fresh. Nobody is told when somebody else changes a name or a face. */
      follow: function (before, after) {
        var dialog = after.dialog;
        if (after.phase !== "in") { return; }
        if (after.view === "contacts" && before.view !== "contacts" && after.friends.loaded) { dispatch({ type: "friends_stale" }); }
        if (dialog && dialog.name === "person" && !chat.circle.same(dialog, before.dialog)) { load(dialog); }
        if (wants_blocks(after)) { load_blocks(); }
      }
    };
  }

  return friends;
}());
