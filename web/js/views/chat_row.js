// One conversation in the list: who, what was said last, what waits; and its menu.
var chat = chat || {};

chat.chat_row = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function tag(key) {
    return [el.span({ class: "tag", key: "tag" }, t(key)), " "];
  }

  function said(state, conversation, message) {
    var name_of = chat.select.names(state);
    var kind = chat.kinds.of(message);
    var text = message.summary || kind.summary(message, name_of);
    return kind.notice || conversation.type === "direct" || !message.sender ? text
      : t("list.said", { name: name_of(message.sender, message.sender_name), text: text });
  }

  /** What most needs somebody's hand comes first: what was not sent, who calls, what was begun. */
  function summary(state, conversation) {
    var message = conversation.last_message;
    var draft = state.drafts[conversation.id];
    var failed = chat.select.failed(state, conversation.id);
    if (failed) { return [tag("list.failed"), said(state, conversation, chat.change(failed, { sender: null }))]; }
    if (chat.select.unread(state, conversation) && conversation.mentions) {
      return [tag("list.mentioned"), message ? said(state, conversation, message) : ""];
    }
    if (draft && conversation.id !== state.open) { return [tag("list.draft"), draft]; }
    return message ? said(state, conversation, message) : "";
  }

  function mark(icon, key) {
    return el.span({ class: "meta__mark" }, chat.icon(icon), el.span({ class: "sr" }, t(key)));
  }

  function menu(props, conversation, title) {
    var act = props.act.arrange;
    var id = conversation.id;
    return el.view(chat.menu, {
      class: "row__menu", label: t("list.menu", { name: title }), content: chat.icon("more"), items: [
        {
          label: t(conversation.pinned ? "list.unpin" : "list.pin"), icon: "pin",
          on: function () { act.pin(id, !conversation.pinned); }
        },
        {
          label: t(conversation.muted ? "list.unmute" : "list.mute"), icon: "mute",
          on: function () { act.mute(id, !conversation.muted); }
        },
        conversation.unread > 0 && { label: t("list.mark_read"), icon: "check", on: function () { act.mark_read(id); } },
        { label: t("list.hide"), icon: "hide", on: function () { act.hide(id); } }
      ]
    });
  }

  /** `plain`: in a list of what was found, without the menu. */
  function chat_row(props, conversation, plain) {
    var state = props.state;
    var title = chat.select.title(conversation, state);
    var message = conversation.last_message;
    var presence = conversation.peer ? state.presence[conversation.peer] : null;
    return el.li({ key: conversation.id, class: el.cx("entry", plain && "entry--plain", conversation.pinned && "entry--pinned") },
      el.button({
        class: "row", type: "button",
        "aria-current": conversation.id === state.open ? "true" : null,
        onClick: function () { props.act.groups.open(conversation.id); }
      },
      chat.avatar(title, false, chat.select.conversation_face(state, conversation)),
      el.span({ class: "who" },
        el.strong(null, title),
        el.span(null, presence && [chat.presence_mark(presence), " "], summary(state, conversation))),
      el.span({ class: "meta" },
        el.span({ class: "meta__time" }, message ? chat.time.brief(message.sent_at, Date.now()) : ""),
        conversation.pinned && mark("pin", "list.pinned"),
        conversation.muted && mark("mute", "list.muted"),
        chat.badge(chat.select.unread(state, conversation), "list.unread", conversation.muted))),
      !plain && menu(props, conversation, title));
  }

  return chat_row;
}());
