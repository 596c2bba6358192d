// Plain text, one big emoji, and what somebody else said. Line breaks are kept by the style sheet.
var chat = chat || {};

chat.text = (function () {
  "use strict";

  function text(message) {
    return message.body && typeof message.body.text === "string" ? message.body.text : "";
  }

  function emoji(message) {
    return message.body && typeof message.body.emoji === "string" ? message.body.emoji : "";
  }

  /** What somebody else said, in the words of whoever shows it. */
  function forward(message) {
    var content = message.body && message.body.content || {};
    var words = { emoji: emoji, image: chat.file.image, file: chat.file.file };
    var said = (Object.prototype.hasOwnProperty.call(words, content.kind) ? words[content.kind] : text)(content);
    return chat.i18n.t("kind.forward", { name: String(content.sender_name || ""), text: said });
  }

  var kind = { summary: text, bubble: text };
  chat.kinds.add("text", kind);
  chat.kinds.add("emoji", { summary: emoji, bubble: emoji });
  chat.kinds.add("forward", { summary: forward, bubble: forward });
  return kind;
}());
