// What is not sent yet outlives the page. One entry of the browser's storage per
// message: two pages of the same user never write over each other, and what one
// leaves behind another sends; the client id keeps that from doubling anything.
var chat = chat || {};

chat.outbox_kept = (function () {
  "use strict";

  function prefix(user) { return "outbox." + user + "."; }

  /** What is written of an item; null for one that only this page can finish. */
  function entry(item) {
    if (item.upload) { return null; }
    return {
      client_id: item.client_id, conversation: item.conversation, kind: item.kind, body: item.body,
      sent_at: item.sent_at, order: item.order, problem: item.state === "failed" ? item.problem : null
    };
  }

  /** A file that was still travelling when its page went: it is told, not forgotten. */
  function stub(item) {
    return chat.change(entry(chat.change(item, { upload: null })), { problem: { status: 0, code: "file_lost", detail: "", retry_ms: 0 } });
  }

  function sound(kept) {
    return kept && typeof kept === "object" && kept.client_id && kept.conversation && kept.kind && kept.body;
  }

  function waiting(kept) {
    return chat.change(kept, { order: Number(kept.order) || 0, state: kept.problem ? "failed" : "queued" });
  }

  /** @param {{store: Object, uploading: Object}} app */
  function outbox_kept(app) {
    var timer = null;

    function user() {
      var state = app.store.state();
      return state.phase === "in" && state.me ? state.me.id : null;
    }

    function read(of, older_than) {
      return chat.storage.keys(prefix(of)).map(chat.storage.read).filter(sound).map(waiting).filter(function (one) {
        return one.order <= older_than;
      }).slice(0, chat.limits.outbox_items);
    }

    function restore(of, older_than) {
      var items = read(of, older_than);
      var taken = {};
      if (!items.length) { return; }
      app.store.dispatch({ type: "restored", items: items });
      app.store.state().outbox.forEach(function (one) { taken[one.client_id] = true; });
      // What was not taken is in the log already; whoever left it could not clear up.
      items.forEach(function (one) {
        if (!taken[one.client_id]) { chat.storage.write(prefix(of) + one.client_id, null); }
      });
    }

    /** What a page that is gone left behind, while this one stays open. */
    function sweep() {
      timer = setTimeout(sweep, chat.limits.orphan_ms);
      if (user()) { restore(user(), Date.now() - chat.limits.orphan_ms); }
    }

    function write(of, before, after) {
      var was = {};
      before.forEach(function (one) { was[one.client_id] = one; });
      after.forEach(function (one) {
        var old = was[one.client_id];
        delete was[one.client_id];
        if (!entry(one) || (old && JSON.stringify(entry(old)) === JSON.stringify(entry(one)))) { return; }
        chat.storage.write(prefix(of) + one.client_id, entry(one));
      });
      Object.keys(was).forEach(function (client_id) { chat.storage.write(prefix(of) + client_id, null); });
    }

    /** Another page got rid of one: then it is not ours to send either. */
    function changed_elsewhere(event) {
      var key = chat.storage.own(event.key);
      var of = user();
      var client_id, held;
      if (!of || !key || key.indexOf(prefix(of)) !== 0 || event.newValue) { return; }
      client_id = key.slice(prefix(of).length);
      held = app.store.state().outbox.filter(function (one) { return one.client_id === client_id; })[0];
      if (held && held.state !== "sending" && !held.upload) { app.store.dispatch({ type: "discarded", client_id: client_id }); }
    }

    function each_upload(then) {
      if (!user()) { return; }
      app.store.state().outbox.forEach(function (one) {
        if (one.upload) { then(prefix(user()) + one.client_id, one); }
      });
    }

    return {
      entry: entry,
      start: function () {
        self.addEventListener("storage", changed_elsewhere);
        self.addEventListener("pagehide", function () {
          each_upload(function (key, one) { chat.storage.write(key, stub(one)); });
        });
        // Back out of the browser's memory: the upload is ours again.
        self.addEventListener("pageshow", function () {
          each_upload(function (key) { chat.storage.write(key, null); });
        });
        self.addEventListener("beforeunload", function (event) {
          if (!app.uploading.busy()) { return; }
          event.preventDefault();
          event.returnValue = chat.i18n.t("upload.leaving");
        });
      },
      /** Effect: kept as soon as it is queued, let go of as soon as it has arrived. */
      follow: function (before, after) {
        var mine = after.phase === "in" && after.me ? after.me.id : null;
        if (before.phase !== "in" && mine) {
          restore(mine, Infinity);
          clearTimeout(timer);
          timer = setTimeout(sweep, chat.limits.orphan_ms);
        }
        // Signing out empties the page, not what is kept.
        if (mine && before.outbox !== after.outbox) { write(mine, before.outbox, after.outbox); }
        if (!mine) { clearTimeout(timer); }
      }
    };
  }

  return outbox_kept;
}());
