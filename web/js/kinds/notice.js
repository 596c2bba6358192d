// Neutral lines between the bubbles: the words of a kind with its people named.
// What happens to groups is in the files beside this one.
var chat = chat || {};

chat.notice = (function () {
  "use strict";

  /** Who did it; what the server did has no sender. */
  function who(message, name_of) {
    return message.sender ? name_of(message.sender, message.sender_name) : chat.i18n.t("user.system");
  }

  /**
   * A kind of notice. `key`: of its words, or a function (body, message) that chooses one.
   * They get { name } who did it, { other } whom it happened to, and what `more(body)` adds.
   */
  function notice(key, more) {
    return {
      notice: true,
      summary: function (message, name_of) {
        var body = message.body || {};
        var user = body.user || body.bot;
        var holes = more ? more(body) : {};
        holes.name = who(message, name_of);
        // Joining and leaving happen to whoever does it.
        holes.other = user && user !== message.sender ? name_of(user) : holes.name;
        return chat.i18n.t(typeof key === "string" ? key : key(body, message), holes);
      }
    };
  }

  chat.kinds.add("friend.made", notice("notice.friends"));
  chat.kinds.add("nudge", notice("notice.nudge"));
  // They change what stands elsewhere: no line of their own.
  ["recall", "reaction"].forEach(function (name) {
    chat.kinds.add(name, { notice: true, silent: true, summary: function () { return ""; } });
  });

  return { notice: notice, who: who };
}());
