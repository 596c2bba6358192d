// A nudge shakes the window of who is nudged, as far as they do not mind motion (the
// style sheet asks). The notice in the timeline says it in words.
var chat = chat || {};

chat.shake = (function () {
  "use strict";

  var SHAKE_MS = 800;
  var timer = null;

  function shake() {
    clearTimeout(timer);
    document.body.className = "shaken";
    timer = setTimeout(function () { document.body.className = ""; }, SHAKE_MS);
  }

  return {
    /** Effect: somebody nudged me, just now. */
    follow: function (before, after) {
      var nudges = chat.news(before, after).filter(function (one) { return one.message.kind === "nudge" && one.calls; });
      if (nudges.length) { shake(); }
    }
  };
}());
