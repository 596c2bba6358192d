// The left pane: conversations, or contacts.
var chat = chat || {};

chat.side = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function toggle(label, open, change) {
    return el.button({
      class: "secondary", type: "button", "aria-expanded": open ? "true" : "false",
      onClick: function () { change(!open); }
    }, label);
  }

  function conversations(props) {
    var state = props.state;
    var act = props.act;
    var alone = chat.select.side_alone(state);
    return el.section({ class: "side", role: alone ? "main" : null, "aria-label": t("list.title"), key: "chats" },
      alone && el.h1({ class: "sr" }, t("list.title")),
      el.view(chat.finder, { text: state.finder, act: act }),
      el.div({ class: "bar" },
        el.button({ class: "secondary", type: "button", onClick: act.doors.show_create }, t("create.title")),
        toggle(t("find.title"), Boolean(state.search), act.doors.show_find)),
      // Both are begun by actions that come with these views.
      state.search ? chat.find_groups(props) : state.finder.trim() ? chat.finder_results(props) : chat.chat_list(props));
  }

  function side(props) {
    if (props.state.view !== "contacts") { return conversations(props); }
    return chat.part(props, function () { return chat.contacts(props); }, function (waiting) {
      var alone = chat.select.side_alone(props.state);
      return el.section({ class: "side", role: alone ? "main" : null, "aria-label": t("rail.contacts"), key: "later" },
        alone && el.h1({ class: "sr" }, t("app.name")), el.div({ class: "side__head" }, waiting));
    });
  }

  return side;
}());
