// Which key press means what. Old browsers have names of their own for some keys.
var chat = chat || {};

chat.keys = (function () {
  "use strict";

  var OLD = { Esc: "Escape", Left: "ArrowLeft", Right: "ArrowRight", Up: "ArrowUp", Down: "ArrowDown", Del: "Delete", Spacebar: " " };
  var CODES = {
    9: "Tab", 13: "Enter", 27: "Escape", 33: "PageUp", 34: "PageDown", 35: "End", 36: "Home",
    37: "ArrowLeft", 38: "ArrowUp", 39: "ArrowRight", 40: "ArrowDown", 46: "Delete"
  };

  /** The name of the key, as today's browsers call it. */
  function name(event) {
    return OLD[event.key] || event.key || CODES[event.keyCode] || "";
  }

  // Keys belong to the input method while it composes. isComposing is the
  // standard answer; 229 is the one Safari and old engines give.
  function composing(event) {
    return Boolean(event.isComposing) || event.keyCode === 229;
  }

  /** Does this press send? `how` is the setting: "enter" or "ctrl" (Ctrl or Command with Enter). */
  function sends(event, how) {
    var enter = (event.key === "Enter" || event.keyCode === 13) && !composing(event);
    if (how === "ctrl") { return enter && (event.ctrlKey || event.metaKey); }
    return enter && !event.shiftKey;
  }

  /** Where the arrows lead in a list of `count`, from `at`; null for other keys. It goes round. */
  function along(event, at, count) {
    var key = name(event);
    if (!count) { return null; }
    if (key === "ArrowDown") { return (at + 1) % count; }
    if (key === "ArrowUp") { return (at <= 0 ? count : at) - 1; }
    if (key === "Home") { return 0; }
    if (key === "End") { return count - 1; }
    return null;
  }

  return { name: name, composing: composing, sends: sends, along: along };
}());
