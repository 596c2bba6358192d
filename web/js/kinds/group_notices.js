// What happens in a group and who did it, as lines between the bubbles. Some are
// seen by the owner and the admins only; the others get a stub from the server.
var chat = chat || {};

chat.group_notices = (function () {
  "use strict";

  var notice = chat.notice.notice;

  function text(value) { return typeof value === "string" ? value : ""; }

  function own(body, message) { return !body.user || body.user === message.sender; }

  /** Words that depend on a field being there. */
  function with_or_without(field, there, absent) {
    return function (body) { return body[field] ? there : absent; };
  }

  /** "He is called He here now" says nothing: a card is told with the name from before it. */
  function by_name(kind) {
    return {
      notice: true,
      summary: function (message, name_of) { return kind.summary(message, name_of.elsewhere || name_of); }
    };
  }

  var words = {
    create: notice("notice.create"),
    join: notice(function (body, message) {
      if (!own(body, message)) { return "notice.added"; }
      return body.link ? "notice.join_link" : "notice.join";
    }),
    leave: notice("notice.leave"),
    remove: notice(with_or_without("ban", "notice.ban", "notice.remove")),
    role: notice(function (body) {
      return body.role === "owner" || body.role === "admin" ? "notice.role." + body.role : "notice.role.member";
    }),
    mute: notice(with_or_without("seconds", "notice.mute", "notice.unmute"), function (body) {
      return { time: chat.remaining.words(Number(body.seconds) || 0) };
    }),
    card: by_name(notice(function (body, message) {
      if (!body.card) { return "notice.card_gone"; }
      return own(body, message) ? "notice.card" : "notice.card_of";
    }, function (body) { return { card: text(body.card) }; })),
    avatar: notice(with_or_without("file", "notice.avatar", "notice.avatar_gone")),
    dissolve: notice("notice.dissolve"),
    hook: notice("notice.hook", function (body) { return { title: text(body.name) }; }),
    unhook: notice("notice.unhook"),
    request: notice(with_or_without("note", "notice.request_note", "notice.request"), function (body) {
      return { note: text(body.note) };
    }),
    decline: notice(function (body, message) { return own(body, message) ? "notice.withdraw" : "notice.decline"; }),
    invite: notice("notice.invite"),
    unban: notice("notice.unban"),
    link: notice("notice.link", function (body) {
      return { time: chat.remaining.words(3600 * (Number(body.hours) || 0)), count: Number(body.uses) || 0 };
    }),
    unlink: notice("notice.unlink")
  };

  Object.keys(words).forEach(function (name) { chat.kinds.add("group." + name, words[name]); });

  return words;
}());
