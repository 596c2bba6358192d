// The page as a function of the state.
var chat = chat || {};

chat.app = (function () {
  "use strict";

  var el = chat.el;

  /** Pages that take the whole width, by the name of the view. */
  var pages = {};

  function inside(props) {
    var state = props.state;
    var page = state.view === "settings" || state.view === "admin";
    var open = state.view === "chats" && state.open;
    var beside = open && (chat.select_group.panel(state) || state.seeks.here);
    return el.div({ class: el.cx("app", (open || page) && "app--open", page && "app--page", beside && "app--panel") },
      chat.rail(props),
      page ? el.main({ class: "pane page", key: state.view }, chat.part(props, function () {
        return el.view(pages[state.view], props);
      }, function (waiting) {
        return el.div({ class: "page__body" }, el.h1(null, chat.i18n.t("rail." + state.view)), waiting);
      }))
        : [chat.side(props), chat.chat_pane(props)]);
  }

  function app(props) {
    var state = props.state;
    if (state.phase === "door") { return el.view(chat.sign_in, props); }
    if (state.phase !== "in") {
      if (!state.notice && chat.skeleton.expected()) { return chat.skeleton(); }
      return el.main({ class: "door" }, state.notice ? chat.banner(props) : el.p(null, chat.i18n.t("app.starting")));
    }
    // Above everything: a phone shows one pane at a time, and trouble concerns them all.
    return el.div({ class: "whole" }, el.div({ key: "banner" }, chat.banner(props)), inside(props),
      chat.dialogs.show(props), chat.sign_in_again(props), chat.announcer(props));
  }

  /** A page of its own for a view: chat.app.page("settings", view). */
  app.page = function (name, view) { pages[name] = view; };

  return app;
}());
