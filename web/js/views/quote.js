// What a reply answers, above it: who and the first words. It is read when it is
// drawn, so it says what stands there now; a press goes there.
var chat = chat || {};

chat.quote = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function words(quote, name_of) {
    if (quote.gone) { return t("quote.gone"); }
    if (!quote.message) { return t("chat.loading"); }
    return chat.kinds.of(quote.message).summary(quote.message, name_of).replace(/\s+/g, " ").slice(0, 120);
  }

  return chat.component({
    look: function () {
      var props = this.props;
      if (!props.quote.message && !props.quote.gone) { props.act.history.quote(props.conversation.id, props.quote.seq); }
    },
    componentDidMount: function () { this.look(); },
    componentDidUpdate: function () { this.look(); },

    render: function (props) {
      var quote = props.quote;
      var name_of = chat.select.names(props.state, props.conversation.id);
      var told = quote.message;
      var who = told && told.sender && !chat.kinds.of(told).notice &&
        chat.select.sender_name(props.state, props.conversation, told);
      return el.button({
        class: "quote", type: "button", tabIndex: props.stop, disabled: Boolean(quote.gone) || !told,
        "aria-label": told ? t("quote.go", { name: who || "", text: words(quote, name_of) }) : null,
        onClick: function () { props.act.history.jump(props.conversation.id, quote.seq); }
      }, who && el.bdi({ class: "quote__name" }, who), who && t("quote.said"), who && " ", words(quote, name_of));
    }
  });
}());
