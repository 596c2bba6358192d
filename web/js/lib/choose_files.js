// Asks for files by the browser's own dialogue. The field for it is made anew each
// time, or the same file chosen twice would be no change.
var chat = chat || {};

chat.choose_files = (function () {
  "use strict";

  var last = null;

  /**
   * @param {{accept?: string, multiple?: boolean}} how
   * @param {function(Array): void} done gets the files; not called if nothing was chosen
   */
  function choose_files(how, done) {
    var field = document.createElement("input");
    if (last && last.parentNode) { last.parentNode.removeChild(last); }
    last = field;
    field.type = "file";
    field.accept = how.accept || "";
    field.multiple = Boolean(how.multiple);
    field.className = "sr";
    field.tabIndex = -1;
    field.setAttribute("aria-hidden", "true");
    field.onchange = function () {
      var files = Array.prototype.slice.call(field.files || []);
      if (files.length) { done(files); }
    };
    document.body.appendChild(field);
    field.click();
  }

  return choose_files;
}());
