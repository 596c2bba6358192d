// Markup by name: el.li({ class: "mine" }, text). Text always goes in as a text
// node, so nothing a user wrote can become markup.
var chat = chat || {};

chat.el = (function () {
  "use strict";

  var names = ("a aside b button div footer form h1 h2 h3 header img input label li main nav ol p " +
    "section small span strong textarea time ul").split(" ");
  var el = {};

  names.forEach(function (name) {
    el[name] = function () {
      return preact.h.apply(null, [name].concat(Array.prototype.slice.call(arguments)));
    };
  });

  /** A view: a function of its props, or a component; `key` keeps its identity. */
  el.view = function (view, props) {
    return preact.h(view, props);
  };

  /** Class names that hold: cx("row", open && "row--open"). */
  el.cx = function () {
    return Array.prototype.filter.call(arguments, Boolean).join(" ");
  };

  return el;
}());
