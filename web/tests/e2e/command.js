"use strict";
// The server with options, and accounts made from its command line. Options travel in
// the environment, which the started server inherits.
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { server } = require("./browser");
const { PASSWORD } = require("./people");

/** server_with({ WEBQQ_REGISTRATION: "invite" }) -> { url, stop, command(...words, input?) } */
async function server_with(options = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "webqq-store-"));
  const given = { ...options, WEBQQ_STORE: "sqlite:" + path.join(folder, "webqq.db") };
  Object.assign(process.env, given);
  let running;
  try { running = await server(); } finally {
    for (const name of Object.keys(given)) { delete process.env[name]; }
  }
  return {
    url: running.url,
    /** `webqq user …` beside the running server; what it printed. */
    command: (words, input = "") => execFileSync(process.env.WEBQQ_BIN, ["user", ...words], {
      env: { ...process.env, ...given }, input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"]
    }),
    /** An account that runs the server. */
    administrator: function (username, name) {
      this.command(["add", username, "--name", name], PASSWORD + "\n");
      this.command(["admin", username]);
    },
    stop: async () => {
      await running.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    }
  };
}

module.exports = { server_with };
