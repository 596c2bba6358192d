// Plain text: links, mentions, emoji alone larger, long ones folded; and one big
// emoji. Line breaks are kept by the style sheet.
var chat = chat || {};

chat.text = (function () {
  "use strict";

  var el = chat.el;

  function text(message) {
    return message.body && typeof message.body.text === "string" ? message.body.text : "";
  }

  function part(context) {
    return function (one, at) {
      if (one.href) {
        return el.a({ key: at, href: one.href, target: "_blank", rel: "noopener noreferrer", tabIndex: context.stop }, one.text);
      }
      return one.mention ? el.span({ key: at, class: "at" }, one.text) : one.text;
    };
  }

  function bubble(message, name_of, context) {
    var whole = text(message);
    var short = context.open ? null : chat.parts.folded(whole);
    if (chat.parts.emoji_only(whole)) { return el.span({ class: "emoji" }, whole); }
    return chat.parts((short === null ? whole : short + "…"), context.names || []).map(part(context));
  }

  function emoji(message) {
    return message.body && typeof message.body.emoji === "string" ? message.body.emoji : "";
  }

  var kind = {
    summary: text, bubble: bubble,
    long: function (message) { return chat.parts.folded(text(message)) !== null; }
  };
  chat.kinds.add("text", kind);
  chat.kinds.add("emoji", {
    summary: emoji,
    bubble: function (message) { return el.span({ class: "emoji emoji--big" }, emoji(message)); }
  });
  return kind;
}());
