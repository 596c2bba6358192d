// The conversations, newest first.
var chat = chat || {};

chat.chat_list = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function summary(state, conversation) {
    var message = conversation.last_message;
    var name_of = chat.select.names(state);
    var draft = state.drafts[conversation.id];
    var kind, text, said;
    if (draft && conversation.id !== state.open) {
      return [el.span({ class: "tag" }, t("list.draft")), " ", draft];
    }
    if (!message) { return ""; }
    kind = chat.kinds.of(message);
    text = message.summary || kind.summary(message, name_of);
    said = kind.notice || conversation.type === "direct" || !message.sender ? text
      : t("list.said", { name: name_of(message.sender, message.sender_name), text: text });
    return conversation.mentions ? [el.span({ class: "tag" }, t("list.mentioned")), " ", said] : said;
  }

  function row(state, act, conversation) {
    var title = chat.select.title(conversation, state);
    var message = conversation.last_message;
    return el.li({ key: conversation.id },
      el.button({
        class: "row", type: "button",
        "aria-current": conversation.id === state.open ? "true" : null,
        onClick: function () { act.groups.open(conversation.id); }
      },
      chat.avatar(title, false, chat.select.conversation_face(state, conversation)),
      el.span({ class: "who" },
        el.strong(null, title),
        el.span(null, summary(state, conversation))),
      el.span({ class: "meta" },
        el.span({ class: "meta__time" }, message ? chat.time.brief(message.sent_at, Date.now()) : ""),
        chat.badge(chat.select.unread(state, conversation), "list.unread", conversation.muted))));
  }

  function chat_list(props) {
    var found = chat.select.list(props.state);
    if (!found.length) { return el.p({ class: "empty" }, t("list.empty")); }
    return el.ul({ class: "scroll", "aria-label": t("list.title") }, found.map(function (conversation) {
      return row(props.state, props.act, conversation);
    }));
  }

  return chat_list;
}());
