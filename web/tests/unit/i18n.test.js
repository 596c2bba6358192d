"use strict";
// The two dictionaries against each other, and against the code.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const espree = require("espree");
const { WEB, dictionary, first_scripts, scripts, words_of } = require("../load");

const zh = dictionary("zh-CN");
const en = dictionary("en");
const LANGUAGES = { "zh-CN": zh, en };

// Keys that are put together at run time, by what they begin with. "server": the rest is told by
// the server or is a name in a table. "code": each word of the rest stands in some string of the code.
const DYNAMIC = {
  "account.": "code", "admin.": "code", "admin.act.": "server", "admin.figures.": "server", "admin.invitations.": "code",
  "admin.posts.": "server", "admin.reports.": "code", "admin.reports.do_": "code", "admin.users.": "code",
  "banner.": "code", "door.": "server", "door_of.": "code", "find.not.": "code", "mode.": "server",
  "emoji.": "server", "error.": "server", "keys.": "code", "me.": "code", "notice.role.": "server", "person.is.": "server",
  "presence.": "server", "rail.": "code", "role.": "server", "search.": "code", "set.": "server", "settings.": "code", "span.": "code",
  "settings.language.": "code", "time.weekday.": "server"
};

// Refusals of requests that only later scripts make: the server tells no others to the page that just began.
const LATER_ERRORS = new Set((
  "already_member below_member_count folder_taken group_closed group_exists invalid.announcement invalid.card " +
  "invalid.description invalid.hours invalid.member_limit invalid.muted_seconds invalid.slow_mode invalid.uses " +
  "last_administrator link_expired name_taken not_a_picture not_by_approval not_invited owner_must_transfer owns_groups " +
  "report_closed they_asked_you too_many_administrators too_many_admins too_many_asked too_many_bans too_many_blocks " +
  "too_many_bots too_many_exports too_many_folders too_many_friends too_many_hooks too_many_invitations too_many_links " +
  "too_many_reports too_many_requests.409 too_many_searches wrong_password"
).split(" ").map((code) => `error.${code}`));

// Of these the spaces are meant, and these are lists for the code.
const SPACED = ["door.typed", "list.separator"];
const LIST = /^emoji\..*\.names$/;

let known = null;

/** Every string in all scripts: { file, line, text, said: as the key of t()?, dynamic: put together with more? } */
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
  for (const [part, before] of [["first", ""], ["later", "more."]]) {
    const known_keys = Object.keys(words_of(part, "en"));
    assert.deepEqual(Object.keys(words_of(part, "zh-CN")), known_keys);
    assert.deepEqual(known_keys, [...known_keys].sort());
    for (const language of Object.keys(LANGUAGES)) {
      const lines = fs.readFileSync(path.join(WEB, "i18n", before + language + ".json"), "utf8").trimEnd().split("\n").slice(1, -1);
      const keys = lines.map((line) => (/^ {2}"([^"]+)": ".*",?$/.exec(line) || [])[1]);
      assert.deepEqual(keys, known_keys, language);
    }
  }
});

test("both languages have the same holes, and no text is empty", () => {
  for (const key of Object.keys(en)) {
    assert.deepEqual(holes(zh[key] || ""), holes(en[key]), key);
    for (const [language, words] of Object.entries(LANGUAGES)) {
      assert.ok(words[key].trim(), `${language}: ${key}`);
      assert.ok(SPACED.includes(key) || !/ {2}|^ /.test(words[key]), `${language}: ${key} has a space too many`);
    }
  }
});

// Titles of dialogues, and buttons that are only an icon: nobody sees other words than these.
const NOT_SEEN = ["member.ban", "member.card", "member.mute", "member.remove", "member.transfer", "folders.up", "folders.down"];

test("what a button is called has what stands on it: who speaks to the page says what they see", () => {
  for (const [language, words] of Object.entries(LANGUAGES)) {
    const pairs = Object.keys(words).filter((key) => key.endsWith("_name")).map((key) => [key.slice(0, -"_name".length), key])
      .filter(([key]) => key in words && !NOT_SEEN.includes(key));
    assert.ok(pairs.length > 10);
    for (const [key, name] of pairs) {
      assert.ok(words[name].toLowerCase().includes(words[key].toLowerCase()), `${language}: ${name} has not "${words[key]}"`);
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
  for (const [key, text] of Object.entries(zh).filter(([one]) => !LIST.test(one))) {
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
    assert.ok(text in DYNAMIC || Object.keys(DYNAMIC).some((prefix) => text.startsWith(prefix) && text.endsWith(".")),
      `${file}:${line}: "${text}" is no prefix that this test knows`);
  }
});

/** (key) -> can these strings make it up? */
function users(found) {
  const all = new Set(found.map((one) => one.text));
  const parts = new Set([...all].flatMap((text) => text.split(/[._]/)));
  // "person.block" + "_title": the end is put on later.
  const ended = (key) => [...all].some((end) => /^[._][a-z]+$/.test(end) && key.endsWith(end) &&
    (all.has(key.slice(0, -end.length)) || all.has(key.slice(0, -end.length).split(".").pop())));
  return (key) => all.has(key) || ended(key) || Object.entries(DYNAMIC).some(([prefix, from]) => all.has(prefix) &&
    key.startsWith(prefix) && (from === "server" || key.slice(prefix.length).split(/[._]/).every((part) => parts.has(part))));
}

test("every text is used", () => {
  const all = new Set(strings().map((one) => one.text));
  assert.deepEqual(Object.keys(DYNAMIC).filter((prefix) => !all.has(prefix)), [], "prefixes that no code has");
  assert.deepEqual(Object.keys(en).filter((key) => !users(strings())(key)), []);
});

test("the page begins with the words of the scripts that it begins with, and with no others", () => {
  const first = new Set(first_scripts());
  const by_first = users(strings().filter((one) => first.has(one.file)));
  const used = (key) => by_first(key) && !LATER_ERRORS.has(key);
  assert.deepEqual(Object.keys(words_of("later", "en")).filter(used), [], "needed from the beginning");
  assert.deepEqual(Object.keys(words_of("first", "en")).filter((key) => !used(key)), [], "needed later only: i18n/more.*.json");
});

test("no Chinese stands in the code", () => {
  for (const file of scripts().filter((name) => name.startsWith("js/"))) {
    const found = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+/.exec(fs.readFileSync(path.join(WEB, file), "utf8"));
    assert.equal(found && found[0], null, file);
  }
});
