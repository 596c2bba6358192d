// Opening groups and the direct chats that begin in them; what is known of a group
// is read when it is opened, and from then on the feed keeps it true.
var chat = chat || {};

chat.groups = (function () {
  "use strict";

  /** A member as the page holds it: `name` is what they go by in this group. */
  function member(told) {
    return {
      id: told.user.id, user: told.user, name: told.card || told.user.name || told.user.username || "",
      role: told.role || "member", card: told.card || "", status: told.status || "offline",
      muted_until: told.muted_until || null
    };
  }

  /** @param {{store: Object, api: Object}} app */
  function groups(app) {
    var reading = {}; // members of these are being read
    var looked_up = {}; // members whose profile was asked for, by id

    function dispatch(action) { app.store.dispatch(action); }

    function notice(problem) {
      dispatch({ type: "notice", notice: problem });
    }

    function open(id) {
      dispatch({ type: "opened", id: id });
    }

    function last_of(id) {
      var one = app.store.state().conversations[id];
      return one ? one.last : undefined;
    }

    /** A group that we are in since this moment, or were before. */
    function enter(group) {
      dispatch({ type: "group", id: group.id, value: group });
      dispatch({ type: "started", conversation: { id: group.id, type: "group", name: group.name } });
      open(group.id);
    }

    function read_group(id) {
      var since = last_of(id);
      app.api.group(id, function (problem, answer) {
        if (!problem) { dispatch({ type: "group", id: id, value: answer.group, since: since }); }
      });
    }

    function read_members(id) {
      var since = last_of(id);
      if (reading[id]) { return; }
      reading[id] = true;
      app.api.members(id, function (problem, answer) {
        var one = app.store.state().conversations[id];
        delete reading[id];
        if (!one || one.left) { return; }
        if (problem) { return chat.http.passing(problem) ? notice(problem) : undefined; }
        dispatch({ type: "members", id: id, members: answer.members.map(member), since: since });
      });
    }

    /** Who came while we looked, let in by somebody else: the message has no name for them. */
    function learn(id, members) {
      var missing = members.filter(function (one) { return !one.user && !looked_up[one.id]; }).slice(0, chat.limits.people_at_once);
      if (!missing.length) { return; }
      missing.forEach(function (one) { looked_up[one.id] = true; });
      app.api.people(missing.map(function (one) { return one.id; }), function (problem, answer) {
        missing.forEach(function (one) { delete looked_up[one.id]; });
        if (problem || app.store.state().phase !== "in") { return; }
        dispatch({ type: "people", people: answer.users });
        dispatch({ type: "members_known", id: id, people: answer.users });
      });
    }

    return {
      open: open,
      enter: enter,
      close: function () { open(null); },
      panel: function (shown) { dispatch({ type: "panel", panel: shown }); },
      leave: function (id) {
        chat.asking(app, function (done) { app.api.leave_group(id, app.store.state().me.id, done); }, function () {
          dispatch({ type: "panel", panel: false });
        });
      },
      direct: function (user, name) {
        app.api.direct(user, function (problem, answer) {
          if (problem) { return notice(problem); }
          var told = answer.conversation;
          dispatch({ type: "started", conversation: chat.change(told, { name: told.name || name }) });
          dispatch({ type: "panel", panel: false });
          open(told.id);
        });
      },
      /** Effect: what is known of an open group is fresh; presence is, whenever the panel opens. */
      follow: function (before, after) {
        var one = after.conversations[after.open];
        var was = before.conversations[after.open];
        var members = after.members[after.open];
        if (after.phase !== "in" || !one || one.type !== "group" || one.left) { return; }
        var anew = before.phase !== "in" || before.open !== after.open || !was || was.left || (before.members[one.id] && !members);
        if (anew) { read_group(one.id); }
        if ((anew && !members) || (after.panel && !before.panel)) { read_members(one.id); }
        if (members && members !== before.members[one.id]) { learn(one.id, members); }
      }
    };
  }

  groups.member = member;
  return groups;
}());
