// How long something still lasts: 9:59, 1:00:00, or days and the rest of one; and
// how long a span is, in words.
var chat = chat || {};

chat.remaining = (function () {
  "use strict";

  function two(number) { return (number < 10 ? "0" : "") + number; }

  /** @param {number} ms rounded up: it says 0:01 until it is over */
  function remaining(ms) {
    var seconds = Math.ceil(ms / 1000);
    var days = Math.floor(seconds / 86400);
    var hours = Math.floor(seconds / 3600) % 24;
    var rest = two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
    if (days) { return chat.i18n.t("time.days_left", { count: days, time: hours + ":" + rest }); }
    return hours ? hours + ":" + rest : rest.replace(/^0/, "");
  }

  /** A whole span in words: 10 minutes, an hour, 30 days; the largest unit that fits. */
  remaining.words = function (seconds) {
    var units = [{ name: "days", s: 86400 }, { name: "hours", s: 3600 }, { name: "minutes", s: 60 }, { name: "seconds", s: 1 }];
    var unit = units.filter(function (one) { return seconds >= one.s && seconds % one.s === 0; })[0] || units[3];
    return chat.i18n.t("span." + unit.name, { count: seconds / unit.s });
  };

  return remaining;
}());
