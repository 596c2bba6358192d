// The place of the composer: the composer, or the sentence why nothing can be said.
var chat = chat || {};

chat.silenced = (function () {
  "use strict";

  var el = chat.el;

  /** `composer()` draws it. Nobody hears the seconds count: the line in the timeline told it once. */
  function silenced(state, conversation, composer) {
    return el.view(chat.countdown, {
      key: "silenced" + conversation.id, until: conversation.muted_until, say: function () {
        var why = chat.select_group.silence(state, conversation, Date.now());
        return why ? el.p({ class: "composer composer--closed" }, chat.i18n.t(why.key, why.holes)) : composer();
      }
    });
  }

  return silenced;
}());
