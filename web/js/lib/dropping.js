// Files that come by drag or by paste. While one is dragged over the page the page
// says where it would go; a file that misses must not replace the page.
var chat = chat || {};

chat.dropping = (function () {
  "use strict";

  function list(files) { return Array.prototype.slice.call(files || []); }

  function has_files(event) {
    var types = event.dataTransfer && event.dataTransfer.types;
    return Boolean(types) && Array.prototype.indexOf.call(types, "Files") >= 0;
  }

  /**
   * @param {function(boolean): void} over a file is above the page, or no longer
   * @param {function(Array): void} dropped
   * @returns {function(): void} ends it
   */
  function dropping(over, dropped) {
    var is_over = false;

    function tell(now) {
      if (is_over !== now) {
        is_over = now;
        over(now);
      }
    }

    function above(event) {
      if (!has_files(event)) { return; }
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      tell(true);
    }

    // Between two elements of the page it only moves on.
    function left(event) {
      if (!event.relatedTarget) { tell(false); }
    }

    function drop(event) {
      if (!has_files(event)) { return; }
      event.preventDefault();
      tell(false);
      dropped(list(event.dataTransfer.files));
    }

    document.addEventListener("dragover", above);
    document.addEventListener("dragleave", left);
    document.addEventListener("drop", drop);
    return function () {
      document.removeEventListener("dragover", above);
      document.removeEventListener("dragleave", left);
      document.removeEventListener("drop", drop);
    };
  }

  /** Pictures in what is pasted; text wins where both are there (tables bring a picture of themselves). */
  dropping.paste = function (event, pasted) {
    var data = event.clipboardData || /** @type {?} */ (self).clipboardData;
    var files = list(data && data.files);
    if (!files.length || (data.getData && data.getData("text"))) { return; }
    event.preventDefault();
    pasted(files);
  };

  return dropping;
}());
