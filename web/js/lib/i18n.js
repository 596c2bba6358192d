// The dictionary. Flat keys, {name} holes, "one|other" chosen by {count}.
var chat = chat || {};

chat.i18n = (function () {
  "use strict";

  var words = {};
  var spoken = ""; // the language of these words
  var whole = false; // do they hold those of what comes later?

  function read(name, done) {
    chat.early(name, function (dictionary) {
      if (dictionary) { return done(null, dictionary); }
      chat.http("GET", "i18n/" + name + ".json", null, done);
    });
  }

  /** The words of what comes later, too; from now on with every language. */
  function more(done) {
    var language = spoken;
    read("more." + language, function (trouble, answer) {
      if (trouble) { return done(trouble); }
      if (language !== spoken) { return more(done); } // another one was chosen meanwhile
      words = chat.change(words, answer || {});
      whole = true;
      done(null);
    });
  }

  function load(language, done) {
    read(language, function (trouble, answer) {
      if (trouble || !answer) { return done(trouble); }
      if (!whole) {
        words = answer;
        spoken = language;
        return done(null);
      }
      read("more." + language, function (failed, rest) {
        if (!failed) {
          words = chat.change(answer, rest || {});
          spoken = language;
        }
        done(failed);
      });
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

  /** What the server says about one field: ours, else its own with the form's name for the field. */
  function field(one) {
    if (has("error.invalid." + one.field)) { return t("error.invalid." + one.field); }
    return (has("door." + one.field) ? t("door." + one.field) : one.field) + ": " + one.message;
  }

  /** A refusal's own holes; and how long to wait, where the server says so. */
  function holes_of(trouble) {
    var found = { seconds: Math.ceil((trouble.retry_ms || 0) / 1000) };
    Object.keys(trouble.holes || {}).forEach(function (name) { found[name] = trouble.holes[name]; });
    return found;
  }

  /** What went wrong, in words: ours for the code, else the server's own. A code may mean two things by status. */
  function problem(trouble) {
    var keys = ["error." + trouble.code + "." + trouble.status, "error." + trouble.code].filter(has);
    var fields = (trouble.fields || []).map(field).join("; ");
    return keys.length ? t(keys[0], holes_of(trouble)) : fields || trouble.detail || t("error.unknown", { code: trouble.code });
  }

  return {
    load: load, more: more, use: use, t: t, problem: problem,
    /** The dictionary in use: another one when the language changed. */
    words: function () { return words; }
  };
}());
