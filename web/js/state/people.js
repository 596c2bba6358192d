// Who people are: profiles, presence, friends. Names alone stand in `users`.
var chat = chat || {};

chat.people = (function () {
  "use strict";

  var change = chat.change;

  /** Profiles, as the server gives them. */
  function people(state, action) {
    var found = state.people, names = state.users;
    action.people.forEach(function (one) {
      found = change.key(found, one.id, one);
      if (one.name && names[one.id] !== one.name) { names = change.key(names, one.id, one.name); }
    });
    return change(state, { people: found, users: names });
  }

  /** All that is known of presence, as of now: replaces what was held. */
  function presences(state, action) {
    return change(state, { presence: action.presence });
  }

  function presence(state, action) {
    return state.presence[action.user] === action.status ? state
      : change(state, { presence: change.key(state.presence, action.user, action.status) });
  }

  /** Friends, folders and requests, as `GET /api/friends` answered when `stale` was asked. */
  function friends(state, action) {
    var told = action.friends, seen = state.presence;
    state = people(state, { people: told.friends.concat(told.requests, told.asked).map(function (one) { return one.user; }) });
    told.friends.forEach(function (one) { seen = change.key(seen, one.user.id, one.status); });
    return change(state, { friends: change(told, { loaded: true, stale: state.friends.stale, asked_at: action.stale }), presence: seen });
  }

  function me(state, action) {
    var own = change(state.me, action.me);
    return change(state, { me: own, users: change.key(state.users, own.id, own.name) });
  }

  return { people: people, presences: presences, presence: presence, friends: friends, me: me };
}());
