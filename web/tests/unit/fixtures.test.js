"use strict";
// What the server really sends, feature by feature: the files are written and checked by the
// server's own tests. The page takes all of it and has words for all that it shows.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { dictionary, load, plain } = require("../load");

const folder = path.join(__dirname, "../fixtures");

function page(me) {
  const { chat } = load(["lib/limits", "lib/change", "lib/i18n", "lib/remaining", "kinds/", "state/"]);
  chat.i18n.use(dictionary("en"));
  const store = chat.store(chat.reduce, chat.initial());
  store.dispatch({ type: "synced", snapshot: { cursor: "0", me: { id: me, username: me, name: me }, conversations: [] } });
  return { chat, store };
}

for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  test("the page takes " + file, () => {
    const scene = JSON.parse(fs.readFileSync(path.join(folder, file), "utf8"));
    let taken = 0;
    for (const [who, entries] of Object.entries(scene.feeds)) {
      const me = "user-" + who;
      const { chat, store } = page(me);
      const last = {};
      for (const entry of entries) {
        store.dispatch({ type: "message", message: entry });
        last[entry.conversation] = entry.seq;
        taken += 1;
        if (entry.conversation !== me && entry.kind !== "hidden") {
          const kind = chat.kinds.of(entry);
          assert.notEqual(kind, chat.unknown, entry.kind + " has no words");
          if (!kind.silent) {
            const words = kind.summary(entry, (id, name) => name || id);
            assert.ok(words && !words.includes("undefined"), entry.kind + ": " + words);
          }
        }
      }
      const state = plain(store.state());
      for (const id of Object.keys(last)) {
        assert.equal(state.conversations[id].last, last[id], who + " in " + id);
        assert.equal(state.conversations[id].wanted <= last[id], true, "nothing is missing");
      }
    }
    assert.ok(taken > 3, "the file says something");
  });
}
