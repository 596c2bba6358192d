// Making, finding, joining and leaving groups; who is in one; and the direct
// chat that begins with somebody in it.
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
    function dispatch(action) { app.store.dispatch(action); }

    function notice(problem) {
      dispatch({ type: "notice", notice: problem });
    }

    function open(id) {
      dispatch({ type: "opened", id: id });
    }

    function enter(group) {
      dispatch({ type: "group", id: group.id, value: group });
      dispatch({ type: "started", conversation: { id: group.id, type: "group", name: group.name } });
      open(group.id);
    }

    function load(id) {
      app.api.group(id, function (problem, answer) {
        if (!problem) { dispatch({ type: "group", id: id, value: answer.group || answer }); }
      });
      if (!app.store.state().panel) { return; }
      app.api.members(id, function (problem, answer) {
        if (problem) { return notice(problem); }
        dispatch({ type: "members", id: id, members: answer.members.map(member) });
      });
    }

    function look_for(query) {
      dispatch({ type: "search", search: { query: query, busy: true, groups: null, problem: null } });
      app.api.find_groups(query, function (problem, answer) {
        var now = app.store.state().search;
        if (!now || now.query !== query) { return; } // another question was asked meanwhile
        dispatch({ type: "search", search: {
          query: query, busy: false, groups: problem ? null : answer.groups, problem: problem
        } });
      });
    }

    return {
      open: open,
      close: function () { open(null); },
      panel: function (shown) { dispatch({ type: "panel", panel: shown }); },
      show_find: function (shown) {
        dispatch({ type: "create", create: null });
        dispatch({ type: "search", search: shown ? { query: "", busy: false, groups: null, problem: null } : null });
      },
      show_create: function (shown) {
        dispatch({ type: "search", search: null });
        dispatch({ type: "create", create: shown ? { busy: false, problem: null } : null });
      },
      look_for: look_for,
      create: function (name) {
        dispatch({ type: "create", create: { busy: true, problem: null } });
        app.api.create_group({ name: name }, function (problem, answer) {
          if (problem) { return dispatch({ type: "create", create: { busy: false, problem: problem } }); }
          enter(answer.group);
        });
      },
      join: function (id) {
        app.api.join_group(id, {}, function (problem, answer) {
          var now = app.store.state().search;
          if (!problem && answer && answer.group) { return enter(answer.group); }
          if (!now) { return; }
          dispatch({ type: "search", search: chat.change(now, {
            problem: problem || { code: "join_pending", detail: "" }
          }) });
        });
      },
      leave: function (id) {
        app.api.leave_group(id, app.store.state().me.id, function (problem) {
          if (problem) { return notice(problem); }
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
      /** Effect: an open group's numbers and, in the panel, its members are fresh. */
      follow: function (before, after) {
        var one = after.conversations[after.open];
        var was = before.conversations[after.open];
        if (!one || one.type !== "group" || one.left) { return; }
        var latest = one.last_message;
        var changed = was && was.last_message !== latest && latest && /^group\./.test(latest.kind);
        if (before.open !== after.open || before.panel !== after.panel || !was || changed) { load(one.id); }
      }
    };
  }

  groups.member = member;
  return groups;
}());
