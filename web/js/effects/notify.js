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

  /** Was it read elsewhere, or taken back? Or is its conversation gone? */
  function over(state, id, seq) {
    var one = state.conversations[id];
    var held = one && (chat.held.of(one.messages, seq) || one.last_message);
    return !one || one.read_seq >= seq || Boolean(held && held.seq === seq && held.recalled);
  }

  /** @param {{store: Object, groups: Object}} app */
  function notify(app) {
    var shown = {}; // by conversation: { seq, notice }

    function show(state, one) {
      var said = words(state, one);
      var notice;
      try {
        // The same tag replaces: one notice per conversation, the newest.
        notice = new self.Notification(said.title, { body: said.text, tag: "webqq." + one.conversation.id, icon: chat.notices.icon() });
      } catch (refused) { return; } // phones have no constructor for it
      shown[one.conversation.id] = { seq: one.message.seq, notice: notice };
      notice.onclick = function () {
        self.focus();
        app.groups.open(one.conversation.id);
        notice.close();
      };
    }

    function tidy(state) {
      Object.keys(shown).forEach(function (id) {
        if (!over(state, id, shown[id].seq)) { return; }
        shown[id].notice.close();
        delete shown[id];
      });
    }

    return {
      /** Effect: what rings is shown, until it is read or taken back. */
      follow: function (before, after) {
        if (before.conversations !== after.conversations) { tidy(after); }
        if (!after.settings.notify || after.attentive || !chat.voice.mine(after)) { return; }
        if (chat.notices.obstacle() || self.Notification.permission !== "granted") { return; }
        chat.news(before, after).filter(chat.news.rings).forEach(function (one) { show(after, one); });
      }
    };
  }

  return notify;
}());
