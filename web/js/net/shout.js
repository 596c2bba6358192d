// One word to all other tabs of this browser, whatever connection each has:
// somebody signed in, somebody signed out. Storage tells the others of a change.
var chat = chat || {};

chat.shout = (function () {
  "use strict";

  var KEY = "shout";

  /** @param {function(Object): void} heard */
  function shout(heard) {
    var me = chat.id();

    function told(event) {
      var word = null;
      if (event.key !== "webqq." + KEY) { return; }
      word = chat.storage.read(KEY);
      // One old browser tells the tab that spoke, too.
      if (word && word.who !== me) { heard(word.said); }
    }

    self.addEventListener("storage", told);

    return {
      say: function (said) {
        // The id makes each word another one: the same twice would be no change.
        chat.storage.write(KEY, { who: me, id: chat.id(), said: said });
      }
    };
  }

  return shout;
}());
