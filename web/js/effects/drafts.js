// Half-typed texts outlive the page: kept per user, a moment after the last key, and
// at the last moment when the page goes.
var chat = chat || {};

chat.drafts = (function () {
  "use strict";

  function key(user) { return "drafts." + user; }

  /** Kept: { conversation: { text, at } }; the oldest go when there are too many. */
  function bounded(kept) {
    var ids = Object.keys(kept).sort(function (a, b) { return kept[b].at - kept[a].at; });
    var found = {};
    ids.slice(0, chat.limits.drafts).forEach(function (id) { found[id] = kept[id]; });
    return found;
  }

  function read(user) {
    var kept = chat.storage.read(key(user));
    var found = {};
    if (!kept || typeof kept !== "object") { return found; }
    Object.keys(kept).forEach(function (id) {
      if (kept[id] && typeof kept[id].text === "string") { found[id] = kept[id]; }
    });
    return found;
  }

  /** @param {{store: Object}} app */
  function drafts(app) {
    var waiting = {}; // texts by conversation, not written yet
    var timer = null;
    var user = null;

    // Other pages of this user write other conversations: only ours are changed.
    function save() {
      var kept;
      clearTimeout(timer);
      timer = null;
      if (!user || !Object.keys(waiting).length) { return; }
      kept = read(user);
      Object.keys(waiting).forEach(function (id) {
        if (waiting[id] && waiting[id].length <= chat.limits.draft_chars) {
          kept[id] = { text: waiting[id], at: Date.now() };
        } else {
          delete kept[id];
        }
      });
      waiting = {};
      chat.storage.write(key(user), bounded(kept));
    }

    function load(of) {
      var kept = read(of), found = {};
      Object.keys(kept).forEach(function (id) { found[id] = kept[id].text; });
      app.store.dispatch({ type: "drafts", drafts: found });
    }

    return {
      save: save,
      start: function () {
        self.addEventListener("pagehide", save);
        document.addEventListener("visibilitychange", function () {
          if (document.visibilityState === "hidden") { save(); }
        });
      },
      /** Effect: what changed is kept; who comes in finds theirs. */
      follow: function (before, after) {
        if (after.phase !== "in") {
          save();
          user = null;
          return;
        }
        if (user !== after.me.id) {
          user = after.me.id;
          return load(user);
        }
        if (before.drafts === after.drafts) { return; }
        Object.keys(after.drafts).forEach(function (id) {
          if (before.drafts[id] !== after.drafts[id]) { waiting[id] = after.drafts[id]; }
        });
        clearTimeout(timer);
        timer = setTimeout(save, chat.limits.draft_save_ms);
      }
    };
  }

  return drafts;
}());
