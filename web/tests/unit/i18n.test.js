"use strict";
// The two dictionaries against each other, and against the code.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const espree = require("espree");
const { WEB, dictionary, scripts } = require("../load");

const zh = dictionary("zh-CN");
const en = dictionary("en");
const LANGUAGES = { "zh-CN": zh, en };

// Keys that are put together at run time: what the prefix is continued with, and why.
const DYNAMIC = {
  "account.": "parts of the account", "admin.": "pages, columns and acts of administration",
  "banner.": "states of the connection", "door.": "fields of the forms",
  "notice.role.": "owner, admin", "door_of.": "ways into a group", "emoji.": "families of emoji",
  "error.": "the server's codes of problems",
  "find.not.": "why one cannot join", "keys.": "shortcuts", "me.": "parts of the own profile", "mode.": "join modes",
  "time.weekday.": "days of the week",
  "person.is.": "what somebody is to us", "presence.": "online, away, busy, invisible, offline", "rail.": "the views",
  "role.": "owner, admin, member", "search.": "filters", "set.": "settings of a group", "settings.": "settings and their values",
  "span.": "seconds, minutes, hours, days"
};

// Of these the space at the end is meant.
const SPACED = ["list.separator", "door.typed"];
// Lists that code takes apart.
const LISTS = /\.names$/;

let known = null;

/** Every string in the scripts: { file, line, text, said: as the key of t()?, dynamic: put together with more? } */
function strings() {
  if (known) { return known; }
  const found = [];
  for (const file of scripts().filter((name) => name.startsWith("js/"))) {
    const tree = espree.parse(fs.readFileSync(path.join(WEB, file), "utf8"), { ecmaVersion: 5, loc: true });
    const walk = (node, said, dynamic) => {
      if (!node || typeof node.type !== "string") { return; }
      if (node.type === "Literal" && typeof node.value === "string") {
        found.push({ file, line: node.loc.start.line, text: node.value, said, dynamic });
      } else if (node.type === "CallExpression") {
        const { callee } = node;
        const is_t = callee.name === "t" || callee.type === "MemberExpression" && callee.property.name === "t";
        walk(callee, false, false);
        node.arguments.forEach((one, at) => walk(one, is_t && at === 0, false));
      } else if (node.type === "ConditionalExpression") {
        walk(node.test, false, false);
        walk(node.consequent, said, dynamic);
        walk(node.alternate, said, dynamic);
      } else if (node.type === "BinaryExpression" && node.operator === "+") {
        walk(node.left, said, true);
        walk(node.right, false, true);
      } else {
        for (const value of Object.values(node)) {
          for (const one of Array.isArray(value) ? value : [value]) {
            if (one && typeof one === "object") { walk(one, said && node.type === "LogicalExpression", false); }
          }
        }
      }
    };
    walk(tree, false, false);
  }
  known = found;
  return found;
}

const holes = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]))].sort();

test("both languages have the same keys, sorted, each once, one in a line", () => {
  assert.deepEqual(Object.keys(zh), Object.keys(en));
  assert.deepEqual(Object.keys(en), Object.keys(en).sort());
  for (const language of Object.keys(LANGUAGES)) {
    const lines = fs.readFileSync(path.join(WEB, "i18n", language + ".json"), "utf8").trimEnd().split("\n").slice(1, -1);
    const keys = lines.map((line) => (/^ {2}"([^"]+)": ".*",?$/.exec(line) || [])[1]);
    assert.deepEqual(keys, Object.keys(LANGUAGES[language]), language);
  }
});

test("both languages have the same holes, and no text is empty", () => {
  for (const key of Object.keys(en)) {
    assert.deepEqual(holes(zh[key] || ""), holes(en[key]), key);
    for (const [language, words] of Object.entries(LANGUAGES)) {
      assert.ok(words[key].trim(), `${language}: ${key}`);
      assert.ok(SPACED.includes(key) || !/ {2}|^ | $/.test(words[key]), `${language}: ${key} has a space too many`);
    }
  }
});

test("English counts in two forms, Chinese in one", () => {
  for (const key of Object.keys(en)) {
    const forms = en[key].split("|");
    assert.ok(forms.length <= 2, key);
    assert.equal(zh[key].includes("|"), false, key);
    if (forms.length === 2) { assert.ok(zh[key], key); }
  }
});

test("Chinese is written with its own punctuation", () => {
  for (const [key, text] of Object.entries(zh).filter(([one]) => !LISTS.test(one))) {
    assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:!?](?!\w)|\.\.\.|。。/, key);
  }
});

test("every text that the code asks for is there", () => {
  const said = strings().filter((one) => one.said && !one.dynamic);
  assert.ok(said.length > 60, "the search finds what it should");
  for (const { file, line, text } of said) { assert.ok(text in en, `${file}:${line}: ${text}`); }
});

test("keys are put together with known prefixes only", () => {
  for (const { file, line, text } of strings().filter((one) => one.said && one.dynamic)) {
    assert.ok(text in DYNAMIC || Object.keys(DYNAMIC).some((prefix) => text.startsWith(prefix) && /[._]$/.test(text)),
      `${file}:${line}: "${text}" is no prefix that this test knows`);
  }
});

test("every text is used", () => {
  const all = new Set(strings().map((one) => one.text));
  assert.deepEqual(Object.keys(DYNAMIC).filter((prefix) => !all.has(prefix)), [], "prefixes that no code has");
  // A view may be given the first part of a key, and say what it continues with: `key + "_name"`.
  const ends = [...all].filter((text) => /^[._]\w+$/.test(text));
  const is_built = (key) => ends.some((end) => key.endsWith(end) && all.has(key.slice(0, -end.length)));
  const unused = Object.keys(en).filter((key) =>
    !all.has(key) && !is_built(key) && !Object.keys(DYNAMIC).some((prefix) => key.startsWith(prefix) && all.has(prefix)));
  assert.deepEqual(unused, []);
});

test("no Chinese stands in the code", () => {
  for (const file of scripts().filter((name) => name.startsWith("js/"))) {
    const found = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+/.exec(fs.readFileSync(path.join(WEB, file), "utf8"));
    assert.equal(found && found[0], null, file);
  }
});
