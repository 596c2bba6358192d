"use strict";
// Ten thousand messages: the pane follows the news, stands still for whoever reads,
// and finds its way to any message and back.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { after, before, test } = require("node:test");
const { browser, server } = require("./browser");
const { held, in_sight, message, pane, place, post, scroll_to } = require("./lines");
const { PASSWORD, becomes, create_group, join_group, person, row, settled, sign_in, sign_up } = require("./people");

const MANY = 10000;

let running;
let chromium;
let ann;
let bob;

function prepare(run) {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "webqq-log-")), "log.txt");
  const two = (number) => String(number).padStart(2, "0");
  fs.writeFileSync(file, Array.from({ length: MANY }, (_, at) =>
    `[${two(8 + Math.floor(at / 900))}:${two(Math.floor(at / 15) % 60)}] <${at % 7 ? "lee" : "kim"}> number ${at + 1}.\n`).join(""));
  run(["user", "add", "ann", "--name", "Ann"], PASSWORD + "\n");
  run(["import-irc", file, "--group", "Big", "--owner", "ann", "--date", "2025-03-01"]);
  fs.rmSync(path.dirname(file), { recursive: true });
}

before(async () => {
  running = await server({ options: ["--post-rate", "0"], prepare });
  chromium = await browser();
  bob = await person(chromium, running.url, "Bob");
  await sign_up(bob, "bob");
  await join_group(bob, "Big");
  ann = await person(chromium, running.url, "Ann");
  ann.username = "ann";
  await sign_in(ann);
  await row(ann, "Big").click();
  await message(ann, `number ${MANY}.`).waitFor();
});

after(async () => {
  if (chromium) { await chromium.close(); }
  if (running) { await running.stop(); }
});

const newest = () => ann.page.getByRole("button", { name: /To the newest message/ });

const first_row = () => ann.page.locator(".log li[data-seq]").first().getAttribute("data-seq");

/** What is drawn is one unbroken stretch. */
async function unbroken() {
  const numbers = await ann.page.evaluate(() => [...globalThis.document.querySelectorAll(".log .bubble")]
    .map((one) => /^number (\d+)\.$/.exec(one.textContent)).filter(Boolean).map((found) => Number(found[1])));
  numbers.forEach((number, at) => assert.ok(at === 0 || number === numbers[at - 1] + 1, `${numbers[at - 1]} is followed by ${number}`));
  return numbers;
}

test("a burst keeps the pane at the newest, with no more than 200 rows", { timeout: 120000 }, async () => {
  for (let i = 1; i <= 240; i += 30) {
    await Promise.all(Array.from({ length: 30 }, (_, at) => post(bob, "text", { text: `burst ${i + at}.` })));
    const { from_bottom } = await pane(ann);
    assert.ok(from_bottom < 2, `${from_bottom} px from the bottom`);
  }
  await message(ann, "burst 240.").waitFor();
  const { from_bottom, rows } = await pane(ann);
  assert.ok(from_bottom < 2 && rows === 200, JSON.stringify({ from_bottom, rows }));
  assert.equal(await newest().count(), 0);
});

/**
 * Makes the composer higher: by a sentence above the field, and as if somebody drew the field larger. Nothing
 * else is drawn meanwhile: any news would put the pane right by the way.
 */
async function grows(who) {
  await who.page.evaluate(() => {
    globalThis.draw = globalThis.preact.render;
    globalThis.preact.render = () => {};
  });
  const field = who.page.locator("textarea");
  const low = (await who.page.locator(".log").boundingBox()).height;
  const at_end = () => becomes(async () => (await pane(who)).from_bottom < 2 || pane(who), "still at the newest");
  await field.fill("x".repeat(5001));
  await field.press("Enter");
  await who.page.getByRole("alert").filter({ hasText: "5001" }).waitFor();
  await at_end();
  await field.evaluate((one) => { one.style.height = "200px"; });
  await at_end();
  assert.ok((await who.page.locator(".log").boundingBox()).height < low - 100, "it took its room from the messages");
  await field.evaluate((one) => { one.style.height = ""; });
  await field.fill("");
  await at_end();
  await who.page.evaluate(() => { globalThis.preact.render = globalThis.draw; });
}

test("a composer that grows does not cover the newest message, in new browsers and old", { timeout: 60000 }, async () => {
  await grows(ann);
  const cid = await person(chromium, running.url, "Cid", { event_source: false, gone: ["ResizeObserver"] });
  await sign_up(cid, "cid");
  await join_group(cid, "Big");
  for (let i = 1; i <= 30; i += 1) { await post(bob, "text", { text: `newcomer ${i}.` }); }
  await message(cid, "newcomer 30.").waitFor();
  await grows(cid);
  await cid.context.close();
});

test("an arrival draws only what it changes", { timeout: 60000 }, async () => {
  await ann.page.evaluate(() => {
    const rows = globalThis.chat.message.prototype;
    const draw = rows.render;
    globalThis.drawn = 0;
    rows.render = function (...given) {
      globalThis.drawn += 1;
      return draw.apply(this, given);
    };
  });
  for (let i = 1; i <= 5; i += 1) {
    await post(bob, "text", { text: `counted ${i}.` });
    await message(ann, `counted ${i}.`).waitFor();
  }
  const drawn = await ann.page.evaluate(() => globalThis.drawn);
  assert.ok(drawn >= 5 && drawn <= 20, `${drawn} rows were drawn for 5 messages`);
});

test("reading: nothing moves when messages arrive, and the button counts them", { timeout: 60000 }, async () => {
  await ann.page.locator(".log").hover();
  await ann.page.mouse.wheel(0, -700);
  await newest().waitFor();
  await becomes(async () => (await newest().textContent()).startsWith("↓To") || newest().textContent(), "nothing came yet");
  const mark = await in_sight(ann);
  for (let i = 1; i <= 3; i += 1) { await post(bob, "text", { text: `while reading ${i}.` }); }
  await becomes(async () => (await newest().textContent()).startsWith("↓ 3") || newest().textContent(), "the button counts");
  assert.equal(await place(ann, mark.seq), mark.at, "0 px");
  await newest().click();
  await becomes(async () => (await pane(ann)).from_bottom < 2 || pane(ann), "back at the newest");
  await message(ann, "while reading 3.").waitFor();
  assert.equal(await newest().count(), 0);
});

test("history comes from above without moving anything; never more than 400 rows", { timeout: 120000 }, async () => {
  for (let turn = 0; turn < 16; turn += 1) {
    const before_it = await held(ann);
    const mark = await in_sight(ann, 250);
    await becomes(async () => (await first_row()) !== mark.first, "more is drawn");
    assert.equal(await place(ann, mark.seq), mark.at, `turn ${turn}: 0 px`);
    const { rows } = await pane(ann);
    assert.ok(rows <= 400, `${rows} rows`);
    assert.ok((await held(ann)).messages.length >= before_it.messages.length);
  }
  const { messages } = await held(ann);
  assert.ok(messages.length > 600, `${messages.length} are held`);
  await unbroken();
  // Down again through what is held: nothing is left out, nothing moves.
  for (let turn = 0; turn < 6; turn += 1) {
    const { from_top, from_bottom } = await pane(ann);
    const mark = await in_sight(ann, from_top + from_bottom - 100);
    await becomes(async () => (await first_row()) !== mark.first, "the window moves");
    assert.equal(await place(ann, mark.seq), mark.at, "0 px on the way down");
    assert.ok((await pane(ann)).rows <= 400);
  }
  await unbroken();
  await newest().click();
  await becomes(async () => (await pane(ann)).from_bottom < 2 || pane(ann), "back at the newest");
});

test("a page that does not come leaves a row to try again", { timeout: 60000 }, async () => {
  await ann.page.route(/messages\?.*before=/, (route) => route.abort());
  await ann.page.evaluate(() => {
    const { store } = globalThis.chat.main;
    store.dispatch({ type: "synced", snapshot: { cursor: "", me: store.state().me, conversations:
      Object.values(store.state().conversations).map((one) => ({ ...one, head_seq: one.last, unread: 0 })) } });
  });
  await becomes(async () => (await held(ann)).messages.length === 50, "only the newest page is held");
  await becomes(async () => (await pane(ann)).rows === 50 || pane(ann), "and drawn");
  await scroll_to(ann, 0);
  const retry = ann.page.getByRole("log").getByRole("alert").getByRole("button", { name: "Try again" });
  await retry.waitFor();
  await ann.page.unroute(/messages\?.*before=/);
  await retry.click();
  await becomes(async () => (await held(ann)).messages.length >= 100, "the page came");
  assert.equal(await ann.page.getByRole("log").getByRole("alert").count(), 0);
  await newest().click();
});

test("a reply leads to the message it answers, far back, and the button back to the newest", { timeout: 60000 }, async () => {
  const seq = 4321; // before it: the group's making and who joined
  const { messages } = await held(ann);
  assert.ok(messages[0].seq > seq);
  await post(ann, "text", { text: "that one", reply_to: seq });
  const quote = message(ann, "that one").locator(".quote");
  await becomes(async () => /number 43\d\d\./.test(await quote.textContent()) || quote.textContent(), "the quote is asked for");
  const said = /number \d+\./.exec(await quote.textContent())[0];
  await quote.click();
  // It is marked for a moment only.
  const hit = ann.page.locator(`.log li[data-seq="${await ann.page.locator(".msg--hit").getAttribute("data-seq")}"]`);
  assert.equal(await hit.locator(".bubble").textContent(), said);
  assert.equal(await hit.evaluate((one) => one === globalThis.document.activeElement), true, "the keyboard is there, too");
  await becomes(async () => (await hit.boundingBox()).y > 60 || hit.boundingBox(), "it is in sight");
  assert.ok((await unbroken()).length >= 90);
  // News does not mix with the old.
  await post(bob, "text", { text: "meanwhile." });
  await becomes(async () => /^↓ 1/.test(await newest().textContent()) || newest().textContent(), "it is counted");
  assert.equal(await message(ann, "meanwhile.").count(), 0);
  // Down from there, page by page.
  for (let turn = 0; turn < 5; turn += 1) {
    const { around } = await held(ann);
    const bottom = await pane(ann);
    await scroll_to(ann, bottom.from_top + bottom.from_bottom - 200);
    await becomes(async () => (await held(ann)).around.newest > around.newest, "a newer page");
    await settled(ann.page);
    assert.ok((await pane(ann)).rows <= 400);
  }
  await unbroken();
  await newest().click();
  await message(ann, "meanwhile.").waitFor();
  assert.equal((await held(ann)).around, null);
  await becomes(async () => (await pane(ann)).from_bottom < 2 || pane(ann), "at the newest");
});

test("what was not read begins above: a button leads there, to a line that stays", { timeout: 60000 }, async () => {
  const group = "Quiet";
  await create_group(ann, group);
  await join_group(bob, group);
  await post(bob, "text", { text: "read already." });
  await message(ann, "read already.").waitFor();
  await becomes(async () => { const one = await held(ann); return one.read_seq === one.last || one.read_seq; }, "all is read");
  await row(ann, "Big").click();
  const id = (await held(bob)).id;
  for (let i = 1; i <= 90; i += 30) {
    await Promise.all(Array.from({ length: 30 }, (_, at) => post(bob, "text", { text: `news ${i + at}.` }, id)));
  }
  await becomes(async () => (await row(ann, group).locator(".badge").textContent()) === "90", "the badge counts");
  // As after a reload: nothing but the newest page is held.
  await ann.page.reload();
  await row(ann, group).click();
  await message(ann, "news ").waitFor();
  const pill = ann.page.getByRole("button", { name: "90 new messages ↑" });
  await pill.waitFor();
  assert.equal(await ann.page.locator(".new").count(), 0, "the line is not among what is held");
  await pill.click();
  const line = ann.page.locator(".new");
  await line.waitFor();
  await becomes(async () => {
    const [box, log] = [await line.boundingBox(), await ann.page.locator(".log").boundingBox()];
    return box.y > log.y && box.y < log.y + log.height || box;
  }, "the line is in sight");
  const after_line = await ann.page.locator(".new + li .bubble").textContent();
  const first = (await held(ann)).messages.find((one) => one.body && /^news/.test(one.body.text)).body.text;
  assert.equal(after_line, first);
  assert.equal(await pill.count(), 0);
  await post(bob, "text", { text: "one more." }, id);
  await newest().click();
  await message(ann, "one more.").waitFor();
  await becomes(async () => (await held(ann)).unread === 0, "all is read");
  assert.equal(await line.count(), 1, "it stays until the conversation is left");
  await row(ann, "Big").click();
  await ann.page.getByRole("heading", { name: "Big" }).waitFor();
  await row(ann, group).click();
  await message(ann, "one more.").waitFor();
  assert.equal(await line.count(), 0, "the line is gone with the conversation");
  for (const who of [ann, bob]) { assert.deepEqual(who.complaints, [], who.name); }
});

test("history has a beginning, and says so", { timeout: 60000 }, async () => {
  await row(ann, "Big").click();
  await ann.page.evaluate(() => globalThis.chat.main.history.jump(globalThis.chat.main.store.state().open, 3));
  await message(ann, "number 1.").waitFor();
  await scroll_to(ann, 0);
  await ann.page.getByText("This is where it begins.").waitFor();
  assert.equal(await ann.page.getByRole("button", { name: "Load older messages" }).count(), 0);
});
