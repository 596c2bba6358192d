// The page as a function of the state.
var chat = chat || {};

chat.app = (function () {
  "use strict";

  var el = chat.el;

  function app(props) {
    var state = props.state;
    if (state.phase === "door") { return chat.sign_in(props); }
    if (state.phase !== "in") {
      return el.main({ class: "door" }, state.notice ? chat.banner(props) : el.p(null, chat.i18n.t("app.starting")));
    }
    return el.div({ class: el.cx("app", state.open && "app--open", state.open && state.panel && "app--panel") },
      chat.side(props), chat.chat_pane(props));
  }

  return app;
}());
