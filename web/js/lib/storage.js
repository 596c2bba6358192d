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

  return { read: read, write: write };
}());
