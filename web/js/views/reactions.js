// What people answered with one emoji, counted, under the bubble. A press adds or
// takes away one's own; the title says who.
var chat = chat || {};

chat.reactions = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  // In the order in which they are offered. Old browsers show some as outlines.
  var SET = ("\ud83d\udc4d \ud83d\udc4e \ud83d\udc4c \ud83d\udc4f \ud83d\ude4f \ud83d\udcaa \u2764\ufe0f \ud83d\udc94 " +
    "\ud83d\ude02 \ud83d\ude0a \ud83d\ude0d \ud83d\ude2e \ud83d\ude22 \ud83d\ude21 \ud83e\udd14 \ud83c\udf89 \ud83d\udd25 " +
    "\ud83d\udc40 \u2705 \u274c").split(" ");

  /** From `{ "emoji user": true }` to [{ emoji, users }], in the order of the set. */
  function tally(notes) {
    var by_emoji = {};
    Object.keys(notes && notes.reaction || {}).forEach(function (key) {
      var cut = key.lastIndexOf(" ");
      if (cut < 1) { return; }
      by_emoji[key.slice(0, cut)] = (by_emoji[key.slice(0, cut)] || []).concat(key.slice(cut + 1));
    });
    return Object.keys(by_emoji).sort(function (a, b) {
      return (SET.indexOf(a) + SET.length + 1) % (SET.length + 1) - (SET.indexOf(b) + SET.length + 1) % (SET.length + 1);
    }).map(function (emoji) { return { emoji: emoji, users: by_emoji[emoji] }; });
  }

  function has(notes, emoji, user) {
    return Boolean(notes && notes.reaction && notes.reaction[emoji + " " + user]);
  }

  /** `stop`: the tabindex of what can be pressed. */
  function reactions(message, conversation, props, stop) {
    var me = props.state.me.id;
    var found = tally(message.notes);
    return found.length > 0 && el.ul({ class: "reactions", "aria-label": t("reactions.name") }, found.map(function (one) {
      var own = one.users.indexOf(me) >= 0;
      var names = one.users.map(chat.select.names(props.state, conversation.id)).join(t("list.separator"));
      return el.li({ key: one.emoji }, el.button({
        class: "reaction", type: "button", "aria-pressed": own ? "true" : "false", title: names, tabIndex: stop,
        "aria-label": t("reactions.by", { emoji: one.emoji, count: one.users.length, names: names }),
        disabled: conversation.left,
        onClick: function () { props.act.marks.react(conversation.id, message.seq, one.emoji, !own); }
      }, one.emoji + " " + one.users.length));
    }));
  }

  reactions.SET = SET;
  reactions.tally = tally;
  reactions.has = has;
  return reactions;
}());
