// Where the keyboard is. A dialogue holds the focus while it is open and gives
// it back to whoever opened it.
var chat = chat || {};

chat.focus = (function () {
  "use strict";

  var CAN = "a[href], button, input, select, textarea, [tabindex]";

  function takes(node) {
    return !node.disabled && node.tabIndex >= 0 && (node.offsetWidth > 0 || node.offsetHeight > 0);
  }

  /** Everything inside `root` that the Tab key stops at, in its order. */
  function stops(root) {
    return Array.prototype.filter.call(root.querySelectorAll(CAN), takes);
  }

  /** Into `root`: what is marked data-first, else the first that takes it, else itself. */
  function enter(root) {
    var marked = root.querySelector("[data-first]");
    (marked || stops(root)[0] || root).focus();
  }

  /** Keeps Tab inside `root`: from the last stop to the first and back. */
  function hold(root, event) {
    var all, at;
    if (event.key !== "Tab" && event.keyCode !== 9) { return; }
    all = stops(root);
    at = all.indexOf(document.activeElement);
    if (!all.length) {
      event.preventDefault();
    } else if (event.shiftKey ? at <= 0 : at === all.length - 1 || at < 0) {
      event.preventDefault();
      all[event.shiftKey ? all.length - 1 : 0].focus();
    }
  }

  /** Back to where the focus was, if that is still there. */
  function give_back(node) {
    if (node && node.focus && document.documentElement.contains(node)) { node.focus(); }
  }

  return { stops: stops, enter: enter, hold: hold, give_back: give_back };
}());
