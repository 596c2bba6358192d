// What one sets about a conversation for oneself: pinned, silent, out of the list.
var chat = chat || {};

chat.conversation_menu = (function () {
  "use strict";

  var t = chat.i18n.t;

  function conversation_menu(props, conversation) {
    var arrange = props.act.arrange;
    return chat.el.view(chat.menu, {
      key: "arrange" + conversation.id, label: t("arrange.title"), content: chat.icon("more"), items: [
        conversation.peer && { label: t("panel.profile"), icon: "contacts", on: function () {
          props.act.dialog({ name: "person", user: conversation.peer });
        } },
        { label: t(conversation.pinned ? "arrange.unpin" : "arrange.pin"), icon: "pin", on: function () {
          arrange.pin(conversation.id, !conversation.pinned);
        } },
        { label: t(conversation.muted ? "arrange.unmute" : "arrange.mute"), icon: "mute", on: function () {
          arrange.mute(conversation.id, !conversation.muted);
        } },
        { label: t("arrange.hide"), icon: "hide", on: function () { arrange.hide(conversation.id); } }
      ]
    });
  }

  return conversation_menu;
}());
