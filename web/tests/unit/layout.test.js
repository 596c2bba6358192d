"use strict";
// Numbers that two files have to agree on.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { WEB, load } = require("../load");

test("scripts and styles call the same width narrow", () => {
  const { chat } = load(["lib/limits.js"]);
  const css = fs.readFileSync(path.join(WEB, "css/frame.css"), "utf8");
  assert.match(css, new RegExp(`@media \\(max-width: ${chat.limits.narrow_px - 1}px\\)`));
});
