// Lists that are read while somebody looks at them: who waits to be let in, links,
// hooks, bots. What they hold is in state/waiting.js.
var chat = chat || {};

chat.looked_at = (function () {
  "use strict";

  // Lists that a dialogue needs while it is open.
  var NEEDS = {
    group_requests: ["requests"], group_bans: ["bans"], group_links: ["links"], group_hooks: ["hooks", "bots"], bots: ["bots"]
  };

  /** Keys of the lists that somebody looks at. */
  function wanted(state) {
    var open = state.conversations[state.open];
    var dialog = state.dialog || {};
    var keys = (Object.prototype.hasOwnProperty.call(NEEDS, dialog.name) ? NEEDS[dialog.name] : []).map(function (name) {
      return chat.waiting.key(name, name === "bots" ? null : dialog.group);
    });
    // Who waits is shown beside the group itself.
    if (open && open.type === "group" && chat.select_group.governs(chat.select_group.role(state, open.id)) &&
        !chat.select_group.dissolved(state, open.id) && keys.indexOf(chat.waiting.key("requests", open.id)) < 0) {
      keys.push(chat.waiting.key("requests", open.id));
    }
    return keys;
  }

  /** @param {{store: Object, api: Object}} app */
  function looked_at(app) {
    var reading = {};

    function dispatch(action) { app.store.dispatch(action); }

    function read(key) {
      var stamp = app.store.state().lists[key].stale;
      var name = key.split(" ")[0], id = key.split(" ")[1];
      if (reading[key]) { return; }
      reading[key] = true;
      function done(problem, answer) {
        delete reading[key];
        if (app.store.state().phase !== "in") { return; }
        dispatch({ type: "list_read", key: key, stale: stamp, items: problem ? null : answer[name], problem: problem });
      }
      if (name === "requests") { app.api.join_requests(id, done); } else if (id) { app.api[name](id, done); } else { app.api[name](done); }
    }

    /** Effect: lists that somebody looks at are read, again when something happened to them. */
    function follow(before, after) {
      var keys = after.phase === "in" ? wanted(after) : [];
      if (before.lists === after.lists && before.dialog === after.dialog && before.open === after.open &&
          before.conversations === after.conversations && before.groups === after.groups) { return; }
      Object.keys(after.lists).forEach(function (key) {
        if (keys.indexOf(key) < 0) { dispatch({ type: "list_closed", key: key }); }
      });
      keys.forEach(function (key) {
        var held = app.store.state().lists[key];
        if (!held) {
          dispatch({ type: "list_wanted", key: key });
          held = app.store.state().lists[key];
        }
        if (held.stale !== held.asked_at) { read(key); }
      });
    }

    return { follow: follow };
  }

  looked_at.wanted = wanted;
  return looked_at;
}());
