"use strict";
// A user as a program: what the scenario needs around the page, by requests.
const assert = require("node:assert/strict");
const { PASSWORD } = require("./people");

/** Signs up; { id, name, username, ask(method, path, body) } where ask gives the answer's JSON. */
async function program(url, username, name) {
  let token = null;

  async function ask(method, path, body, expected) {
    const headers = { Accept: "application/json" };
    if (token) { headers.Authorization = `Bearer ${token}`; }
    if (body !== undefined) { headers["Content-Type"] = "application/json"; }
    const answer = await globalThis.fetch(url + path, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body)
    });
    const text = await answer.text();
    if (expected) {
      assert.equal(answer.status, expected, `${method} ${path}: ${text}`);
    } else {
      assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    }
    return text ? JSON.parse(text) : null;
  }

  const made = await ask("POST", "/api/users", { username, password: PASSWORD, name, want_token: true });
  token = made.token;
  return { id: made.user.id, name, username, ask };
}

/** Makes the two friends. */
async function befriend(one, other) {
  await one.ask("POST", "/api/friends", { user: other.id, note: "" });
  await other.ask("PUT", `/api/friends/${one.id}`, { accept: true });
}

module.exports = { befriend, program };
