// Requests that wait for the user. A 401 executes nothing: so when the session
// has ended in the middle of something, the request is kept and made again after
// signing in, and whoever made it never learns of it.
var chat = chat || {};

chat.calls = (function () {
  "use strict";

  /** @param {function(): void} unauthorized somebody has to sign in again */
  function calls(unauthorized) {
    var held = [];

    function call(method, url, body, done) {
      var request = null;
      var again = false;

      function send() {
        request = chat.http(method, url, body, function (problem, answer) {
          if (!problem || problem.status !== 401) { return done(problem, answer); }
          // The second 401 is an answer: something else is wrong than the session.
          if (again || held.length >= chat.limits.held_calls) { return done(problem, answer); }
          again = true;
          held.push(send);
          unauthorized();
        });
      }

      send();
      return { abort: function () {
        held = held.filter(function (one) { return one !== send; });
        request.abort();
      } };
    }

    return {
      call: call,
      resume: function () {
        var now = held;
        held = [];
        now.forEach(function (send) { send(); });
      },
      forget: function () { held = []; }
    };
  }

  return calls;
}());
