// Plain text. Line breaks are kept by the style sheet.
var chat = chat || {};

chat.kinds.add("text", (function () {
  "use strict";

  function text(message) {
    return message.body && typeof message.body.text === "string" ? message.body.text : "";
  }

  return { summary: text, bubble: text };
}()));
