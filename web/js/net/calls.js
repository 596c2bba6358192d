// Requests of a session. A 401 executes nothing: so when the session has ended in
// the middle of something, the request is kept and made again after signing in, and
// whoever made it never learns of it. When the user goes, each request ends with
// them: what it was to bring belongs to nobody who comes after.
var chat = chat || {};

chat.calls = (function () {
  "use strict";

  // What a request hears whose user has gone.
  var GONE = { status: 401, code: "no_session", detail: "", fields: [], retry_ms: 0 };

  /** @param {function(): void} unauthorized somebody has to sign in again */
  function calls(unauthorized) {
    var held = []; // those that wait for the session
    var open = []; // all that have no answer yet, by how they end

    /**
     * @param {function(function(?, ?): void): ?} start makes the request and gives { abort }; more than once, if need be
     * @param {function(?Object, ?Object): void} done called exactly once, unless aborted
     */
    function keep(start, done) {
      var request = null;
      var again = false;

      function drop() {
        open = open.filter(function (one) { return one !== end; });
        held = held.filter(function (one) { return one !== send; });
        if (request) { request.abort(); }
      }

      function end() {
        drop();
        done(GONE, null);
      }

      function send() {
        request = start(function (problem, answer) {
          // The second 401 is an answer: something else is wrong than the session.
          if (problem && problem.status === 401 && !again && held.length < chat.limits.held_calls) {
            again = true;
            held.push(send);
            return unauthorized();
          }
          request = null;
          drop();
          done(problem, answer);
        });
      }

      open.push(end);
      send();
      return { abort: drop };
    }

    function call(method, url, body, done) {
      return keep(function (told) { return chat.http(method, url, body, told); }, done);
    }

    /** A file, as chat.upload takes it. */
    call.upload = function (method, url, file, on) {
      return keep(function (told) {
        return chat.upload(method, url, file, { progress: on.progress, done: told });
      }, on.done);
    };

    return {
      call: call,
      /** There is a session again, of the same user. */
      resume: function () {
        var now = held;
        held = [];
        now.forEach(function (send) { send(); });
      },
      /** The user has gone. */
      forget: function () {
        open.slice().forEach(function (end) { end(); });
      }
    };
  }

  return calls;
}());
