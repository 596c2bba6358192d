// One word to all other tabs of this browser, whatever connection each has:
// somebody signed in, somebody signed out. Storage tells the others of a change.
var chat = chat || {};

chat.shout = (function () {
  "use strict";

  var KEY = "webqq.shout";

  /** @param {function(Object): void} heard */
  function shout(heard) {
    var me = chat.id();

    function told(event) {
      var word = null;
      if (event.key !== KEY || !event.newValue) { return; }
      try { word = JSON.parse(event.newValue); } catch (broken) { return; }
      // One old browser tells the tab that spoke, too.
      if (word && word.who !== me) { heard(word.said); }
    }

    self.addEventListener("storage", told);

    return {
      say: function (said) {
        // The id makes each word another one: the same twice would be no change.
        try {
          chat.boot.storage("localStorage").setItem(KEY, JSON.stringify({ who: me, id: chat.id(), said: said }));
        } catch (refused) { return; }
      }
    };
  }

  return shout;
}());
