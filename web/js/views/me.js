// Who I am, and the way out.
var chat = chat || {};

chat.me = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function me(props) {
    var own = props.state.me;

    function close() { props.act.dialog(null); }

    return el.view(chat.dialog, { name: own.name, on_close: close },
      el.p(null, t("me.username", { name: own.username }), " · ", t("me.number", { number: own.number })),
      el.footer({ class: "dialog__foot" },
        el.button({ class: "secondary", type: "button", onClick: function () {
          close();
          props.act.session.sign_out();
        } }, t("me.sign_out"))));
  }

  chat.dialogs.add("me", me);
  return me;
}());
