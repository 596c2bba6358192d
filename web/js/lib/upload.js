// A request whose body is a file, as it is. Not chat.http, which speaks JSON: here
// somebody watches how far it is and may call it off.
var chat = chat || {};

chat.upload = (function () {
  "use strict";

  var LOST = { status: 0, code: "network", detail: "", fields: [], retry_ms: 0 };

  /**
   * @param {string} method
   * @param {string} url
   * @param {Blob} file
   * @param {function(number): void} on_share how much has left, from 0 to 1
   * @param {function(?Object, ?Object): void} done called exactly once, unless aborted
   */
  function upload(method, url, file, on_share, done) {
    var request = new XMLHttpRequest();
    var over = false;

    function finish(problem, answer) {
      if (over) { return; }
      over = true;
      done(problem, answer);
    }

    function lost() { finish(LOST, null); }

    request.open(method, url, true);
    request.timeout = chat.limits.upload_ms;
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", chat.http.token());
    request.upload.onprogress = function (event) {
      if (event.lengthComputable && event.total && !over) { on_share(event.loaded / event.total); }
    };
    request.onload = function () {
      if (request.status >= 200 && request.status < 300) {
        finish(null, chat.http.answer(request.responseText));
      } else if (request.status === 0) {
        lost();
      } else {
        finish(chat.http.problem(request), null);
      }
    };
    request.onerror = lost;
    request.ontimeout = lost;
    request.send(file);

    return {
      abort: function () {
        over = true;
        request.abort();
      }
    };
  }

  return upload;
}());
