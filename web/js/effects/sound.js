// One short sound when something arrives that nobody is looking at.
var chat = chat || {};

chat.sound = (function () {
  "use strict";

  var player = null;
  var played_at = 0;

  function play() {
    var now = Date.now();
    var begun;
    if (Math.abs(now - played_at) < chat.limits.sound_every_ms) { return; }
    played_at = now;
    try {
      player = player || document.createElement("audio");
      if (!player.src) { player.src = "sound/ding.mp3"; }
      // Before it knows its length, an old engine refuses to be set anywhere.
      if (player.readyState > 0) { player.currentTime = 0; }
      begun = player.play();
      // A page that nobody touched yet may not make a sound: then it makes none.
      if (begun && begun["catch"]) { begun["catch"](function () { return; }); }
    } catch (refused) { return; }
  }

  /** Looked at means: this conversation, in a page that has the focus. */
  function unseen(state) {
    return function (one) { return !state.attentive || state.view !== "chats" || state.open !== one.conversation.id; };
  }

  return {
    unseen: unseen,
    /** Effect: what rings is heard, once. */
    follow: function (before, after) {
      if (!after.settings.sound || !chat.voice.mine(after)) { return; }
      if (chat.news(before, after).filter(chat.news.rings).some(unseen(after))) { play(); }
    }
  };
}());
