// The words are needed before anything can be shown: they are asked for in the
// head, while the scripts that will show them are still on their way.
var chat = chat || {};

chat.early = (function () {
  "use strict";

  var NAME = chat.boot.language;
  var PATIENCE_MS = 20000; // js/lib/limits.js is not here yet
  /** @type {?XMLHttpRequest} null once somebody has taken it */
  var request = new XMLHttpRequest();

  function parsed(text) {
    try { return JSON.parse(text); } catch (broken) { return null; }
  }

  function look(taken, done) {
    if (taken.readyState === 4) { done(taken.status === 200 ? parsed(taken.responseText) : null); }
  }

  /**
   * @param {string} name of a dictionary
   * @param {function(?Object): void} done hears it once; null where it was not this one, or did not come
   */
  function early(name, done) {
    var taken = request;

    if (!taken || name !== NAME) { return done(null); }
    request = null;
    taken.onreadystatechange = function () { look(taken, done); };
    look(taken, done);
  }

  request.open("GET", "i18n/" + NAME + ".json", true);
  request.timeout = PATIENCE_MS;
  request.send();

  return early;
}());
