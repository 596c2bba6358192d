"use strict";
// House rules that a machine can hold.
const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { WEB, first_scripts, scripts, worker_scripts } = require("./load");

const read = (name) => fs.readFileSync(path.join(WEB, name), "utf8");
const under = (folder, end) => fs.readdirSync(path.join(WEB, folder), { recursive: true })
  .filter((name) => name.endsWith(end)).map((name) => folder + "/" + name.split(path.sep).join("/")).sort();

test("index.html lists every script and every style once", () => {
  const listed = scripts();
  assert.deepEqual(listed.filter((name) => name.startsWith("js/")).sort(), under("js", ".js"));
  assert.deepEqual(listed.filter((name) => name.startsWith("vendor/")), under("vendor", ".js"));
  const styles = [...read("index.html").matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map((found) => found[1]);
  assert.deepEqual([...styles].sort(), under("css", ".css"));
  assert.equal(styles[0], "css/tokens.css", "js/legacy.js reads the palette from the first sheet");
});

test("index.html has no inline script or style: the content policy allows none", () => {
  const html = read("index.html");
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)/);
  assert.doesNotMatch(html, /<style|\bstyle=|\son\w+=/);
});

test("one file, one name, of a readable size", () => {
  const names = new Set();
  for (const file of under("js", ".js")) {
    const text = read(file);
    const lines = text.trimEnd().split("\n").length;
    const given = [...text.matchAll(/^chat\.(\w+) = /gm)].map((found) => found[1]);
    assert.ok(lines <= 230, `${file} has ${lines} lines`);
    assert.match(text, /^\/\/ /, `${file} begins with what it is for`);
    assert.match(text, /^var chat = chat \|\| \{\};$/m, file);
    assert.deepEqual(given, [path.basename(file, ".js")], `${file} gives the name it bears`);
    assert.ok(!names.has(given[0]), `${given[0]} is given twice`);
    names.add(given[0]);
  }
});

test("scripts come after what they use while loading", () => {
  // Inside a function a name is looked up when it runs; at the top of a file,
  // where a `var` or a registration takes it, it has to be there already.
  const worker = worker_scripts();
  in_order(scripts().filter((name) => name.startsWith("js/")));
  in_order([...worker.imports, worker.own]);
});

function in_order(files) {
  const before = new Set();
  for (const file of files) {
    for (const found of read(file).matchAll(/^ {0,2}(?:var \w+ = |return )chat\.(\w+)|^ {2}chat\.(\w+)\.add/gm)) {
      const used = found[1] || found[2];
      assert.ok(before.has(used), `${file} needs ${used} earlier`);
    }
    before.add(path.basename(file, ".js"));
  }
}

test("the worker reads what the page begins with, in its order", () => {
  const { own, imports } = worker_scripts();
  assert.ok(imports.length > 5);
  assert.deepEqual(first_scripts().filter((name) => [...imports, own].includes(name)), [...imports, own]);
});

test("a button that was pressed stays as it is until the answer comes: disabled, it would lose the keyboard's place", () => {
  for (const file of under("js/views", ".js")) { assert.doesNotMatch(read(file), /disabled: [^,}]*\b(busy|loading)\b/, file); }
});

test("what the worker runs needs no page", () => {
  for (const file of worker_scripts().imports.filter((name) => name !== "js/lib/http.js")) {
    assert.doesNotMatch(read(file), /\b(window|document|localStorage|sessionStorage|preact)\b/, file);
  }
});

test("styles use nothing that the oldest browsers lay out differently", () => {
  const banned = [
    [/display:\s*(inline-)?grid/, "grid"], [/(^|[\s;{])gap:/, "gap"], [/\b(min|max|clamp)\(/, "min(), max(), clamp()"],
    [/:is\(|:where\(|:has\(/, ":is, :where, :has"], [/position:\s*sticky/, "sticky"], [/object-fit/, "object-fit"],
    [/flex:\s*\d+ \d+ 0\s*[;}]/, "flex basis without a unit"], [/\binset:/, "inset"]
  ];
  for (const file of under("css", ".css")) {
    for (const [pattern, name] of banned) { assert.doesNotMatch(read(file), pattern, `${file}: ${name}`); }
  }
});

test("every colour is a token, and every token is there in every theme", () => {
  for (const file of under("css", ".css").filter((name) => name !== "css/tokens.css")) {
    assert.doesNotMatch(read(file), /#[0-9a-f]{3,8}\b(?![\w-]*\s*\{)/i, file);
    for (const found of read(file).matchAll(/var\((--[\w-]+)\)/g)) {
      assert.ok(read("css/tokens.css").includes(found[1] + ":"), `${file}: ${found[1]}`);
    }
  }
  const blocks = [...read("css/tokens.css").matchAll(/\{([^{}]+)\}/g)].map((found) => found[1]);
  const tokens = (block) => [...block.matchAll(/(--[\w-]+):/g)].map((found) => found[1]);
  assert.equal(blocks.length, 4);
  for (const block of blocks) { assert.deepEqual(tokens(block), tokens(blocks[0])); }
  const values = (block) => block.replace(/\s+/g, " ");
  assert.equal(values(blocks[2]), values(blocks[0]));
  assert.equal(values(blocks[3]), values(blocks[1]));
});

test("vendored files are what their SHA256 says", () => {
  for (const list of under("vendor", "SHA256")) {
    for (const line of read(list).trim().split("\n")) {
      const [sum, name] = line.split(/\s+/);
      const bytes = fs.readFileSync(path.join(WEB, path.dirname(list), name));
      assert.equal(crypto.createHash("sha256").update(bytes).digest("hex"), sum, name);
    }
  }
});
