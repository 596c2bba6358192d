// A UUID (version 4) for what we send. crypto.randomUUID is missing on plain
// http and in old browsers, getRandomValues is not.
var chat = chat || {};

chat.id = (function () {
  "use strict";

  function bytes() {
    var crypto = self.crypto || self.msCrypto;
    var found = [], i;
    if (crypto && crypto.getRandomValues) {
      return Array.prototype.slice.call(crypto.getRandomValues(new Uint8Array(16)));
    }
    // Enough here: the server asks for uniqueness per sender, not for secrecy.
    for (i = 0; i < 16; i += 1) { found.push(Math.floor(Math.random() * 256)); }
    return found;
  }

  function id() {
    var found = bytes();
    found[6] = (found[6] & 0x0f) | 0x40;
    found[8] = (found[8] & 0x3f) | 0x80;
    return found.map(function (byte, at) {
      var dash = at === 4 || at === 6 || at === 8 || at === 10 ? "-" : "";
      return dash + (byte < 16 ? "0" : "") + byte.toString(16);
    }).join("");
  }

  return id;
}());
