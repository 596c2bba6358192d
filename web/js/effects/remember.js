// Settings of this browser: kept, and put to use as soon as they change.
var chat = chat || {};

chat.remember = (function () {
  "use strict";

  /** Every setting and what it is at first. */
  var FIRST = {
    language: "", // zh-CN | en: what js/boot.js found
    theme: "auto", // auto | light | dark
    send: "enter", // enter | ctrl: which key sends
    sound: true,
    notify: false, // notices of the desktop
    announce: "all" // all | mentions | off: what is said to those who listen
  };

  function load() {
    var found = chat.change(FIRST, { language: chat.boot.language });
    Object.keys(FIRST).forEach(function (name) {
      var kept = chat.storage.read(name);
      if (typeof kept === typeof FIRST[name]) { found[name] = kept; }
    });
    return found;
  }

  function paint(theme) {
    if (theme === "auto") {
      document.documentElement.removeAttribute("data-theme");
    } else {
      document.documentElement.setAttribute("data-theme", theme);
    }
  }

  /** Effect: a changed setting is kept; the theme at once, another language by its words. */
  function follow(before, after) {
    if (before.settings === after.settings) { return; }
    Object.keys(FIRST).forEach(function (name) {
      if (before.settings[name] !== after.settings[name]) { chat.storage.write(name, after.settings[name]); }
    });
    if (before.settings.theme !== after.settings.theme) { paint(after.settings.theme); }
  }

  return { load: load, follow: follow };
}());
