// One request helper for every browser. Answers go to `done(problem, answer)`:
// `problem` is null, or { status, code, detail, fields, retry_ms }, status 0 when
// the server was not reached at all.
var chat = chat || {};

chat.http = (function () {
  "use strict";

  function cookie(name) {
    var found = new RegExp("(?:^|; )" + name + "=([^;]*)").exec(document.cookie);
    return found ? decodeURIComponent(found[1]) : "";
  }

  function parsed(text) {
    try { return text ? JSON.parse(text) : null; } catch (broken) { return null; }
  }

  function problem(request) {
    var told = parsed(request.responseText) || {};
    return {
      status: request.status,
      code: told.code || "http_" + request.status,
      detail: told.detail || told.title || "",
      fields: told.fields || [],
      retry_ms: 1000 * (parseInt(request.getResponseHeader("Retry-After"), 10) || 0)
    };
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {Object|null} body sent as JSON; null sends none
   * @param {function(?Object, ?Object): void} done called exactly once, unless aborted
   * @param {number} [timeout_ms]
   */
  function http(method, url, body, done, timeout_ms) {
    var request = new XMLHttpRequest();
    var over = false;

    function finish(trouble, answer) {
      if (over) { return; }
      over = true;
      done(trouble, answer);
    }

    function unreachable() {
      finish({ status: 0, code: "network", detail: "", retry_ms: 0 }, null);
    }

    request.open(method, url, true);
    request.timeout = timeout_ms || chat.limits.request_ms;
    request.setRequestHeader("Accept", "application/json");
    if (method !== "GET") { request.setRequestHeader("X-CSRFToken", cookie("csrftoken")); }
    if (body !== null) { request.setRequestHeader("Content-Type", "application/json"); }
    request.onload = function () {
      if (request.status >= 200 && request.status < 300) {
        finish(null, parsed(request.responseText));
      } else if (request.status === 0) {
        unreachable();
      } else {
        finish(problem(request), null);
      }
    };
    request.onerror = unreachable;
    request.ontimeout = unreachable;
    request.send(body === null ? null : JSON.stringify(body));

    return {
      abort: function () {
        over = true;
        request.abort();
      }
    };
  }

  // What lib/upload.js needs of an answer and of a request.
  http.token = function () { return cookie("csrftoken"); };
  http.parsed = parsed;
  http.problem = problem;

  /** Perhaps done, perhaps not: the same request may and should be made again. */
  http.passing = function (trouble) {
    return trouble.status === 0 || trouble.status === 408 || trouble.status === 429 || trouble.status >= 500;
  };

  return http;
}());
