// A changed copy. State is never written in place: "what changed" is then one
// comparison, and a reducer that forgets something shows at once.
var chat = chat || {};

chat.change = (function () {
  "use strict";

  function change(object, patch) {
    var copy = {};
    Object.keys(object).forEach(function (key) { copy[key] = object[key]; });
    Object.keys(patch).forEach(function (key) { copy[key] = patch[key]; });
    return copy;
  }

  /** The same for one key that is only known at run time. */
  change.key = function (object, key, value) {
    var patch = {};
    patch[key] = value;
    return change(object, patch);
  };

  change.without = function (object, key) {
    var copy = change(object, {});
    delete copy[key];
    return copy;
  };

  return change;
}());
