// Plain text. Line breaks are kept by the style sheet.
var chat = chat || {};

chat.text = (function () {
  "use strict";

  function text(message) {
    return message.body && typeof message.body.text === "string" ? message.body.text : "";
  }

  var kind = { summary: text, bubble: text };
  chat.kinds.add("text", kind);
  return kind;
}());
