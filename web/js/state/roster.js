// Questions about people: what they are to us, and in which folder they stand.
var chat = chat || {};

chat.roster = (function () {
  "use strict";

  // Folders that everybody has; the others have UUIDs.
  var FRIENDS = "friends";
  var GROUPS = "groups";
  var RANK = { online: 0, busy: 1, away: 2 };

  function has(list, user) {
    return list.filter(function (one) { return (one.user || one).id === user; })[0] || null;
  }

  /** What somebody is called. A deleted account has no name, so it is said in words. */
  function name(one) {
    if (!one) { return chat.i18n.t("user.unknown"); }
    return one.deleted ? chat.i18n.t("person.deleted") : one.name || one.username || chat.i18n.t("user.unknown");
  }

  /** The same with one's own remark before it. */
  function called(friend) { return friend.remark || name(friend.user); }

  /** me | blocked | friend | asks | asked | stranger */
  function relation(state, user) {
    if (user === state.me.id) { return "me"; }
    if (has(state.blocks.users, user)) { return "blocked"; }
    if (has(state.friends.friends, user)) { return "friend"; }
    if (has(state.friends.requests, user)) { return "asks"; }
    return has(state.friends.asked, user) ? "asked" : "stranger";
  }

  /** Friends are told of at once; others only where they were seen in a group. Undefined: not known. */
  function status(state, user) {
    return user === state.me.id ? state.me.status : state.presence[user];
  }

  function is_online(state, user) {
    var now = status(state, user);
    return Boolean(now) && now !== "offline";
  }

  /** Does any of the words hold what is looked for? */
  function fits(state, words) {
    var wanted = state.contacts.filter.trim().toLowerCase();
    return !wanted || words.some(function (word) { return String(word || "").toLowerCase().indexOf(wanted) >= 0; });
  }

  function friend_fits(state, one) {
    return fits(state, [one.remark, one.user.name, one.user.username, one.user.number]);
  }

  function by_name(a, b) { return a.localeCompare(b, "zh-CN"); }

  /** Those who are here come first, then by what they are called. */
  function in_order(state, friends) {
    function rank(one) {
      var known = RANK[state.presence[one.user.id]];
      return known === undefined ? 3 : known;
    }
    return friends.slice().sort(function (a, b) { return rank(a) - rank(b) || by_name(called(a), called(b)); });
  }

  /** Folders in their order, the one that everybody has first; whoever is in none stands in that. */
  function folders(state) {
    var own = state.friends.folders;
    function inside(one) {
      return one.folder && own.some(function (folder) { return folder.id === one.folder; }) ? one.folder : FRIENDS;
    }
    return [{ id: FRIENDS, name: chat.i18n.t("contacts.default_folder") }].concat(own).map(function (folder) {
      var all = state.friends.friends.filter(function (one) { return inside(one) === folder.id; });
      return {
        id: folder.id, name: folder.name, total: all.length,
        online: all.filter(function (one) { return is_online(state, one.user.id); }).length,
        friends: in_order(state, all.filter(function (one) { return friend_fits(state, one); }))
      };
    });
  }

  /** Groups one is in, by name. */
  function groups(state) {
    return Object.keys(state.conversations).map(function (id) { return state.conversations[id]; }).filter(function (one) {
      var group = state.groups[one.id];
      return one.type === "group" && !one.left && fits(state, [one.name, group && group.number]);
    }).sort(function (a, b) { return by_name(a.name, b.name); });
  }

  /** The same face, large enough to look at. */
  function portrait(state, user) {
    var face = chat.select.face(state, user);
    return face && face.replace("size=small", "size=large");
  }

  /** Which folders change their place when one moves by `by`: [{ id, order }], none if it cannot. */
  function moved(list, id, by) {
    var ids = list.map(function (folder) { return folder.id; });
    var from = ids.indexOf(id), to = from + by;
    if (from < 0 || to < 0 || to >= ids.length) { return []; }
    ids.splice(to, 0, ids.splice(from, 1)[0]);
    return ids.map(function (one, at) { return { id: one, order: at }; }).filter(function (one) {
      return list.some(function (folder) { return folder.id === one.id && folder.order !== one.order; });
    });
  }

  return {
    FRIENDS: FRIENDS, GROUPS: GROUPS, name: name, called: called, relation: relation, status: status,
    is_online: is_online, folders: folders, groups: groups, portrait: portrait, moved: moved, has: has
  };
}());
