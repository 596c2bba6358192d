// Browsers that do not know custom properties would show no colour at all. For
// them the style sheets are read again, and their rules added to the last sheet
// with the light palette filled in. A sheet of our own the content policy forbids.
var chat = chat || {};

chat.legacy = (function () {
  "use strict";

  /** The first `:root` block is the light palette. */
  function palette(css) {
    var found = {};
    var block = /:root\s*\{([^}]*)\}/.exec(css);
    (block ? block[1] : "").replace(/(--[\w-]+)\s*:\s*([^;]+);/g, function (all, name, value) {
      found[name] = value;
      return all;
    });
    return found;
  }

  /** Cuts a sheet into its top-level rules, `var()` replaced. */
  function rules(css, values) {
    var plain = css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/var\((--[\w-]+)\)/g, function (all, name) {
      return values[name] || all;
    });
    var cut = [], depth = 0, start = 0, at;
    for (at = 0; at < plain.length; at += 1) {
      if (plain.charAt(at) === "{") { depth += 1; }
      if (plain.charAt(at) === "}") {
        depth -= 1;
        if (depth === 0) {
          cut.push(plain.slice(start, at + 1));
          start = at + 1;
        }
      }
    }
    return cut;
  }

  function read(url) {
    var request = new XMLHttpRequest();
    request.open("GET", url, false); // before the first paint, and only here
    request.send();
    return request.responseText;
  }

  function rewrite() {
    var links = document.querySelectorAll("link[rel=stylesheet]");
    var sheet = document.styleSheets[document.styleSheets.length - 1];
    var texts = [], i;
    for (i = 0; i < links.length; i += 1) { texts.push(read(links[i].getAttribute("href"))); }
    rules(texts.join("\n"), palette(texts[0] || "")).forEach(function (rule) {
      // One rule an old engine cannot read must not cost the others.
      try { sheet.insertRule(rule, sheet.cssRules.length); } catch (unknown) { return; }
    });
  }

  if (self.document && !(self.CSS && self.CSS.supports && self.CSS.supports("color", "var(--x)"))) {
    rewrite();
  }

  return { palette: palette, rules: rules };
}());
