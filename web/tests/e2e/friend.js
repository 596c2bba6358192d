"use strict";
// A person without a page: the same account, groups and messages, by plain HTTP.
// Others see on their page what a friend does here.
const crypto = require("node:crypto");

const PASSWORD = "correct horse battery";

class Friend {
  constructor(url) {
    this.url = url;
    this.token = "";
    this.me = null;
    this.listening = null;
  }

  /** A new account. `name` is what others see. */
  static async sign_up(url, username, name) {
    const friend = new Friend(url);
    const told = await friend.ask("POST", "/api/users", { username, password: PASSWORD, name, want_token: true });
    friend.token = told.token;
    friend.me = told.user;
    return friend;
  }

  /** The answer's JSON; a refusal is an error that says what was asked. */
  async ask(method, path, body) {
    const headers = { "Content-Type": "application/json" };
    if (this.token) { headers.Authorization = `Bearer ${this.token}`; }
    const answer = await fetch(this.url + path, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body),
      signal: this.listening && method === "GET" ? this.listening.signal : null
    });
    const text = await answer.text();
    if (!answer.ok) { throw new Error(`${method} ${path}: ${answer.status} ${text}`); }
    return text ? JSON.parse(text) : null;
  }

  /** @returns the group's id */
  async create_group(name, more = {}) {
    return (await this.ask("POST", "/api/groups", { name, ...more })).group.id;
  }

  join(group) { return this.ask("POST", `/api/groups/${group}/members`, {}); }

  /** @returns {Promise<{seq: number}>} the receipt */
  post(conversation, kind, body) {
    return this.ask("POST", `/api/conversations/${conversation}/messages`,
      { kind, body, client_id: crypto.randomUUID() });
  }

  say(conversation, text, more = {}) { return this.post(conversation, "text", { text, ...more }); }

  /** Tells `heard(message)` of every message of others from now on, until `hush()`. */
  async listen(heard) {
    let { cursor } = await this.ask("GET", "/api/poll");
    this.listening = new globalThis.AbortController();
    this.ended = (async () => {
      while (!this.listening.signal.aborted) {
        const told = await this.ask("GET", `/api/poll?cursor=${cursor}&wait=15`);
        cursor = told.cursor;
        for (const entry of told.events) {
          if (entry.type === "message" && entry.sender !== this.me.id) { await heard(entry); }
        }
      }
    })().catch((problem) => {
      if (!this.listening.signal.aborted) { throw problem; }
    });
  }

  async hush() {
    if (!this.listening) { return; }
    this.listening.abort();
    await this.ended;
    this.listening = null;
  }
}

module.exports = { Friend, PASSWORD };
