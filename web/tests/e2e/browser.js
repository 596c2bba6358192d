"use strict";
// The real server and the real browser, started and stopped for one test file.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";
const READY_MS = 20000;

function need(file, sentence) {
  if (!file || !fs.existsSync(file)) { throw new Error(sentence); }
  return file;
}

/** Starts the server on a free port with an empty directory; `options` are more of its own. { url, stop } */
async function server(options = []) {
  const binary = need(process.env.WEBQQ_BIN,
    `The browser tests need the built server: set WEBQQ_BIN to the webqq binary (now: ${process.env.WEBQQ_BIN || "not set"}).`);
  const data = fs.mkdtempSync(path.join(os.tmpdir(), "webqq-e2e-"));
  const child = spawn(binary, ["--listen", "127.0.0.1:0", "--data", data, "--auth-rate", "0", ...options],
    { stdio: ["ignore", "pipe", "pipe"] });
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
  return { url, stop: async () => {
    child.kill("SIGTERM");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
    child.kill("SIGKILL");
    fs.rmSync(data, { recursive: true, force: true });
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

module.exports = { browser, server };
