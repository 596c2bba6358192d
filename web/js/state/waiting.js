// Lists that are read while somebody looks at them: who asks to be let in, bans,
// links, hooks, own bots. What happens marks a list as stale; then it is read again.
var chat = chat || {};

chat.waiting = (function () {
  "use strict";

  var change = chat.change;

  // Which list a message concerns.
  var CONCERNS = {
    "group.request": ["requests"], "group.decline": ["requests"], "group.join": ["requests", "links"],
    "group.remove": ["bans"], "group.unban": ["bans"],
    "group.link": ["links"], "group.unlink": ["links"], "group.hook": ["hooks"], "group.unhook": ["hooks"]
  };

  function key(name, id) { return id ? name + " " + id : name; }

  function of(state, name, id) { return state.lists[key(name, id)] || null; }

  function put(state, at, value) {
    return change(state, { lists: change.key(state.lists, at, value) });
  }

  /** Somebody who simply walks into a big group changes neither list. */
  function concerned(list, name, one) {
    if (one.kind !== "group.join") { return true; }
    if (name === "links") { return Boolean(one.body && one.body.link); }
    return !list.items || list.items.some(function (item) { return one.body && item.user && item.user.id === one.body.user; });
  }

  function told(state, one) {
    var names = Object.prototype.hasOwnProperty.call(CONCERNS, one.kind) ? CONCERNS[one.kind] : [];
    return names.reduce(function (so_far, name) {
      var list = of(so_far, name, one.conversation);
      return list && concerned(list, name, one)
        ? put(so_far, key(name, one.conversation), change(list, { stale: list.stale + 1 })) : so_far;
    }, state);
  }

  return {
    key: key, of: of, told: told,
    reducers: {
      /** Somebody looks at it: it is read, whatever was held. */
      list_wanted: function (state, action) {
        var held = state.lists[action.key];
        return put(state, action.key, held ? change(held, { stale: held.stale + 1, problem: null })
          : { stale: 1, asked_at: 0, items: null, problem: null });
      },
      /** Read, as of when `stale` was so much. A problem waits until somebody looks again. */
      list_read: function (state, action) {
        var held = state.lists[action.key];
        return !held ? state : put(state, action.key, change(held, {
          asked_at: action.stale, items: action.items || held.items, problem: action.problem
        }));
      },
      list_closed: function (state, action) {
        return change(state, { lists: change.without(state.lists, action.key) });
      }
    }
  };
}());
