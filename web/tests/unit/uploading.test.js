"use strict";
// Files: from being chosen to being posted, with bytes that move when the test says so.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Clock, dictionary, load, plain } = require("../load");

const C = "c1";
const MIB = 1024 * 1024;
const lost = { status: 0, code: "network", detail: "", retry_ms: 0 };

function page() {
  const clock = new Clock();
  const urls = { made: [], live: new Set() };
  const pictures = [];
  class FakeDate extends Date {
    constructor(...given) { super(...(given.length ? given : [FakeDate.now()])); }
    static now() { return 1700000000000 + clock.now; }
  }
  const { chat } = load(["lib/", "kinds/", "state/", "actions/"], {
    ...clock.fakes, Date: FakeDate,
    URL: {
      createObjectURL: () => { urls.made.push("blob:" + urls.made.length); urls.live.add(urls.made.at(-1)); return urls.made.at(-1); },
      revokeObjectURL: (url) => urls.live.delete(url)
    },
    document: { createElement: () => { pictures.push({}); return pictures.at(-1); } }
  });
  chat.i18n.use(dictionary("en"));
  const uploads = [], posts = [];
  chat.upload = (method, url, file, on) => {
    const one = { method, url, file, on, aborted: false };
    uploads.push(one);
    return { abort: () => { one.aborted = true; } };
  };
  let asked = null;
  chat.choose_files = (how, done) => { asked = done; };
  const app = { store: chat.store(chat.reduce, chat.initial()) };
  app.api = { post: (id, draft, done) => posts.push({ draft: plain(draft), done }) };
  app.send = chat.send(app);
  app.uploading = chat.uploading(app);
  app.store.listen(app.send.follow);
  app.store.listen(app.uploading.follow);
  app.store.dispatch({ type: "synced", snapshot: { cursor: "0", me: { id: "me", name: "Me" }, conversations: [{
    id: C, type: "group", name: "G", unread: 0, read_seq: 5, head_seq: 5, last_message: null
  }] } });
  let seq = 5;
  return {
    app, chat, clock, urls, uploads, posts, pictures,
    choose: (files) => asked(files),
    outbox: () => plain(app.store.state().outbox),
    tray: () => plain(app.store.state().picked[C] || []),
    up: (one, values) => one.on.done(null, {
      file: { id: "f" + uploads.indexOf(one), name: one.file.name, size: one.file.size, mime: "x/y", ...values }
    }),
    accept: (call) => { seq += 1; call.done(null, { conversation: C, seq, sent_at: "2026-01-01T00:00:00.000Z" }); }
  };
}

const picture = (name, size = 10) => ({ name, size, type: "image/png" });
const file = (name, size = 10) => ({ name, size, type: "application/pdf" });
const size = { width: 40, height: 30 };

test("what is chosen is shown before it is sent, and let go of when it is taken out", () => {
  const { app, urls, pictures, tray } = page();
  assert.equal(app.uploading.pick(C, [picture("a.png"), file("b.pdf")]), null);
  assert.deepEqual(tray().map((one) => [one.name, one.as, one.url]), [["a.png", "image", "blob:0"], ["b.pdf", "file", null]]);
  Object.assign(pictures[0], { naturalWidth: 640, naturalHeight: 400 }).onload();
  assert.deepEqual([tray()[0].width, tray()[0].height], [640, 400]);
  app.uploading.unpick(C, tray()[0].id);
  assert.deepEqual([tray().length, urls.live.size], [1, 0]);
});

test("what cannot be taken is said before a byte travels, and the rest is taken", () => {
  const { app, chat, tray } = page();
  assert.equal(app.uploading.pick(C, [file("big.zip", 20 * MIB + 1), file("ok.pdf", 20 * MIB)]).code, "file_too_large");
  assert.equal(app.uploading.pick(C, [file("none.txt", 0)]).code, "empty_file");
  assert.deepEqual(tray().map((one) => one.name), ["ok.pdf"]);
  const many = Array.from({ length: chat.limits.picked_files }, (_, at) => file("f" + at));
  assert.equal(app.uploading.pick(C, many).code, "too_many_files");
  assert.equal(tray().length, chat.limits.picked_files);
  assert.match(chat.i18n.problem(app.uploading.pick(C, [file("big.zip", 30 * MIB)])), /big\.zip.*20 MB/);
});

test("two at a time; posted in the order they were chosen, whichever is up first", () => {
  const { app, uploads, posts, up, accept, outbox, tray } = page();
  app.uploading.pick(C, [picture("1.png"), file("2.pdf"), picture("3.png")]);
  assert.equal(app.uploading.send(C), null);
  assert.deepEqual([tray().length, uploads.map((one) => one.url)], [0, ["/api/files?name=1.png", "/api/files?name=2.pdf"]]);
  up(uploads[1]);
  assert.deepEqual([uploads.length, posts.length], [3, 0], "the first is not up yet");
  up(uploads[2], size);
  up(uploads[0], size);
  accept(posts[0]);
  accept(posts[1]);
  accept(posts[2]);
  assert.deepEqual(posts.map((call) => [call.draft.kind, call.draft.body.name, call.draft.body.file]),
    [["image", "1.png", "f0"], ["file", "2.pdf", "f1"], ["image", "3.png", "f2"]]);
  assert.deepEqual(outbox(), []);
});

test("a text written meanwhile does not wait; one sent together with files comes after them", () => {
  const { app, uploads, posts, up, accept, outbox } = page();
  app.uploading.pick(C, [picture("1.png")]);
  const id = app.store.state().picked[C][0].id;
  app.uploading.send(C);
  app.send.text(C, "about the picture", null, id);
  app.send.text(C, "something else");
  assert.deepEqual(posts.map((call) => call.draft.body.text), ["something else"]);
  accept(posts[0]);
  up(uploads[0], size);
  accept(posts[1]);
  assert.deepEqual(posts.map((call) => call.draft.body.text || call.draft.body.name), ["something else", "1.png", "about the picture"]);
  accept(posts[2]);
  assert.deepEqual(outbox(), []);
  // A picture that does not get there keeps no word back.
  app.uploading.pick(C, [picture("2.png")]);
  const other = app.store.state().picked[C][0].id;
  app.uploading.send(C);
  app.send.text(C, "alone", null, other);
  uploads[1].on.done({ status: 422, code: "invalid", detail: "", retry_ms: 0 }, null);
  assert.equal(posts[3].draft.body.text, "alone");
});

test("progress is told, not too often, and always at the end", () => {
  const { app, uploads, clock, outbox } = page();
  app.uploading.pick(C, [file("a.pdf", 1000)]);
  app.uploading.send(C);
  let told = 0;
  app.store.listen(() => { told += 1; });
  for (let sent = 1; sent <= 1000; sent += 1) {
    uploads[0].on.progress(sent, 1000);
    clock.advance(1);
  }
  assert.deepEqual([outbox()[0].upload.sent, outbox()[0].upload.total], [1000, 1000]);
  assert.ok(told >= 10 && told <= 12, `told ${told} times`);
});

test("cancelling ends the request and forgets the bytes", () => {
  const { app, uploads, urls, outbox } = page();
  app.uploading.pick(C, [picture("a.png"), picture("b.png"), picture("c.png")]);
  app.uploading.send(C);
  app.send.discard(outbox()[0].client_id);
  assert.deepEqual([uploads[0].aborted, uploads[1].aborted, urls.live.size, outbox().length], [true, false, 2, 2]);
  assert.equal(uploads[2].file.name, "c.png", "the next one takes its place");
  app.store.dispatch({ type: "signed_out" });
  assert.deepEqual([uploads[1].aborted, uploads[2].aborted, urls.live.size], [true, true, 0]);
});

test("a lost network is tried again a few times by itself, then somebody decides", () => {
  const { app, uploads, clock, outbox, chat } = page();
  app.uploading.pick(C, [file("a.pdf")]);
  app.uploading.send(C);
  for (let i = 0; i < chat.limits.upload_tries; i += 1) {
    uploads[i].on.done(lost, null);
    clock.advance(40000);
  }
  assert.deepEqual([uploads.length, outbox()[0].state, outbox()[0].problem.code], [chat.limits.upload_tries, "failed", "network"]);
  app.send.again(outbox()[0].client_id);
  assert.deepEqual([uploads.length, outbox()[0].state], [chat.limits.upload_tries + 1, "uploading"]);
  assert.equal(uploads.at(-1).file.name, "a.pdf", "the same bytes");
});

test("without a session it waits, and goes on after signing in again", () => {
  const { app, clock, uploads, outbox, posts, up } = page();
  let asked = 0;
  app.session = { unauthorized: () => { asked += 1; } };
  app.uploading.pick(C, [picture("1.png")]);
  const id = app.store.state().picked[C][0].id;
  app.uploading.send(C);
  app.send.text(C, "about the picture", null, id);
  uploads[0].on.done({ status: 401, code: "no_session", detail: "", retry_ms: 0 }, null);
  clock.advance(60000);
  assert.deepEqual([asked, outbox()[0].state, uploads.length, posts.length], [1, "waiting", 1, 0]);
  app.store.dispatch({ type: "again", client_id: id });
  up(uploads[1], size);
  assert.equal(posts[0].draft.body.name, "1.png");
});

test("a refusal for size teaches the limit; the day's amount is not asked for again", () => {
  const { app, uploads, clock, outbox, chat } = page();
  app.uploading.pick(C, [file("a.pdf", 6 * MIB), file("b.pdf")]);
  app.uploading.send(C);
  uploads[0].on.done({
    status: 413, code: "too_large", detail: "The body is too long: at most 5242880 bytes are accepted here.", retry_ms: 0
  }, null);
  assert.equal(chat.i18n.problem(outbox()[0].problem), "“a.pdf” is larger than 5 MB.");
  assert.equal(app.uploading.pick(C, [file("c.pdf", 5 * MIB + 1)]).code, "file_too_large");
  uploads[1].on.done({ status: 429, code: "too_many_uploads", detail: "", retry_ms: 3600000 }, null);
  clock.advance(4000000);
  assert.deepEqual([outbox()[1].state, uploads.length], ["failed", 2]);
});

test("a picture that the server cannot read is sent as a file, and one chosen as a file stays one", () => {
  const { app, uploads, posts, up } = page();
  app.uploading.pick(C, [picture("broken.png")]);
  app.uploading.pick(C, [picture("plain.png")], "file");
  app.uploading.send(C);
  up(uploads[0]);
  up(uploads[1], size);
  assert.equal(posts[0].draft.kind, "file");
  posts[0].done(null, { conversation: C, seq: 6, sent_at: "" });
  assert.equal(posts[1].draft.kind, "file");
});

test("a file whose bytes are gone is chosen again in its place", () => {
  const { app, uploads, outbox, choose } = page();
  app.store.dispatch({ type: "restored", items: [{
    client_id: "old", conversation: C, kind: "image", body: { name: "a.png", size: 5 }, order: 1,
    state: "failed", problem: { code: "file_lost" }
  }] });
  app.send.again("old");
  assert.equal(outbox()[0].client_id, "old", "nothing changes until something is chosen");
  choose([picture("again.png")]);
  assert.deepEqual([outbox().length, outbox()[0].state, uploads[0].file.name], [1, "uploading", "again.png"]);
});
