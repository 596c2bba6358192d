// Notices of the desktop, for who switched them on and looks elsewhere. What the
// browser allows is asked in lib/notices.js.
var chat = chat || {};

chat.notify = (function () {
  "use strict";

  // Longer texts are cut by the desktop anyway.
  var BODY_CHARS = 160;

  function words(state, one) {
    var text = chat.kinds.of(one.message).summary(one.message, chat.select.names(state));
    var title = chat.select.title(one.conversation, state);
    var name = one.conversation.type === "group" && one.message.sender_name;
    text = name ? chat.i18n.t("list.said", { name: name, text: text }) : text;
    return { title: title, text: text.length > BODY_CHARS ? text.slice(0, BODY_CHARS) + "\u2026" : text };
  }

  /** @param {{store: Object, groups: Object}} app */
  function notify(app) {
    function show(state, one) {
      var said = words(state, one);
      var notice;
      try {
        // The same tag replaces: one notice per conversation, the newest.
        notice = new self.Notification(said.title, { body: said.text, tag: "webqq." + one.conversation.id, icon: chat.notices.icon() });
      } catch (refused) { return; } // phones have no constructor for it
      notice.onclick = function () {
        self.focus();
        app.groups.open(one.conversation.id);
        notice.close();
      };
    }

    return {
      /** Effect: what rings is shown. */
      follow: function (before, after) {
        if (!after.settings.notify || after.attentive || !chat.voice.mine(after)) { return; }
        if (chat.notices.obstacle() || self.Notification.permission !== "granted") { return; }
        chat.news(before, after).filter(chat.news.rings).forEach(function (one) { show(after, one); });
      }
    };
  }

  return notify;
}());
