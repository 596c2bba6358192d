"use strict";
// Pictures and files: how far they are, what stops them, what the other gets.
const assert = require("node:assert/strict");
const { Buffer } = require("node:buffer");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { after, before, test } = require("node:test");
const zlib = require("node:zlib");
const { browser, server } = require("./browser");
const { narrow } = require("./fate");
const { becomes, bubbles, create_group, inside, join_group, person, row, sees, sign_up, write } = require("./people");

const MIB = 1024 * 1024;

let running;
let chromium;
let way;
let folder;

before(async () => {
  running = await server();
  chromium = await browser();
  way = await narrow(running.url);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "webqq-files-"));
});

after(async () => {
  if (chromium) { await chromium.close(); }
  if (way) { way.stop(); }
  if (running) { await running.stop(); }
  if (folder) { fs.rmSync(folder, { recursive: true, force: true }); }
});

/** A PNG of one colour. */
function png(width, height) {
  const crc = (bytes) => {
    let sum = ~0;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit += 1) { sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1; }
    }
    return ~sum >>> 0;
  };
  const chunk = (name, data) => {
    const told = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const head = Buffer.alloc(4), tail = Buffer.alloc(4);
    head.writeUInt32BE(data.length);
    tail.writeUInt32BE(crc(told));
    return Buffer.concat([head, told, tail]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 120)]);
  const body = zlib.deflateSync(Buffer.concat(Array(height).fill(line)));
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", header), chunk("IDAT", body), chunk("IEND", Buffer.alloc(0))
  ]);
}

/** Bytes that no compression or guess makes smaller, the same each time. */
function noise(size) {
  const bytes = Buffer.alloc(size);
  let seed = 1;
  for (let at = 0; at < size; at += 1) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    bytes[at] = seed >> 16;
  }
  return bytes;
}

async function two(tag, options) {
  const ann = await person(chromium, way.url, `Ann ${tag}`, { ...options, way });
  const bob = await person(chromium, running.url, `Bob ${tag}`, options);
  await sign_up(ann, `ann_${tag}`);
  await sign_up(bob, `bob_${tag}`);
  await create_group(ann, `Files ${tag}`);
  await join_group(bob, `Files ${tag}`);
  return { ann, bob, page: ann.page };
}

async function part({ ann, bob }) {
  for (const who of [ann, bob]) {
    assert.deepEqual(who.complaints, [], `${who.name}'s page complained`);
    await who.context.close();
  }
}

async function choose(page, button, files) {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: button }).click();
  await (await chooser).setFiles(files);
}

/** What was chosen is in the tray first. */
async function send(page) {
  await page.getByRole("list", { name: "Files to send" }).getByRole("listitem").first().waitFor();
  await page.locator("textarea").press("Enter");
}

/** On disk: through the driver of the browser large ones take longer than through the page. */
function pdf(name, size) {
  fs.writeFileSync(path.join(folder, name), noise(size));
  return path.join(folder, name);
}

function picture(name, width, height) {
  return { name, mimeType: "image/png", buffer: png(width, height) };
}

for (const event_source of [true, false]) {
  const tag = event_source ? "stream" : "poll";

  test(`${tag}: progress rises, the file arrives whole, and a text does not wait for it`, { timeout: 120000 }, async () => {
    const met = await two(`progress_${tag}`, { event_source });
    const { page, bob } = met;
    way.rate(4 * MIB);
    await choose(page, /^Send files/, pdf("lecture 3.pdf", 12 * MIB));
    await page.getByRole("list", { name: "Files to send" }).getByText("lecture 3.pdf").waitFor();
    await page.getByRole("list", { name: "Files to send" }).getByText("12 MB").waitFor();
    await send(page);
    const bar = page.getByRole("progressbar", { name: "Upload of lecture 3.pdf" });
    const seen = [];
    await becomes(async () => {
      const now = await bar.getAttribute("aria-valuenow").catch(() => null);
      if (now !== null && Number(now) !== seen[seen.length - 1]) { seen.push(Number(now)); }
      return seen.length >= 3 || seen;
    }, "at least three values", 20000);
    assert.deepEqual(seen, [...seen].sort((a, b) => a - b), "it never goes back");
    way.rate(0);
    await page.getByRole("link", { name: "Save lecture 3.pdf" }).waitFor();
    const link = bob.page.getByRole("link", { name: "Save lecture 3.pdf" });
    const download = bob.page.waitForEvent("download");
    await link.click();
    const saved = await (await (await download).createReadStream()).toArray();
    assert.equal((await download).suggestedFilename(), "lecture 3.pdf");
    assert.ok(Buffer.concat(saved).equals(noise(12 * MIB)), "the same bytes");
    await part(met);
  });
}

test("a text written while a file travels goes at once; a cancelled file goes never", { timeout: 120000 }, async () => {
  const met = await two("cancel");
  const { page, bob } = met;
  way.rate(MIB);
  await choose(page, /^Send files/, pdf("slow.pdf", 10 * MIB));
  await send(page);
  await page.getByRole("progressbar").waitFor();
  await write(met.ann, "meanwhile");
  await sees(bob, "meanwhile");
  const stopped = page.waitForEvent("requestfailed", (request) => /\/api\/files\?/.test(request.url()));
  await page.getByRole("button", { name: "Cancel sending slow.pdf" }).click();
  await stopped; // no further byte travels
  await page.getByRole("progressbar").waitFor({ state: "detached" });
  way.rate(0);
  await write(met.ann, "after");
  await sees(bob, "after");
  assert.deepEqual(await bubbles(bob), ["meanwhile", "after"]);
  assert.deepEqual(await bubbles(met.ann), ["meanwhile", "after"]);
  await part(met);
});

test("a refused upload says why, and can be tried again or deleted", { timeout: 120000 }, async () => {
  const met = await two("refused");
  const { page, bob } = met;
  let refusals = 2;
  await page.route("**/api/files?*", (route) => {
    refusals -= 1;
    if (refusals < 0) { return route.continue(); }
    return route.fulfill({ status: 429, contentType: "application/problem+json",
      body: JSON.stringify({ type: "about:blank", title: "no", status: 429, code: "too_many_uploads", detail: "no" }) });
  });
  await choose(page, /^Send files/, [pdf("again.pdf", 2000), pdf("never.pdf", 2000)]);
  await send(page);
  const why = page.getByRole("alert").getByText("You have uploaded as much as one may today.");
  await becomes(async () => (await why.count()) === 2, "both say why");
  assert.equal(await page.getByRole("progressbar").count(), 2, "how far they came stays to be seen");
  await page.getByRole("button", { name: "Retry" }).first().click();
  await bob.page.getByRole("link", { name: "Save again.pdf" }).waitFor();
  await page.getByRole("button", { name: "Delete" }).click();
  await becomes(async () => (await bubbles(met.ann)).length === 1, "the other one is gone");
  await part(met);
});

test("too large is said before a byte travels, and learnt from the server", { timeout: 120000 }, async () => {
  const met = await two("large");
  const { page } = met;
  const uploads = [];
  page.on("request", (request) => { if (/\/api\/files\?/.test(request.url())) { uploads.push(request.url()); } });
  await page.getByRole("button", { name: "Send files (up to 20 MB each)" }).waitFor();
  await choose(page, /^Send files/, pdf("huge.zip", 20 * MIB + 1));
  await page.getByRole("alert").getByText("“huge.zip” is larger than 20 MB.").waitFor();
  assert.equal(await page.getByRole("list", { name: "Files to send" }).count(), 0);
  assert.deepEqual(uploads, []);
  // A server that allows less than the page believes says so itself.
  await page.evaluate("chat.limits.file_bytes = 40 * 1024 * 1024");
  await choose(page, /^Send files/, pdf("huge.zip", 20 * MIB + 1));
  await send(page);
  await page.getByRole("log").getByText("“huge.zip” is larger than 20 MB.").waitFor();
  await page.getByRole("button", { name: "Send files (up to 20 MB each)" }).waitFor();
  await part(met);
});

test("a picture keeps its place while it comes, and shows when it cannot", { timeout: 120000 }, async () => {
  const met = await two("place");
  const { page, bob } = met;
  await bob.page.evaluate("window.moved = 0; new PerformanceObserver(function (list) {" +
    "list.getEntries().forEach(function (one) { window.moved += one.value; }); }).observe({ type: 'layout-shift', buffered: false });");
  let slow = true;
  const held = [];
  await bob.page.route("**/thumbnail", (route) => (slow ? held.push(route) : route.abort()));
  await choose(page, /^Send pictures/, [picture("wide.png", 640, 400), picture("tall.png", 100, 900)]);
  await send(page);
  const shown = bob.page.getByRole("log").getByRole("img");
  await becomes(async () => (await shown.count()) === 2, "both have a place");
  const places = () => shown.evaluateAll((all) => all.map((one) => [one.offsetWidth, one.offsetHeight]));
  const before_it = await places();
  assert.deepEqual(before_it, [[240, 150], [27, 240]]);
  await write(met.ann, "below");
  await sees(bob, "below");
  const y = async () => (await bob.page.getByRole("log").getByText("below").boundingBox()).y;
  const at = await y();
  await bob.page.evaluate("window.moved = 0");
  slow = false;
  for (const route of held) { await route.continue(); }
  await becomes(() => shown.evaluateAll((all) => all.every((one) => one.complete && one.naturalWidth > 0)), "both are there");
  assert.deepEqual(await places(), before_it);
  assert.equal(await y(), at);
  assert.equal(await bob.page.evaluate("window.moved"), 0, "nothing moved");
  // In another page the picture cannot be had.
  await bob.page.reload();
  await inside(bob);
  await bob.page.getByText("This picture cannot be shown.").first().waitFor();
  await part(met);
});

test("a picture opens whole, with a way to save it, and Escape leads back", { timeout: 120000 }, async () => {
  const met = await two("viewer");
  const { page, bob } = met;
  await choose(page, /^Send pictures/, picture("view.png", 640, 400));
  await page.getByRole("list", { name: "Files to send" }).getByRole("img", { name: "view.png" }).waitFor();
  await page.locator("textarea").fill("look at this");
  await page.locator("textarea").press("Enter");
  await sees(bob, "look at this");
  assert.equal((await bubbles(bob))[1], "look at this", "the word comes after what it is about");
  const small = bob.page.getByRole("log").getByRole("link", { name: "[Picture] view.png" });
  await small.click();
  const whole = bob.page.getByRole("dialog", { name: "view.png" });
  const size = () => whole.getByRole("img").evaluate((one) => [one.naturalWidth, one.offsetWidth]);
  await becomes(async () => String(await size()) === "640,640" || size(), "in full size");
  assert.equal(await whole.getByRole("link", { name: "Save" }).getAttribute("download"), "view.png");
  assert.equal(bob.context.pages().length, 1, "no other tab");
  await bob.page.keyboard.press("Escape");
  await whole.waitFor({ state: "detached" });
  await becomes(() => small.evaluate((one) => one.ownerDocument.activeElement === one), "the focus is back where it was");
  await part(met);
});

test("pasted and dropped pictures wait to be sent; pasted text stays text", { timeout: 120000 }, async () => {
  const met = await two("paste");
  const { page, bob } = met;
  const tray = page.getByRole("list", { name: "Files to send" });
  const bring = (what, target, name, text) => page.evaluate(`(function (bytes) {
    var data = new DataTransfer(), event;
    data.items.add(new File([new Uint8Array(bytes)], ${JSON.stringify(name)}, { type: "image/png" }));
    if (${JSON.stringify(text || "")}) { data.setData("text/plain", ${JSON.stringify(text || "")}); }
    event = ${JSON.stringify(what)} === "paste" ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
      : new DragEvent(${JSON.stringify(what)}, { dataTransfer: data, bubbles: true, cancelable: true });
    return !document.querySelector(${JSON.stringify(target)}).dispatchEvent(event);
  }(${JSON.stringify([...png(30, 20)])}))`);
  assert.equal(await bring("paste", "textarea", "pasted.png"), true);
  await tray.getByRole("img", { name: "pasted.png" }).waitFor();
  assert.equal(await bring("paste", "textarea", "table.png", "cells"), false, "the text is what was meant");
  assert.equal(await bring("dragover", ".log", "dropped.png"), true);
  await page.getByText("Drop to add files for Files paste").waitFor();
  assert.equal(await bring("drop", ".log", "dropped.png"), true);
  await page.getByText("Drop to add files for Files paste").waitFor({ state: "detached" });
  await tray.getByRole("img", { name: "dropped.png" }).waitFor();
  assert.equal(await tray.getByRole("listitem").count(), 2);
  await page.getByRole("button", { name: "Remove pasted.png" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await bob.page.getByRole("img", { name: "[Picture] dropped.png" }).waitFor();
  await tray.waitFor({ state: "detached" });
  assert.equal((await bubbles(bob)).length, 1);
  await part(met);
});

test("leaving while a file travels is warned of, and told afterwards", { timeout: 120000 }, async () => {
  const met = await two("leave");
  const { page, bob, ann } = met;
  way.rate(MIB);
  await choose(page, /^Send files/, pdf("half.pdf", 10 * MIB));
  await send(page);
  await page.getByRole("progressbar").waitFor();
  let warned = "";
  page.once("dialog", (dialog) => {
    warned = dialog.type();
    dialog.accept();
  });
  await page.reload();
  way.rate(0);
  assert.equal(warned, "beforeunload");
  await inside(ann);
  await row(ann, "Files leave").waitFor();
  await page.getByRole("alert").getByText("closed before this file had been uploaded").waitFor();
  await choose(page, "Retry", pdf("half.pdf", 3000));
  await bob.page.getByRole("link", { name: "Save half.pdf" }).waitFor();
  await becomes(async () => (await bubbles(ann)).length === 1 || bubbles(ann), "one row, and no more");
  await page.reload();
  await inside(ann);
  await page.getByRole("link", { name: "Save half.pdf" }).waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  await part(met);
});
