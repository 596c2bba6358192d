// A kind this page does not know: its name, so that nobody takes the silence
// for nothing.
var chat = chat || {};

chat.unknown = (function () {
  "use strict";

  function words(message) {
    return chat.i18n.t("kind.unknown", { kind: message.kind });
  }

  return {
    summary: words,
    bubble: function (message) {
      return chat.el.span({ "class": "unknown" }, words(message));
    }
  };
}());
