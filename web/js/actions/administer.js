// What the people who run the server do: look things up, and act. Whatever was done
// is told by the answer; the feed knows nothing of it.
var chat = chat || {};

chat.administer = (function () {
  "use strict";

  /** By room: the name of the list in the answer, and how the next page is asked for. */
  var ROOMS = {
    users: { name: "users", question: "query", beyond: function (row) { return "after=" + row.number; } },
    groups: { name: "groups", question: "query", beyond: function (row) { return "after=" + row.number; } },
    reports: { name: "reports", question: "state", beyond: function (row) { return "before=" + row.number; } },
    invitations: { name: "invitations", question: "", beyond: function () { return ""; } },
    audit: { name: "entries", question: "", beyond: function (row) { return "before=" + row.id; } }
  };

  function listed(page) { return Object.prototype.hasOwnProperty.call(ROOMS, page); }

  function address(room, asked, last) {
    var how = ROOMS[room];
    var parts = how.question && asked ? [how.question + "=" + encodeURIComponent(asked)] : [];
    if (room !== "invitations") { parts.push("limit=" + chat.limits.admin_rows); }
    if (last) { parts.push(how.beyond(last)); }
    return parts.join("&");
  }

  /** @param {{store: Object, api: Object}} app */
  function administer(app) {
    var timer = null;

    function dispatch(action) { app.store.dispatch(action); }

    function admin() { return app.store.state().admin; }

    function notice(problem) { dispatch({ type: "notice", notice: problem }); }

    function load(room, asked, more) {
      var held = admin()[room].rows;
      dispatch({ type: "admin_asked", room: room, asked: asked, more: more });
      app.api.admin_list(room, address(room, asked, more && held[held.length - 1]), function (problem, answer) {
        if (problem) { return dispatch({ type: "admin_problem", room: room, asked: asked, problem: problem }); }
        dispatch({ type: "admin_rows", room: room, asked: asked, more: more, rows: answer[ROOMS[room].name] });
      });
    }

    function reload(room) { load(room, admin()[room].asked, false); }

    /** A secret is told once: it stands in a dialogue and nowhere else. */
    function tell(title, text, secret) {
      dispatch({ type: "dialog", dialog: { name: "told_once", title: title, text: text, secret: secret } });
    }

    function looked_at(state) {
      return state.phase === "in" && state.view === "admin" && state.me.administrator;
    }

    function figures() {
      timer = null;
      if (!looked_at(app.store.state()) || listed(app.store.state().admin_page)) { return; }
      function again() {
        clearTimeout(timer);
        timer = setTimeout(figures, chat.limits.figures_every_ms);
      }
      if (document.visibilityState === "hidden") { return again(); }
      app.api.admin_figures(function (problem, answer) {
        dispatch({ type: "admin_figures", figures: answer, problem: problem });
        again();
      });
    }

    function changed(user, change) {
      app.api.admin_user(user, change, function (problem, answer) {
        if (problem) { return notice(problem); }
        dispatch({ type: "admin_row", room: "users", id: user, row: answer.user });
      });
    }

    return {
      page: function (page) { dispatch({ type: "admin_page", admin_page: page }); },
      look_for: function (room, asked) { load(room, asked, false); },
      more: function (room) {
        if (!admin()[room].busy) { load(room, admin()[room].asked, true); }
      },
      disable: function (user, disabled) { changed(user, { disabled: disabled }); },
      administrator: function (user, administrator) { changed(user, { administrator: administrator }); },
      password: function (user, title, text) {
        app.api.admin_password(user, function (problem, answer) {
          if (problem) { return notice(problem); }
          tell(title, text, answer.password);
        });
      },
      limit: function (group, limit) {
        app.api.admin_limit(group, limit, function (problem) {
          if (problem) { return notice(problem); }
          dispatch({ type: "admin_row", room: "groups", id: group, row: { member_limit: limit } });
        });
      },
      dissolve: function (group) {
        app.api.admin_dissolve(group, function (problem) {
          if (problem) { return notice(problem); }
          dispatch({ type: "admin_row", room: "groups", id: group, row: null });
        });
      },
      judge: function (report, state, note) {
        app.api.admin_judge(report, { state: state, note: note }, function (problem) {
          if (problem) { notice(problem); }
          // Decided now, or by somebody else: the list knows.
          reload("reports");
        });
      },
      invite: function (form, title, text) {
        app.api.admin_invite(form, function (problem, answer) {
          if (problem) { return notice(problem); }
          tell(title, text, answer.code);
          reload("invitations");
        });
      },
      uninvite: function (invitation) {
        app.api.admin_uninvite(invitation, function (problem) {
          if (problem) { return notice(problem); }
          reload("invitations");
        });
      },
      /** Effect: an opened page is fresh; figures while they are looked at. */
      follow: function (before, after) {
        var page = after.admin_page;
        if (!looked_at(after) || (looked_at(before) && before.admin_page === page)) { return; }
        clearTimeout(timer);
        // An address may name anything; the figures are what is shown then.
        if (!listed(page)) { figures(); } else { load(page, after.admin[page].asked, false); }
      }
    };
  }

  administer.address = address;
  return administer;
}());
