"use strict";
// A server that dies without a word and comes back with the same data at the same
// address; and a narrow way to it, on which bytes take their time.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");

const READY_MS = 20000;

/** mortal() -> { url, kill(), revive(), stop() } */
async function mortal(args = []) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), "webqq-fate-"));
  let listen = "127.0.0.1:0";
  let child = null;

  async function revive() {
    child = spawn(process.env.WEBQQ_BIN, ["--listen", listen, "--data", data, "--auth-rate", "0", ...args],
      { stdio: ["ignore", "pipe", "ignore"] });
    const url = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("The server did not say where it listens.")), READY_MS);
      child.once("exit", (code) => reject(new Error(`The server ended with ${code}.`)));
      child.stdout.on("data", (chunk) => {
        const line = /^listening on (http:\/\/\S+)/.exec(String(chunk));
        if (line) {
          clearTimeout(timer);
          resolve(line[1]);
        }
      });
    });
    listen = new URL(url).host;
    return url;
  }

  async function kill() {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  return { url: await revive(), kill, revive, stop: async () => {
    await kill();
    fs.rmSync(data, { recursive: true, force: true });
  } };
}

/** narrow(url) -> { url, rate(bytes a second, 0: as fast as may be), cut(), stop() }: the way to the server only. */
async function narrow(to) {
  const target = new URL(to);
  const clients = new Set();
  let rate = 0;
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    clients.add(client);
    client.on("data", (chunk) => {
      upstream.write(chunk);
      if (!rate) { return; }
      client.pause();
      setTimeout(() => client.resume(), 1000 * chunk.length / rate);
    });
    upstream.on("data", (chunk) => client.write(chunk));
    for (const side of [client, upstream]) {
      for (const event of ["error", "close"]) {
        side.on(event, () => {
          clients.delete(client);
          client.destroy();
          upstream.destroy();
        });
      }
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => { for (const client of clients) { client.destroy(); } };
  return {
    url: `http://127.0.0.1:${server.address().port}`, cut,
    rate: (bytes) => { rate = bytes; },
    stop: () => {
      cut();
      server.close();
    }
  };
}

module.exports = { mortal, narrow };
