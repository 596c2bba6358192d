// The dictionary. Flat keys, {name} holes, "one|other" chosen by {count}.
var chat = chat || {};

chat.i18n = (function () {
  "use strict";

  var words = {};

  function load(language, done) {
    chat.http("GET", "i18n/" + language + ".json", null, function (trouble, answer) {
      if (!trouble && answer) { words = answer; }
      done(trouble);
    });
  }

  function use(dictionary) {
    words = dictionary;
  }

  function has(key) {
    return Object.prototype.hasOwnProperty.call(words, key);
  }

  function t(key, holes) {
    var text = has(key) ? words[key] : key;
    var forms = text.split("|");
    if (forms.length === 2 && holes) { text = holes.count === 1 ? forms[0] : forms[1]; }
    return text.replace(/\{(\w+)\}/g, function (all, name) {
      return holes && holes[name] !== undefined ? String(holes[name]) : all;
    });
  }

  /** A refusal's own holes; and how long to wait, where the server says so. */
  function holes_of(trouble) {
    var found = { seconds: Math.ceil((trouble.retry_ms || 0) / 1000) };
    Object.keys(trouble.holes || {}).forEach(function (name) { found[name] = trouble.holes[name]; });
    return found;
  }

  /** What went wrong, in words: ours for the code, else the server's own. */
  function problem(trouble) {
    var key = "error." + trouble.code;
    // A few codes mean two things; the status tells which.
    if (has(key + "." + trouble.status)) { return t(key + "." + trouble.status); }
    var fields = (trouble.fields || []).map(function (one) {
      // The server says what must change; the form has its own name for the field.
      return (has("door." + one.field) ? t("door." + one.field) : one.field) + ": " + one.message;
    }).join("; ");
    return has(key) ? t(key, holes_of(trouble)) : fields || trouble.detail || t("error.unknown", { code: trouble.code });
  }

  return { load: load, use: use, t: t, problem: problem };
}());
