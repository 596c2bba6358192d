// Markup by name: el.li({ class: "mine" }, text). Text always goes in as a text
// node, so nothing a user wrote can become markup.
var chat = chat || {};

chat.el = (function () {
  "use strict";

  var names = ("a aside b bdi button code dd div dl dt em fieldset footer form h1 h2 h3 header hr img input label legend li main mark " +
    "nav ol option p progress section select small span strong table tbody td textarea th thead time tr ul").split(" ");
  var el = {};

  names.forEach(function (name) {
    el[name] = function () {
      var all = [name], at;
      for (at = 0; at < arguments.length; at += 1) { all.push(arguments[at]); }
      return preact.h.apply(null, all);
    };
  });

  /** A view: a function of its props, or a component; `key` keeps its identity. Children may follow. */
  el.view = function () {
    return preact.h.apply(null, arguments);
  };

  /** Class names that hold: cx("row", open && "row--open"). */
  el.cx = function () {
    return Array.prototype.filter.call(arguments, Boolean).join(" ");
  };

  return el;
}());
