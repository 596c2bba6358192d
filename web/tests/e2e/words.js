"use strict";
// The words of the page, by key: scenarios written with them run in every language
// and go on when a text is put better.
const { dictionary } = require("../load");

const LANGUAGES = ["zh-CN", "en"];

/** words("en")("list.unread", { count: 2 }); a dictionary of one's own instead of a language is fine. */
function words(language) {
  const texts = typeof language === "string" ? dictionary(language) : language;
  return (key, holes = {}) => {
    if (!(key in texts)) { throw new Error(`${language} has no words for ${key}`); }
    const forms = texts[key].split("|");
    const text = forms.length === 2 && holes.count !== 1 ? forms[1] : forms[0];
    return text.replace(/\{(\w+)\}/g, (all, name) => name in holes ? String(holes[name]) : all);
  };
}

module.exports = { LANGUAGES, words };
