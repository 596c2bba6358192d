// Where to pass a message on. state.dialog: { name: "forward", conversation, seq }
var chat = chat || {};

chat.forward_to = (function () {
  "use strict";

  function forward_to(props) {
    var dialog = props.dialog;
    function close() { props.act.dialog(null); }
    return chat.el.view(chat.choose, {
      state: props.state, name: chat.i18n.t("forward.title"), on_close: close,
      may: function (one) { return !one.left; },
      on_choose: function (id) {
        var problem = props.act.send.forward(dialog.conversation, dialog.seq, id);
        close();
        if (problem) { props.act.notice(problem); }
      }
    });
  }

  chat.dialogs.add("forward", forward_to);
  return forward_to;
}());
