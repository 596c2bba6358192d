// The open conversation: head, announcement, timeline, who types, composer, group panel.
var chat = chat || {};

chat.chat_pane = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function panel_button(props, conversation) {
    var shown = chat.select_group.panel(props.state);
    var waiting = chat.select_group.asking(props.state, conversation.id);
    return el.button({
      class: "icon-button head__panel", type: "button", "aria-expanded": shown ? "true" : "false", title: t("panel.members"),
      "aria-label": waiting ? t("panel.members_waiting", { count: waiting }) : t("panel.members"),
      onClick: function () { props.act.groups.panel(!shown); }
    }, chat.icon("panel"), chat.badge(waiting, "requests.waiting"));
  }

  function head(props, conversation) {
    var state = props.state;
    var act = props.act.groups;
    var group = conversation.type === "group" ? state.groups[conversation.id] : null;
    return el.header({ class: "head" },
      el.button({ class: "back", type: "button", "aria-label": t("chat.back"), onClick: act.close }, chat.icon("back")),
      el.div({ class: "head__title" },
        el.h1(null, chat.select.title(conversation, state)),
        group && el.small({ class: "head__count" },
          t("group.count", { count: group.member_count, limit: group.member_limit }),
          group.number ? " · " + t("group.number", { number: group.number }) : "")),
      el.button({
        class: "icon-button", type: "button", "aria-expanded": state.seeks.here ? "true" : "false",
        "aria-label": t("search.here"), title: t("search.here"),
        onClick: state.seeks.here ? props.act.search.close_here : props.act.search.open_here
      }, chat.icon("search")),
      !conversation.left && chat.conversation_menu(props, conversation),
      conversation.type === "group" && !conversation.left && panel_button(props, conversation));
  }

  function typing(state, conversation) {
    var who = chat.select.typing(state, conversation);
    var text = who.length ? t("chat.typing", { count: who.length, names: who.join(t("list.separator")) }) : "";
    return el.p({ class: "typing", "aria-live": "off" }, text);
  }

  function chat_pane(props) {
    var state = props.state;
    var conversation = state.conversations[state.open];
    if (!conversation) {
      return el.main({ class: "pane" },
        el.h1({ class: "sr" }, t("app.name")), el.p({ class: "empty empty--pane" }, t("chat.none")));
    }
    return [
      el.main({ class: "pane", key: "pane" },
        head(props, conversation),
        chat.announcement(state, conversation),
        el.view(chat.timeline, {
          key: "log" + conversation.id, state: state, act: props.act, conversation: conversation
        }),
        typing(state, conversation),
        el.view(chat.composer_place, { key: "composer" + conversation.id, state: state, act: props.act, conversation: conversation })),
      state.seeks.here && el.view(chat.search_here, {
        key: "here" + conversation.id, state: state, act: props.act, conversation: conversation
      }),
      chat.select_group.panel(state) && chat.part(props, function () {
        return el.view(chat.group_panel, {
          key: "panel" + conversation.id, state: state, act: props.act, conversation: conversation
        });
      }, function (waiting) { return el.aside({ class: "panel", key: "later" }, waiting); })
    ];
  }

  return chat_pane;
}());
