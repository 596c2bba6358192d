// Tells when the size of a node changes. Where the browser does not tell, somebody has
// to look.
var chat = chat || {};

chat.resized = (function () {
  "use strict";

  var LOOK_MS = 250;

  /** @param {HTMLElement} node  @param {function(): void} run  @returns {function(): void} ends it */
  function resized(node, run) {
    var width = node.offsetWidth, height = node.offsetHeight, watch, timer;
    if (self.ResizeObserver) {
      watch = new self.ResizeObserver(run);
      watch.observe(node);
      return function () { watch.disconnect(); };
    }
    function look() {
      timer = setTimeout(look, LOOK_MS);
      if (node.offsetWidth === width && node.offsetHeight === height) { return; }
      width = node.offsetWidth;
      height = node.offsetHeight;
      run();
    }

    look();
    return function () { clearTimeout(timer); };
  }

  return resized;
}());
