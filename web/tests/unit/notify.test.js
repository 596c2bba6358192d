"use strict";
// Notices of the desktop: shown for what rings, gone when it is read, taken back, or somebody else's.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { dictionary, load } = require("../load");

const C = "c1";

function page() {
  const shown = [];
  function Notification(title, options) {
    Object.assign(this, options, { title, open: true, close: () => { this.open = false; } });
    shown.push(this);
  }
  Notification.permission = "granted";
  const { chat } = load(["lib/limits", "lib/change", "lib/i18n", "lib/notices", "lib/parts", "lib/mentions", "kinds/", "state/",
    "effects/news", "effects/voice", "effects/notify"], { Notification, document: { querySelector: () => null, cookie: "" } });
  chat.i18n.use(dictionary("en"));
  const app = { store: chat.store(chat.reduce, chat.initial()), groups: { open: () => {} } };
  app.store.listen(chat.notify(app).follow);
  const dispatch = (action) => app.store.dispatch(action);
  const enter = (id) => dispatch({ type: "synced", snapshot: { cursor: "0", me: { id, username: id, name: id }, conversations: [
    { id: C, type: "group", name: "G", unread: 0, read_seq: 5, head_seq: 5, last_message: said(5) }
  ] } });
  dispatch({ type: "settings", settings: { notify: true } });
  enter("me");
  return { shown, dispatch, enter, say: (seq, values) => dispatch({ type: "message", message: said(seq, values) }) };
}

const said = (seq, values) => ({
  type: "message", conversation: C, seq, counted: seq, kind: "text", sender: "he", sender_name: "He",
  body: { text: `t${seq}` }, sent_at: "2026-01-01T00:00:00Z", ...values
});
const open = (shown) => shown.filter((one) => one.open).map((one) => one.body);

test("what is taken back is not left standing on the desktop", () => {
  const { shown, say } = page();
  say(6);
  assert.deepEqual(open(shown), ["He: t6"]);
  say(7, { kind: "recall", body: { seq: 6 }, counted: 6 });
  assert.deepEqual(open(shown), []);
});

test("what is read elsewhere goes, what came after it stays", () => {
  const { shown, say, dispatch } = page();
  say(6);
  dispatch({ type: "read", conversation: C, seq: 6, unread: 0 });
  assert.deepEqual(open(shown), []);
  say(7);
  dispatch({ type: "read", conversation: C, seq: 6, unread: 1 });
  assert.deepEqual(open(shown), ["He: t7"]);
});

test("nothing of one user stands there for the next", () => {
  const { shown, say, dispatch } = page();
  say(6);
  dispatch({ type: "signed_out" });
  assert.deepEqual(open(shown), []);
});
