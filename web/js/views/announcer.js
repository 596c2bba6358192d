// The one place from which the page speaks to those who listen. Each sentence is a
// new node, so that the same words twice are heard twice.
var chat = chat || {};

chat.announcer = (function () {
  "use strict";

  var el = chat.el;

  function announcer(props) {
    var said = props.state.said;
    return el.div({ class: "sr announcer", role: "status", "aria-live": "polite", key: "announcer" },
      said && el.p({ key: said.stamp }, said.text));
  }

  return announcer;
}());
