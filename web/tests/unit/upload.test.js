"use strict";
// One upload against a server that moves when the test says so.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Clock, load, plain } = require("../load");

function start() {
  const clock = new Clock();
  const requests = [];
  class Fake {
    constructor() { Object.assign(this, { upload: {}, headers: {}, status: 0, responseText: "", aborted: false }); requests.push(this); }
    open(method, url) { Object.assign(this, { method, url }); }
    setRequestHeader(name, value) { this.headers[name] = value; }
    getResponseHeader() { return null; }
    send(body) { this.body = body; }
    abort() { this.aborted = true; }
    answer(status, body) { Object.assign(this, { status, responseText: JSON.stringify(body) }); this.onload(); }
  }
  const { chat } = load(["lib/limits", "lib/http", "lib/upload"],
    { ...clock.fakes, XMLHttpRequest: Fake, document: { cookie: "a=b; csrftoken=secret" } });
  const told = { progress: [], done: [] };
  const file = { size: 100 };
  const running = chat.upload("POST", "/api/files?name=a", file, {
    progress: (sent, total) => told.progress.push([sent, total]),
    done: (problem, answer) => told.done.push(plain([problem, answer]))
  });
  return { clock, told, file, running, request: requests[0], chat };
}

test("an upload sends the file itself, says how far it is, and ends once", () => {
  const { told, file, request } = start();
  assert.deepEqual([request.method, request.url, request.headers["X-CSRFToken"]], ["POST", "/api/files?name=a", "secret"]);
  assert.equal(request.body, file);
  request.upload.onprogress({ loaded: 40, total: 100, lengthComputable: true });
  request.upload.onprogress({ loaded: 90, total: 0, lengthComputable: false });
  assert.deepEqual(told.progress, [[40, 100], [90, 100]]);
  request.answer(201, { file: { id: "f" } });
  request.onerror();
  assert.deepEqual(told.done, [[null, { file: { id: "f" } }]]);
});

test("a refusal keeps its code; an aborted upload tells nothing", () => {
  const refused = start();
  refused.request.answer(413, { code: "too_large", detail: "at most 5 bytes" });
  assert.deepEqual([refused.told.done[0][0].status, refused.told.done[0][0].code], [413, "too_large"]);
  const aborted = start();
  aborted.running.abort();
  aborted.request.onerror();
  aborted.request.upload.onprogress({ loaded: 1, total: 2, lengthComputable: true });
  aborted.clock.advance(200000);
  assert.deepEqual([aborted.told.done, aborted.told.progress, aborted.request.aborted], [[], [], true]);
});

test("only standing still counts as lost, however long it takes", () => {
  const { clock, told, request, chat } = start();
  const almost = chat.limits.upload_stall_ms - 1;
  for (let i = 1; i < 6; i += 1) {
    clock.advance(almost);
    request.upload.onprogress({ loaded: i, total: 100, lengthComputable: true });
  }
  assert.deepEqual(told.done, []);
  clock.advance(almost + 1);
  assert.deepEqual([told.done.length, told.done[0][0].code, request.aborted], [1, "network", true]);
});
