// Coming in: making a group, finding one, joining, asking to be let in, links,
// invitations.
var chat = chat || {};

chat.group_doors = (function () {
  "use strict";

  /** @param {Object} app */
  function group_doors(app) {
    function dispatch(action) { app.store.dispatch(action); }
    function dialog(value) { dispatch({ type: "dialog", dialog: value }); }

    /** Inside: the group opens, and the dialogue that led here goes. */
    function inside(group) {
      if (app.store.state().dialog) { dialog(null); }
      app.groups.enter(group);
    }

    function joined(id) {
      return function (answer) {
        if (answer && answer.group) { return inside(answer.group); }
        dispatch({ type: "pending", id: id, pending: true });
      };
    }

    /** What the dialogue shows of a group that we are not in. */
    function read(id) {
      chat.asking(app, function (done) { app.api.group(id, done); }, function (answer) {
        dispatch({ type: "group", id: id, value: answer.group });
      });
    }

    return {
      show_find: function (shown) {
        dispatch({ type: "search", search: shown ? { query: "", busy: false, groups: null, problem: null } : null });
      },
      show_create: function () { dialog({ name: "create_group" }); },
      look_for: function (query) {
        dispatch({ type: "search", search: { query: query, busy: true, groups: null, problem: null } });
        app.api.find_groups(query, function (problem, answer) {
          var now = app.store.state().search;
          if (!now || now.query !== query) { return; } // another question was asked meanwhile
          dispatch({ type: "search", search: { query: query, busy: false, groups: problem ? null : answer.groups, problem: problem } });
        });
      },
      /** `form`: { name, description?, join_mode?, member_limit? }; the same client id makes a retry safe. */
      create: function (form, client_id) {
        chat.asking(app, function (done) {
          app.api.create_group(chat.change(form, { client_id: client_id || chat.id() }), done);
        }, function (answer) { inside(answer.group); });
      },
      /** How one comes into a group, with its button. `invited`: then the door is open unless it is closed to all. */
      show: function (id, invited) {
        dialog({ name: "group_join", group: id, invited: Boolean(invited) });
        read(id);
      },
      join: function (id, note) {
        chat.asking(app, function (done) { app.api.join_group(id, note ? { note: note } : {}, done); }, joined(id));
      },
      withdraw: function (id) {
        chat.asking(app, function (done) {
          app.api.withdraw_join(id, app.store.state().me.id, function (problem) {
            // Answered meanwhile: then there is nothing left to take back.
            done(problem && problem.status === 404 ? null : problem);
          });
        }, function () { dispatch({ type: "pending", id: id, pending: false }); });
      },
      use_link: function (code) {
        chat.asking(app, function (done) { app.api.use_link(code, done); }, function (answer) { inside(answer.group); });
      },
      invite: function (id, user) {
        chat.asking(app, function (done) { app.api.invite(id, user, done); }, function () {
          var open = app.store.state().dialog;
          if (open && open.name === "group_invite") {
            dialog(chat.change(open, { invited: chat.change.key(open.invited || {}, user, true) }));
          }
          if (open && open.name === "invite_to") {
            dialog({ name: "person", user: user });
            app.announce.say(chat.i18n.t("invite.done"));
          }
        });
      },
      /** Effect: a link in the address asks as soon as somebody is signed in. */
      follow: function (before, after) {
        if (after.phase !== "in" || !after.join) { return; }
        dialog({ name: "join_link", code: after.join });
        dispatch({ type: "join", join: null });
      }
    };
  }

  return group_doors;
}());
