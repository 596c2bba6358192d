// The size of a file in words: two significant places are enough.
var chat = chat || {};

chat.size = (function () {
  "use strict";

  var UNITS = ["size.b", "size.kb", "size.mb", "size.gb"];

  function size(bytes) {
    var number = Math.max(0, Number(bytes) || 0);
    var at = 0;
    // 999.5 KB reads better as 1 MB.
    while (number >= 999.5 && at < UNITS.length - 1) {
      number /= 1024;
      at += 1;
    }
    return chat.i18n.t(UNITS[at], { number: at === 0 || number >= 9.95 ? Math.round(number) : Math.round(number * 10) / 10 });
  }

  return size;
}());
