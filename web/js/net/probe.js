// Is the session still good, and still ours? Only a clear no counts as one: a
// server that cannot be asked signs nobody out.
var chat = chat || {};

chat.probe = (function () {
  "use strict";

  /**
   * @param {function(function(?Object, ?Object): void): void} ask who the session belongs to
   * @param {string|null} user who it should be; null: whoever it is
   * @param {function(string): void} done "good" | "over" | "other" | "unreachable"
   */
  function probe(ask, user, done) {
    ask(function (problem, answer) {
      var who = answer && (answer.user || answer);
      if (problem) {
        done(problem.status === 401 ? "over" : "unreachable");
      } else {
        done(user && who && who.id !== user ? "other" : "good");
      }
    });
  }

  return probe;
}());
