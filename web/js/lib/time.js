// Times as people say them. Patterns come from the dictionary: old engines have
// no Intl, and the words belong to the translators.
var chat = chat || {};

chat.time = (function () {
  "use strict";

  var DAY_MS = 24 * 3600 * 1000;

  function two(number) {
    return (number < 10 ? "0" : "") + number;
  }

  function midnight(date) {
    return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  }

  function clock(text) {
    var date = new Date(text);
    return isNaN(date.getTime()) ? "" : two(date.getHours()) + ":" + two(date.getMinutes());
  }

  /** The calendar day as a key: equal for two times of one local day. */
  function day_key(text) {
    return midnight(new Date(text));
  }

  function day(text, now) {
    var date = new Date(text);
    // Rounded, because a day with a clock change has 23 or 25 hours.
    var days = Math.round((midnight(new Date(now)) - midnight(date)) / DAY_MS);
    if (isNaN(days)) { return ""; }
    if (days === 0) { return chat.i18n.t("time.today"); }
    if (days === 1) { return chat.i18n.t("time.yesterday"); }
    return chat.i18n.t("time.date", {
      year: date.getFullYear(),
      month: date.getMonth() + 1,
      day: date.getDate()
    });
  }

  function holes(date) {
    return {
      year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate(),
      weekday: chat.i18n.t("time.weekday." + date.getDay()),
      clock: two(date.getHours()) + ":" + two(date.getMinutes()) + ":" + two(date.getSeconds())
    };
  }

  /** Between the messages of two days: the day with its weekday, the year only if it is another. */
  function day_line(text, now) {
    var date = new Date(text);
    var days = Math.round((midnight(new Date(now)) - midnight(date)) / DAY_MS);
    if (isNaN(days) || days === 0 || days === 1) { return day(text, now); }
    return chat.i18n.t(date.getFullYear() === new Date(now).getFullYear() ? "time.day_line" : "time.day_line_year", holes(date));
  }

  /** To the second, for whoever asks. */
  function exact(text) {
    var date = new Date(text);
    return isNaN(date.getTime()) ? "" : chat.i18n.t("time.exact", holes(date));
  }

  /** For lists: the clock today, else the day. */
  function brief(text, now) {
    return day_key(text) === midnight(new Date(now)) ? clock(text) : day(text, now);
  }

  return { clock: clock, day: day, day_key: day_key, day_line: day_line, exact: exact, brief: brief };
}());
