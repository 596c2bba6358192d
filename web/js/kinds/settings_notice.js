// Which settings of a group were changed, and to what. A new announcement is news:
// it stands in the timeline as a card.
var chat = chat || {};

chat.settings_notice = (function () {
  "use strict";

  // Looked up when used: kinds are also read where there is no page.
  function t(key, holes) { return chat.i18n.t(key, holes); }

  function on_off(name) {
    return function (value) { return t("set." + name + (value ? ".on" : ".off")); };
  }

  // What each changed field says, in this order.
  var SAY = {
    name: function (value) { return t("set.name", { value: value }); },
    description: function (value) { return t(value ? "set.description" : "set.description.off"); },
    announcement: function (value) { return t(value ? "set.announcement" : "set.announcement.off"); },
    join_mode: function (value) { return t("set.join_mode", { value: t("mode." + value) }); },
    member_limit: function (value) { return t("set.member_limit", { value: value }); },
    history_shared: on_off("history_shared"),
    mute_all: on_off("mute_all"),
    slow_mode: function (value) {
      return value ? t("set.slow_mode.on", { time: chat.remaining.words(value) }) : t("set.slow_mode.off");
    }
  };

  function changed(body, but) {
    return Object.keys(SAY).filter(function (name) { return body[name] !== undefined && name !== but; });
  }

  function line(message, name_of, names) {
    var body = message.body || {};
    var said = names.map(function (name) { return SAY[name](body[name]); });
    return t("notice.settings", { name: chat.notice.who(message, name_of), changes: said.join(t("list.separator")) });
  }

  function announces(message) {
    return Boolean(message.body) && typeof message.body.announcement === "string" && message.body.announcement !== "";
  }

  /** One line for lists: an announcement says itself. */
  function summary(message, name_of) {
    if (announces(message)) {
      return t("notice.announced", { name: chat.notice.who(message, name_of), text: message.body.announcement });
    }
    return line(message, name_of, changed(message.body || {}));
  }

  /** In the timeline: the card, and a line for what else was changed with it. */
  function card(message, name_of) {
    var rest = changed(message.body || {}, "announcement");
    if (!announces(message)) { return null; }
    return [
      chat.el.div({ class: "news" },
        chat.el.strong({ class: "news__title" }, t("announcement.title")),
        chat.el.p({ class: "news__text" }, message.body.announcement),
        chat.el.p({ class: "news__by" }, chat.notice.who(message, name_of), " ", chat.time.clock(message.sent_at))),
      rest.length ? line(message, name_of, rest) : null
    ];
  }

  var kind = { notice: true, summary: summary, card: card };
  chat.kinds.add("group.settings", kind);
  return kind;
}());
