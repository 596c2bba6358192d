// One state, changed in one place. Listeners get the state before and after, so
// an effect is "what follows from this difference".
var chat = chat || {};

chat.store = (function () {
  "use strict";

  function store(reduce, first) {
    var state = first;
    var listeners = [];

    return {
      state: function () { return state; },
      listen: function (listener) { listeners.push(listener); },
      dispatch: function (action) {
        var before = state;
        state = reduce(state, action);
        if (state !== before) {
          var after = state;
          listeners.forEach(function (listener) { listener(before, after); });
        }
      }
    };
  }

  return store;
}());
