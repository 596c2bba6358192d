"use strict";
// The small rules: keys, waiting, ids, words, and what old browsers are given.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { WEB, load, plain } = require("../load");

test("Enter sends, unless it belongs to Shift or to the input method", () => {
  const { chat } = load(["lib/keys"]);
  const sends = (event) => Boolean(chat.keys.sends(event));
  assert.equal(sends({ key: "Enter", keyCode: 13 }), true);
  assert.equal(sends({ keyCode: 13 }), true, "engines without event.key");
  assert.equal(sends({ key: "Enter", keyCode: 13, shiftKey: true }), false);
  assert.equal(sends({ key: "Enter", keyCode: 13, isComposing: true }), false);
  assert.equal(sends({ key: "Enter", keyCode: 229 }), false);
  assert.equal(sends({ key: "Process", keyCode: 229 }), false);
  assert.equal(sends({ key: "a", keyCode: 65 }), false);
});

test("back-off stays between its floor and its ceiling", () => {
  const { chat } = load(["lib/limits", "lib/backoff"]);
  assert.equal(chat.backoff(0, () => 0), 250);
  assert.equal(chat.backoff(0, () => 0.999), 1249);
  assert.equal(chat.backoff(3, () => 0.5), 4250);
  for (let failures = 0; failures < 2000; failures += 1) {
    const wait = chat.backoff(failures);
    assert.ok(wait >= 250 && wait <= 30250, `${wait} after ${failures}`);
  }
});

test("ids are UUIDs, with and without a source of randomness", () => {
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  for (const fakes of [{ crypto: globalThis.crypto, Uint8Array }, { msCrypto: globalThis.crypto, Uint8Array }, {}]) {
    const { chat } = load(["lib/id"], fakes);
    const made = new Set(Array.from({ length: 500 }, () => chat.id()));
    assert.equal(made.size, 500);
    for (const id of made) { assert.match(id, shape); }
  }
});

test("words: holes, forms, and problems by code, then by detail", () => {
  const { chat } = load(["lib/i18n"]);
  chat.i18n.use({ a: "{count} thing|{count} things", b: "by {name}", "error.full": "Full.", "error.unknown": "? {code}" });
  assert.equal(chat.i18n.t("a", { count: 1 }), "1 thing");
  assert.equal(chat.i18n.t("a", { count: 2 }), "2 things");
  assert.equal(chat.i18n.t("b", { name: "x|{y}" }), "by x|{y}", "what a user wrote is never a pattern");
  assert.equal(chat.i18n.t("missing"), "missing");
  assert.equal(chat.i18n.problem({ code: "full", detail: "other" }), "Full.");
  assert.equal(chat.i18n.problem({ code: "new", detail: "Told by the server." }), "Told by the server.");
  assert.equal(chat.i18n.problem({ code: "new", detail: "" }), "? new");
  assert.equal(chat.i18n.problem({ code: "invalid", detail: "See fields.", fields: [{ field: "name", message: "is too long" }] }),
    "name: is too long");
});

test("browsers without custom properties get the light palette, rule by rule", () => {
  const { chat } = load(["legacy"]);
  const tokens = fs.readFileSync(path.join(WEB, "css/tokens.css"), "utf8");
  const palette = chat.legacy.palette(tokens);
  assert.equal(palette["--ink"], "#1b2430");
  const rules = plain(chat.legacy.rules("a { color: var(--ink); } /* } */ @media (x) { b { color: var(--mine); } }", palette));
  assert.deepEqual(rules.map((rule) => rule.trim()),
    ["a { color: #1b2430; }", "@media (x) { b { color: #cde5fb; } }"]);
  for (const name of fs.readdirSync(path.join(WEB, "css"))) {
    const css = fs.readFileSync(path.join(WEB, "css", name), "utf8");
    assert.doesNotMatch(chat.legacy.rules(css, palette).join(""), /var\(/, name);
  }
});

test("a member goes by the card in this group, else by name", () => {
  const { chat } = load(["actions/groups"]);
  const user = { id: "1", name: "He", username: "he" };
  const of = (told) => plain(chat.groups.member({ user, role: "owner", status: "busy", ...told }));
  assert.deepEqual(of({ card: "" }), { id: "1", user, name: "He", role: "owner", card: "", status: "busy", muted_until: null });
  assert.equal(of({ card: "Boss" }).name, "Boss");
  assert.equal(of({ muted_until: "2026-01-01T00:00:00Z" }).muted_until, "2026-01-01T00:00:00Z");
});
