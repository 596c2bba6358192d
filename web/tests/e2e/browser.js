"use strict";
// The real server and the real browser, started and stopped for one test file.
const { execFileSync, spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { after, before } = require("node:test");

const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";
const READY_MS = 20000;

function need(file, sentence) {
  if (!file || !fs.existsSync(file)) { throw new Error(sentence); }
  return file;
}

/** The page with other limits, in a folder of its own: waiting 40 s for a watchdog tests patience. */
function page_with(limits) {
  const from = process.env.WEBQQ_WEB || path.join(__dirname, "../..");
  const to = fs.mkdtempSync(path.join(os.tmpdir(), "webqq-page-"));
  fs.cpSync(from, to, { recursive: true, filter: (name) => name !== path.join(from, "tests") });
  const file = path.join(to, "js/lib/limits.js");
  let text = fs.readFileSync(file, "utf8");
  for (const [name, value] of Object.entries(limits)) {
    const line = new RegExp(`(\\n  ${name}: )\\d+`);
    need(line.test(text) && file, `There is no limit ${name}.`);
    text = text.replace(line, `$1${value}`);
  }
  fs.writeFileSync(file, text);
  return to;
}

/**
 * Starts the server on a free port with an empty directory; { url, stop, restart }.
 * `limits`: the page's, changed (needs a debug binary: others have their page inside).
 * `joined`: the page as a release serves it, from the same files.
 * `options`: more of the server's. `prepare(run)` fills the directory before; run(arguments, input) calls the binary on it.
 */
async function server({ limits = null, joined = false, options = [], prepare = null, ...unknown } = {}) {
  if (Object.keys(unknown).length) { throw new Error(`There is no such option of server(): ${JSON.stringify(unknown)}`); }
  const page = limits && page_with(limits);
  const own = { ...(page ? { WEBQQ_WEB: page } : {}), ...(joined ? { WEBQQ_JOINED: "1" } : {}) };
  const data = fs.mkdtempSync(path.join(os.tmpdir(), "webqq-e2e-"));
  if (prepare) {
    const stdio = ["pipe", "ignore", "ignore"];
    prepare((args, input) => execFileSync(process.env.WEBQQ_BIN, [...args, "--data", data], { input, stdio }));
  }
  let running = await start("127.0.0.1:0", data, own, options);
  return {
    url: running.url,
    /** Down for a while, then there again: same address, same data. */
    restart: async (down_ms = 0) => {
      await running.end();
      await new Promise((resolve) => setTimeout(resolve, down_ms));
      running = await start(new URL(running.url).host, data, own, options);
    },
    stop: async () => {
      await running.end();
      for (const folder of [data, page]) {
        if (folder) { fs.rmSync(folder, { recursive: true, force: true }); }
      }
    }
  };
}

async function start(listen, data, own, options) {
  const binary = need(process.env.WEBQQ_BIN,
    `The browser tests need the built server: set WEBQQ_BIN to the webqq binary (now: ${process.env.WEBQQ_BIN || "not set"}).`);
  const child = spawn(binary, ["--listen", listen, "--data", data, "--auth-rate", "0", ...options],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...own } });
  let told = "";
  child.stderr.on("data", (chunk) => { told = (told + chunk).slice(-4000); });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    let out = "";
    const timer = setTimeout(() => reject(new Error(`The server did not say where it listens. ${told}`)), READY_MS);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}. ${told}`)));
    child.stdout.on("data", (chunk) => {
      out += chunk;
      const line = /^listening on (http:\/\/\S+)/.exec(out);
      if (line) {
        clearTimeout(timer);
        resolve(line[1]);
      }
    });
  });
  return { url, end: async () => {
    child.kill("SIGTERM");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
    child.kill("SIGKILL");
  } };
}

function browser() {
  const { chromium } = require("playwright-core"); // the legacy tests take the server from here, and no browser
  need(CHROMIUM, `The browser tests need Chromium at ${CHROMIUM}: install it, or set CHROMIUM to where it is.`);
  return chromium.launch({ executablePath: CHROMIUM, args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"
  ] });
}

/**
 * The server and the browser of a test file: there before its tests, gone after them. `make` gives the server.
 * @returns {{url: string, server: Object, chromium: Object}} to be asked once a test or a hook runs
 */
function equip(make = server) {
  const site = { server: null, chromium: null, get url() { return site.server.url; } };

  before(async () => {
    site.server = await make();
    site.chromium = await browser();
  }, { timeout: 60000 });

  after(async () => {
    if (site.chromium) { await site.chromium.close(); }
    if (site.server) { await site.server.stop(); }
  });

  return site;
}

module.exports = { browser, equip, server };
