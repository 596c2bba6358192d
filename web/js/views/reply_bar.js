// The message that is being answered, above the field.
var chat = chat || {};

chat.reply_bar = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** @param {{state: Object, conversation: Object, seq: number, on_cancel: Function}} props */
  function reply_bar(props) {
    var name_of = chat.select.names(props.state);
    var one = chat.rows.message_at(props.conversation, props.seq);
    var said = one ? t("list.said", {
      name: one.sender === props.state.me.id ? props.state.me.name : name_of(one.sender, one.sender_name),
      text: chat.kinds.of(one).summary(one, name_of)
    }) : t("reply.gone");
    return el.div({ class: "reply" },
      el.p({ class: "reply__text" }, el.span({ class: "sr" }, t("reply.to")), " ", said),
      el.button({
        class: "icon-button", type: "button", "aria-label": t("reply.cancel"), title: t("reply.cancel"), onClick: props.on_cancel
      }, chat.icon("close")));
  }

  return reply_bar;
}());
