// Which key press means what.
var chat = chat || {};

chat.keys = (function () {
  "use strict";

  // Enter belongs to the input method while it composes. isComposing is the
  // standard answer; 229 is the one Safari and old engines give.
  function sends(event) {
    return (event.key === "Enter" || event.keyCode === 13) && !event.shiftKey &&
      !event.isComposing && event.keyCode !== 229;
  }

  return { sends: sends };
}());
