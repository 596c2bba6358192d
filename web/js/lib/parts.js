// A text cut into what it is made of: plain runs, links, mentions. Whoever draws
// it makes nodes of the parts; no markup is ever put together here.
var chat = chat || {};

chat.parts = (function () {
  "use strict";

  // Only these three schemes, and only the characters an address is made of: in
  // Chinese the sentence goes on right behind it, without a space.
  var LINK = /\b(?:https?:\/\/|mailto:)[A-Za-z0-9\-._~:\/?#\[\]@!$&'()*+,;=%]+/gi;
  var SMALL = /^(?:https?:\/\/[^\/]|mailto:[^@]+@[^@]+)/i;

  // "all", as the server takes it, in both languages.
  var EVERYONE = ["all", "\u6240\u6709\u4eba", "\u5168\u4f53\u6210\u5458"];

  var EMOJI = new RegExp("^(?:[\\u00a9\\u00ae\\u203c\\u2049\\u2122\\u2139\\u2190-\\u21ff\\u2300-\\u23ff\\u24c2\\u25a0-\\u27bf" +
    "\\u2900-\\u297f\\u2b00-\\u2bff\\u3030\\u303d\\u3297\\u3299]|[\\ud83c-\\ud83e][\\udc00-\\udfff]|\\udb40[\\udc20-\\udc7f]" +
    "|[0-9#*]\\ufe0f?\\u20e3|\\u200d|\\ufe0f|\\s)+$");

  /** Punctuation behind an address is the sentence's; a bracket only if it was opened before. */
  function trimmed(link) {
    var last;
    for (;;) {
      last = link.charAt(link.length - 1);
      if (/[.,;:!?'*]/.test(last) || (last === ")" && link.split("(").length < link.split(")").length) ||
        (last === "]" && link.split("[").length < link.split("]").length)) {
        link = link.slice(0, -1);
      } else {
        return link;
      }
    }
  }

  /** The longest of `names` that stands at `at`, whatever its case; "" for none. */
  function name_at(text, at, names) {
    return names.reduce(function (best, name) {
      var here = text.substr(at, name.length);
      return name.length > best.length && here.toLowerCase() === name.toLowerCase() ? here : best;
    }, "");
  }

  /** Mentions in a run without links. */
  function mentions(text, names, found) {
    var from = 0, at, name;
    for (at = 0; names.length && at < text.length; at += 1) {
      if (text.charAt(at) !== "@" && text.charAt(at) !== "\uff20") { continue; }
      name = name_at(text, at + 1, names);
      if (!name) { continue; }
      if (at > from) { found.push({ text: text.slice(from, at) }); }
      found.push({ text: text.substr(at, name.length + 1), mention: true });
      at += name.length;
      from = at + 1;
    }
    if (from < text.length) { found.push({ text: text.slice(from) }); }
  }

  /**
   * @param {string} text
   * @param {string[]} names whom it mentions, by every name they may be called
   * @returns {{text: string, href?: string, mention?: boolean}[]}
   */
  function parts(text, names) {
    var found = [], from = 0, match, link;
    LINK.lastIndex = 0;
    while ((match = LINK.exec(text)) !== null) {
      link = trimmed(match[0]);
      if (!SMALL.test(link)) { continue; }
      mentions(text.slice(from, match.index), names, found);
      found.push({ text: link, href: link });
      from = match.index + link.length;
      LINK.lastIndex = from;
    }
    mentions(text.slice(from), names, found);
    return found;
  }

  parts.EVERYONE = EVERYONE;

  /** A few emoji and nothing else: they may be larger. */
  parts.emoji_only = function (text) {
    return text.length > 0 && text.length <= 24 && /\S/.test(text) && EMOJI.test(text);
  };

  /** The beginning of a text that is too long to stand whole; null if it is not. */
  parts.folded = function (text) {
    var limits = chat.limits, at = -1, lines = 0;
    do {
      at = text.indexOf("\n", at + 1);
      lines += 1;
    } while (at >= 0 && lines < limits.folded_lines);
    if (at < 0 || at > limits.folded_chars) { at = limits.folded_chars; }
    // A little more than the bound is not worth a button.
    if (text.length <= at + 80 && text.slice(at).split("\n").length <= 3) { return null; }
    if (/[\ud800-\udbff]/.test(text.charAt(at - 1))) { at -= 1; }
    return text.slice(0, at);
  };

  return parts;
}());
