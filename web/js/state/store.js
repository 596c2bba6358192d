// One state, changed in one place. Listeners get the state before and after, so
// an effect is "what follows from this difference".
var chat = chat || {};

chat.store = (function () {
  "use strict";

  function store(reduce, first) {
    var state = first;
    var told = first;
    var telling = false;
    var listeners = [];

    // A listener may dispatch; what follows from that is told in a round of its
    // own, after this one: nobody sees two differences at a time.
    function round(before, after) {
      listeners.forEach(function (listener) { listener(before, after); });
    }

    function tell() {
      var before;
      if (telling) { return; }
      telling = true;
      try {
        while (told !== state) {
          before = told;
          told = state;
          round(before, told);
        }
      } finally {
        telling = false;
      }
    }

    return {
      state: function () { return state; },
      listen: function (listener) { listeners.push(listener); },
      dispatch: function (action) {
        state = reduce(state, action);
        tell();
      }
    };
  }

  return store;
}());
