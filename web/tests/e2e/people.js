"use strict";
// What a person does on the page, in the words of the page.
const assert = require("node:assert/strict");
const { proxy } = require("./proxy");

const AT_ONCE_MS = 3000;
const DRAWN_MS = 40; // more than draw_ms of js/lib/limits.js
const PASSWORD = "correct horse battery";

// Everything that came after Internet Explorer 11. Promise, Map and Symbol stay: the debugger that drives
// the page needs them. That the page does without them is what the engines in ../legacy show.
const NEW = ["EventSource", "SharedWorker", "BroadcastChannel", "fetch", "URLSearchParams", "AbortController",
  "IntersectionObserver", "ResizeObserver", "CSS", "Proxy", "Reflect", "WebSocket", "Worker"];
// WEBQQ_OLD=1: in this run everybody has a browser without them (poll_mode.test.js).
const OLD = process.env.WEBQQ_OLD === "1";

/**
 * One person: a browser context, its page, the feed routes it used, its complaints.
 * The browser does not tell what a shared worker asks for: so an ear of their own
 * on the wire hears which feed they use, and how many connections it takes.
 * `gone`: more interfaces that the browser lacks.
 * `way`: a way to the server of the test's own, and no ear on it: each further hop has buffers
 * that swallow megabytes.
 */
async function person(chromium, url, name, { event_source = true, shared_worker = true, gone = [], way = null } = {}) {
  const feeds = new Set();
  const ear = way || await proxy(url, (route) => {
    if (route === "/api/stream" || route === "/api/poll") { feeds.add(route); }
  });
  const context = await chromium.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(10000);
  if (!way) { context.on("close", ear.stop); }
  if (!event_source) { await context.addInitScript("delete window.EventSource;"); }
  if (!shared_worker) { await context.addInitScript("delete window.SharedWorker;"); }
  for (const one of OLD ? [...NEW, ...gone] : gone) { await context.addInitScript(`delete window.${one};`); }
  const complaints = [];
  const who = { name, username: "", context, url: ear.url, ear, feeds, complaints };
  who.page = await tab(who);
  return who;
}

/** Another tab of the same browser. */
async function tab(who) {
  const { complaints } = who;
  const page = await who.context.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (line) => {
    // The browser itself writes a line for each refused request; the scenarios cause some.
    if (line.type() === "error" && !/Failed to load resource/.test(line.text())) { complaints.push(line.text()); }
  });
  await page.goto(who.url);
  if (OLD) { assert.equal(await page.evaluate(() => typeof globalThis.EventSource), "undefined", "an old browser"); }
  return page;
}

async function sign_up(who, username) {
  const { page } = who;
  who.username = username;
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Name that others see").fill(who.name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await inside(who);
}

async function sign_in(who, password = PASSWORD) {
  const { page } = who;
  await page.getByLabel("User name").fill(who.username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

function inside(who) {
  return who.page.getByRole("button", { name: `My profile: ${who.name}` }).waitFor();
}

async function create_group(who, group) {
  await who.page.getByRole("button", { name: "New group" }).click();
  await who.page.getByLabel("Name of the group").fill(group);
  await who.page.getByRole("button", { name: "Create", exact: true }).click();
  await who.page.getByRole("heading", { name: group }).waitFor();
}

async function join_group(who, group) {
  await who.page.getByRole("button", { name: "Find groups" }).click();
  await who.page.getByRole("searchbox").fill(group);
  await who.page.getByRole("button", { name: "Find", exact: true }).click();
  await who.page.getByRole("button", { name: `Join ${group}` }).click();
  await who.page.getByRole("heading", { name: group }).waitFor();
}

/** One of the choices behind a menu button. */
async function choose(who, menu, choice) {
  await who.page.getByRole("button", { name: menu, exact: true }).click();
  await who.page.getByRole("menuitem", { name: choice, exact: true }).click();
}

/** A row of the list, by its title alone: the summary beside it may name the same people. */
function row(who, title) {
  return who.page.getByRole("list", { name: "Conversations" }).getByRole("button")
    .filter({ has: who.page.locator("strong", { hasText: title }) });
}

async function sign_out(who) {
  await who.page.getByRole("button", { name: `My profile: ${who.name}` }).click();
  await who.page.getByRole("button", { name: "Sign out" }).click();
}

function bubble(who, text) {
  return who.page.getByRole("log").locator(".bubble").filter({ hasText: text });
}

function bubbles(who) {
  return who.page.getByRole("log").locator(".bubble").allTextContents();
}

async function write(who, text) {
  await who.page.locator("textarea").fill(text);
  await who.page.locator("textarea").press("Enter");
}

/** Sees the text once, and only once, soon. */
async function sees(who, text, within_ms = AT_ONCE_MS) {
  await bubble(who, text).waitFor({ timeout: within_ms });
  assert.equal(await bubble(who, text).count(), 1, `${who.name} sees "${text}" once`);
}

/** Waits until `check` gives true; anything else it gives is told when it never does. */
async function becomes(check, sentence, within_ms = 5000) {
  const end = Date.now() + within_ms;
  let last;
  do {
    last = await check();
    if (last === true) { return; }
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < end);
  assert.fail(`${sentence} (last: ${JSON.stringify(last)})`);
}

/**
 * Resolves when what the page knows by now was drawn: a frame, in which it is told of another size; its
 * own drawing timer, which it starts then; two frames.
 */
function settled(page) {
  return page.evaluate((ms) => new globalThis.Promise((resolve) => {
    const frame = globalThis.requestAnimationFrame;
    frame(() => setTimeout(() => frame(() => frame(() => setTimeout(resolve, 0))), ms));
  }), DRAWN_MS);
}

/** Waits until what the open dialogue asked for is answered: it takes nothing else meanwhile. */
function answered(who) {
  return becomes(() => who.page.evaluate("!(chat.main.store.state().dialog || {}).busy"), "the dialogue has its answer");
}

/** Waits until the keyboard is there. */
function has_focus(locator, sentence) {
  return becomes(() => locator.evaluate((node) => node === node.ownerDocument.activeElement), sentence);
}

module.exports = {
  AT_ONCE_MS, NEW, PASSWORD, answered, becomes, bubble, bubbles, choose, create_group, has_focus, inside, join_group, person, row, sees,
  settled, sign_in, sign_out, sign_up, tab, write
};
