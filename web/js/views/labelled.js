// A field of a form with its name, and a hint where it needs one.
var chat = chat || {};

chat.labelled = (function () {
  "use strict";

  var el = chat.el;

  /** `control` is the name of an element, `attributes` must have an id; children are a select's options. */
  function labelled(label, control, attributes, hint, children) {
    if (hint) { attributes["aria-describedby"] = attributes.id + "-hint"; }
    attributes.class = "input";
    return el.div({ class: "field" },
      el.label({ "for": attributes.id }, label),
      el[control](attributes, children),
      hint && el.small({ class: "soft", id: attributes.id + "-hint" }, hint));
  }

  /** A box to tick: its name stands behind it. */
  labelled.box = function (label, attributes, hint) {
    if (hint) { attributes["aria-describedby"] = attributes.id + "-hint"; }
    attributes.type = "checkbox";
    return el.div({ class: "field field--box" },
      el.input(attributes), el.label({ "for": attributes.id }, label),
      hint && el.small({ class: "soft", id: attributes.id + "-hint" }, hint));
  };

  /** The options of a select: values with words. What was chosen by hand stays: `first` counts once. */
  labelled.options = function (values, first, words) {
    return values.map(function (value) {
      return el.option({ key: value, value: value, selected: value === first }, words(value));
    });
  };

  return labelled;
}());
