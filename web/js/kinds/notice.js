// What happened to a group, as neutral lines between the bubbles.
var chat = chat || {};

chat.notice = (function () {
  "use strict";

  function notice(key) {
    return {
      notice: true,
      summary: function (message, name_of) {
        var body = message.body || {};
        return chat.i18n.t(key, {
          name: name_of(message.sender, message.sender_name),
          // Whom it happened to; joining and leaving happen to the sender.
          other: body.user || body.bot ? name_of(body.user || body.bot) : name_of(message.sender, message.sender_name),
          title: body.name || "",
          role: body.role ? chat.i18n.t("role." + body.role) : ""
        });
      }
    };
  }

  var added = notice("notice.added");
  var joined = notice("notice.join");

  chat.kinds.add("group.create", notice("notice.create"));
  chat.kinds.add("group.leave", notice("notice.leave"));
  chat.kinds.add("group.remove", notice("notice.remove"));
  chat.kinds.add("group.role", notice("notice.role"));
  chat.kinds.add("group.settings", notice("notice.settings"));
  ["avatar", "dissolve", "mute", "card", "invitation", "hook"].forEach(function (name) {
    chat.kinds.add("group." + name, notice("notice." + name));
  });
  chat.kinds.add("friend.made", notice("notice.friends"));
  chat.kinds.add("nudge", notice("notice.nudge"));
  // They change what stands elsewhere, or are for those who govern: no line of their own.
  ["recall", "reaction", "group.request", "group.decline", "group.invite", "group.unban",
    "group.link", "group.unlink", "group.unhook"].forEach(function (name) {
    chat.kinds.add(name, { notice: true, silent: true, summary: function () { return ""; } });
  });
  chat.kinds.add("group.join", {
    notice: true,
    summary: function (message, name_of) {
      var body = message.body || {};
      var own = !body.user || body.user === message.sender;
      return (own ? joined : added).summary(message, name_of);
    }
  });

  return { notice: notice };
}());
