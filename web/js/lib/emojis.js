// The emoji that the picker offers, by group, in rows of eight. Their names stand in
// the dictionary, one list per group in the same order (`emoji.faces.names` …).
var chat = chat || {};

chat.emojis = (function () {
  "use strict";

  // All of them are older than what a system of ten years ago can draw, or nearly so.
  var GROUPS = {
    faces: "😀 😃 😄 😁 😆 😅 🤣 😂 🙂 😉 😊 😇 😍 😘 😋 😜 😎 🤓 🤔 🤗 😐 😏 😒 🙄 " +
      "😬 😔 😴 😷 🤒 😵 😟 😮 😳 😢 😭 😱 😤 😡 🤧 😈",
    hands: "👍 👎 👌 ✌️ 🤞 🤘 🤙 👈 👉 👋 👏 🙌 🤝 🙏 💪 👀",
    signs: "❤️ 💔 💕 💯 💢 💤 ✨ ⭐ 🔥 🎉 🎁 ✅ ❌ ❓ ❗ 💩",
    things: "🌹 🌸 🌈 ☀️ 🌙 ⚡ ☔ ❄️ 🐱 🐶 🐼 🐷 🍉 🍎 🍚 🍜 🍺 ☕ 🎂 🍻 ⚽ 🏀 🎵 🚗"
  };
  var ROW = 8;

  function group(name) { return GROUPS[name].split(" "); }

  /** Each with its name: [{ emoji, name }] */
  function named(group_name) {
    var names = chat.i18n.t("emoji." + group_name + ".names").split(",");
    return group(group_name).map(function (emoji, at) { return { emoji: emoji, name: names[at] || emoji }; });
  }

  function rows(items) {
    var found = [], at;
    for (at = 0; at < items.length; at += ROW) { found.push(items.slice(at, at + ROW)); }
    return found;
  }

  /** What was used lately comes first, if we still know it: [{ key, rows }] */
  function sections(used_lately) {
    var all = Object.keys(GROUPS).map(function (name) { return { key: name, items: named(name) }; });
    var by_emoji = {};
    all.forEach(function (one) { one.items.forEach(function (item) { by_emoji[item.emoji] = item; }); });
    var lately = used_lately.map(function (emoji) { return by_emoji[emoji]; }).filter(Boolean);
    return [{ key: "recent", items: lately }].concat(all).filter(function (one) { return one.items.length; })
      .map(function (one) { return { key: one.key, rows: rows(one.items) }; });
  }

  function key(user) { return "recent_emoji." + user; }

  function recent(user) {
    var kept = chat.storage.read(key(user));
    return Array.isArray(kept) ? kept.filter(function (one) { return typeof one === "string"; }) : [];
  }

  function used(user, emoji) {
    chat.storage.write(key(user), [emoji].concat(recent(user).filter(function (one) {
      return one !== emoji;
    })).slice(0, chat.limits.recent_emoji));
  }

  return { groups: Object.keys(GROUPS), group: group, sections: sections, recent: recent, used: used };
}());
