// The circle of one's friends as this page looks at it: what is looked for, what is
// shut, who is blocked; and what happens to one's account.
var chat = chat || {};

chat.circle = (function () {
  "use strict";

  var change = chat.change;

  function same(dialog, other) {
    return Boolean(dialog) && Boolean(other) && dialog.name === other.name && dialog.user === other.user;
  }

  return {
    same: same,
    filter: function (state, action) {
      return change(state, { contacts: change(state.contacts, { filter: action.filter }) });
    },
    finding: function (state, action) {
      return change(state, { contacts: change(state.contacts, { finding: action.finding }) });
    },
    folded: function (state, action) { return change(state, { folded: action.folded }); },
    fold: function (state, action) {
      return change(state, {
        folded: action.shut ? change.key(state.folded, action.id, true) : change.without(state.folded, action.id)
      });
    },
    /** What is held of friends may be out of date: it is asked for again. */
    friends_stale: function (state) {
      return change(state, { friends: change(state.friends, { stale: state.friends.stale + 1 }) });
    },
    /** One friend, as the answer to a change tells it. */
    friend: function (state, action) {
      var told = action.friend;
      return change(state, { friends: change(state.friends, {
        friends: state.friends.friends.map(function (one) { return one.user.id === told.user.id ? told : one; })
      }) });
    },
    blocks: function (state, action) {
      state = chat.people.people(state, { people: action.users });
      return change(state, { blocks: { loaded: true, asked_at: action.stale, users: action.users } });
    },
    account: function (state, action) { return change(state, { account: change(state.account, action.account) }); },
    /** News for an open dialogue; another one that is open by now is none of its business. */
    dialog_told: function (state, action) {
      return same(state.dialog, action.dialog) ? change(state, { dialog: change(state.dialog, action.news) }) : state;
    }
  };
}());
