// The namespace, and what has to be right before the first paint: a theme that
// arrives late is a white flash in a dark room.
var chat = chat || {};

chat.boot = (function () {
  "use strict";

  // Storage may be refused (private windows, blocked site data); every use of
  // it goes through here and then simply remembers nothing.
  /** @returns {?} the Storage, or null */
  function storage(name) {
    try { return self[name]; } catch (refused) { return null; }
  }

  function saved(key) {
    try { return JSON.parse(storage("localStorage").getItem(key)); } catch (refused) { return null; }
  }

  var theme = saved("webqq.theme");
  if (theme === "light" || theme === "dark") {
    document.documentElement.setAttribute("data-theme", theme);
  }

  var language = saved("webqq.language") || self.navigator.language || "en";
  language = /^zh/i.test(language) ? "zh-CN" : "en";
  document.documentElement.setAttribute("lang", language);

  return { language: language, storage: storage };
}());
