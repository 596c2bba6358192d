// What somebody said elsewhere, passed on: who said it, when, and the thing itself
// in the words of its own kind.
var chat = chat || {};

chat.forward = (function () {
  "use strict";

  var el = chat.el;

  /** The message within, as its kind expects one. */
  function inner(message) {
    var content = message.body && message.body.content;
    return content && typeof content === "object" ? {
      kind: String(content.kind), body: content.body, sender: null,
      sender_name: String(content.sender_name || ""), sent_at: String(content.sent_at || "")
    } : { kind: "forward", body: null, sender: null, sender_name: "", sent_at: "" };
  }

  /** What the server makes of a message that is passed on; what was passed on before stays what it was. */
  function body(told) {
    var whole = told.body && typeof told.body === "object" && !Array.isArray(told.body);
    if (told.kind === "forward") { return told.body; }
    return { content: {
      kind: told.kind, body: whole ? chat.change.without(told.body, "reply_to") : told.body,
      sender_name: told.sender_name, sent_at: told.sent_at
    } };
  }

  /** A forward within a forward is not unwrapped again. */
  function kind_of(told) {
    return told.kind === "forward" ? chat.unknown : chat.kinds.of(told);
  }

  var kind = {
    summary: function (message, name_of) {
      var told = inner(message);
      return chat.i18n.t("kind.forward", { name: told.sender_name, text: kind_of(told).summary(told, name_of) });
    },
    bubble: function (message, name_of, context) {
      var told = inner(message);
      var within = kind_of(told);
      return el.div({ class: "forwarded" },
        el.p({ class: "forwarded__from" }, chat.i18n.t("forward.from"), " ", el.bdi(null, told.sender_name), " ",
          el.time({ dateTime: told.sent_at, title: chat.time.exact(told.sent_at) }, chat.time.brief(told.sent_at, Date.now()))),
        within.bubble ? within.bubble(told, name_of, context) : within.summary(told, name_of));
    },
    long: function (message) {
      var told = inner(message);
      return kind_of(told).long(told);
    }
  };

  chat.kinds.add("forward", kind);
  return { body: body };
}());
