// What the browser remembers of us, under one prefix. Where it refuses (private
// windows, blocked site data, a full disk) nothing is remembered and nothing breaks.
var chat = chat || {};

chat.storage = (function () {
  "use strict";

  var PREFIX = "webqq.";

  function read(key) {
    try { return JSON.parse(chat.boot.storage("localStorage").getItem(PREFIX + key)); } catch (refused) { return null; }
  }

  function write(key, value) {
    try {
      var place = chat.boot.storage("localStorage");
      if (value === null) { place.removeItem(PREFIX + key); } else { place.setItem(PREFIX + key, JSON.stringify(value)); }
      return true;
    } catch (refused) { return false; }
  }

  /** Our keys that begin with `start`, without our prefix. */
  function keys(start) {
    var found = [], at, key;
    try {
      var place = chat.boot.storage("localStorage");
      for (at = 0; at < place.length; at += 1) {
        key = own(place.key(at));
        if (key !== null && key.indexOf(start) === 0) { found.push(key); }
      }
    } catch (refused) { return []; }
    return found.sort();
  }

  /** A key as the browser's own events name it; null for one that is not ours. */
  function own(key) {
    return typeof key === "string" && key.indexOf(PREFIX) === 0 ? key.slice(PREFIX.length) : null;
  }

  return { read: read, write: write, keys: keys, own: own };
}());
