// One file on its way to the server, with how far it is. The body is the file as it
// is. An upload may take as long as it moves: only standing still counts as lost.
var chat = chat || {};

chat.upload = (function () {
  "use strict";

  /**
   * @param {string} method "POST" to /api/files, "PUT" to an avatar
   * @param {string} url
   * @param {?} file a File or Blob
   * @param {{progress?: function(number, number): void, done: function(?Object, ?Object): void}} on
   *   progress(sent, total) in bytes; done(problem, answer) as of lib/http.js,
   *   called exactly once, unless aborted
   */
  function upload(method, url, file, on) {
    var request = new XMLHttpRequest();
    var over = false;
    var stall = null;

    function finish(problem, answer) {
      if (over) { return; }
      over = true;
      clearTimeout(stall);
      on.done(problem, answer);
    }

    function unreachable() {
      finish({ status: 0, code: "network", detail: "", retry_ms: 0 }, null);
    }

    function moved() {
      clearTimeout(stall);
      stall = setTimeout(function () {
        unreachable();
        request.abort();
      }, chat.limits.upload_stall_ms);
    }

    request.open(method, url, true);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", chat.http.token());
    // Set, or old browsers and forms would think of something.
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = function (event) {
      if (over) { return; }
      moved();
      if (on.progress) { on.progress(event.loaded, event.lengthComputable ? event.total : file.size); }
    };
    request.onload = function () {
      if (request.status >= 200 && request.status < 300) {
        finish(null, chat.http.parsed(request.responseText));
      } else if (request.status === 0) {
        unreachable();
      } else {
        finish(chat.http.problem(request), null);
      }
    };
    request.onerror = unreachable;
    moved();
    request.send(file);

    return {
      abort: function () {
        over = true;
        clearTimeout(stall);
        request.abort();
      }
    };
  }

  return upload;
}());
