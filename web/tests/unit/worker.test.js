"use strict";
// The script of the page is the worker's, too: there it serves tabs, and nothing of the page begins.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const vm = require("node:vm");
const { WEB, body_scripts, worker_scripts } = require("../load");

/** Runs a script in a worker that has no page, and nothing that a tab did not give it. */
function worker() {
  const self = { setTimeout: () => 0, clearTimeout: () => undefined, navigator: {}, location: { href: "http://a/w.js" } };
  self.self = self;
  const context = vm.createContext(self);
  const run = (file) => vm.runInContext(fs.readFileSync(path.join(WEB, file), "utf8"), context, { filename: file });
  return { self: context, run };
}

/** A tab comes; what it is told. */
function tab(self) {
  const told = [];
  const port = { postMessage: (one) => told.push(one.type) };
  self.onconnect({ ports: [port] });
  port.onmessage({ data: { type: "hello" } });
  return told;
}

test("joined: all that the page begins with behind its head, in one run", () => {
  const { self, run } = worker();
  for (const file of body_scripts()) { run(file); }
  assert.equal(self.chat.main, null, "no page began");
  assert.ok(tab(self).length > 0);
});

test("one by one: it reads what it needs itself", () => {
  const { self, run } = worker();
  const { own, imports } = worker_scripts();
  const read = [];
  self.importScripts = (...files) => files.forEach((file) => {
    read.push(file.slice(1));
    run(file.slice(1));
  });
  run(own);
  assert.deepEqual(read, imports);
  assert.ok(tab(self).length > 0);
});
