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
      client_id: item.client_id, conversation: item.conversation, kind: item.kind, body: item.body, said: item.said,
      sent_at: item.sent_at, order: item.order, problem: item.state === "failed" ? item.problem : null
    };
  }

  /**
   * Those that have to wait for a file which only this page has: what is said about
   * it, and files behind it. Another page must not send them first.
   */
  function tied(outbox) {
    var travels = {}, behind = {}, found = {};
    outbox.forEach(function (item) {
      var file = item.kind === "image" || item.kind === "file";
      if (item.upload && item.state !== "failed") { travels[item.client_id] = behind[item.conversation] = true; }
      if (!item.upload && (travels[item.goes_with] || (file && behind[item.conversation]))) { found[item.client_id] = true; }
    });
    return found;
  }

  /** A file that was still travelling when its page went: it is told, not forgotten. */
  function stub(item) {
    return chat.change(entry(chat.change(item, { upload: null })), { problem: { status: 0, code: "file_lost", detail: "", retry_ms: 0 } });
  }

  function sound(kept) {
    return kept && typeof kept === "object" && kept.client_id && kept.conversation && kept.kind && kept.body;
  }

  function waiting(kept) {
    return chat.change(chat.change.without(kept, "tied"), { order: Number(kept.order) || 0, state: kept.problem ? "failed" : "queued" });
  }

  /** @param {{store: Object, uploading: Object}} app */
  function outbox_kept(app) {
    var timer = null;

    function user() {
      var state = app.store.state();
      return state.phase === "in" && state.me ? state.me.id : null;
    }

    function read(of, older_than) {
      return chat.storage.keys(prefix(of)).map(chat.storage.read).filter(sound).filter(function (one) {
        return !one.tied || one.order <= Date.now() - chat.limits.tied_ms;
      }).map(waiting).filter(function (one) { return one.order <= older_than; }).slice(0, chat.limits.outbox_items);
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
      var were_tied = tied(before), are_tied = tied(after);
      function text(one, ties) { return JSON.stringify(ties[one.client_id] ? chat.change(entry(one), { tied: true }) : entry(one)); }
      before.forEach(function (one) { was[one.client_id] = one; });
      after.forEach(function (one) {
        var old = was[one.client_id];
        delete was[one.client_id];
        if (!entry(one) || (old && entry(old) && text(old, were_tied) === text(one, are_tied))) { return; }
        chat.storage.write(prefix(of) + one.client_id, JSON.parse(text(one, are_tied)));
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

    /** All that waits for this page alone; as it is kept once the page is gone, or while it is there. */
    function each_own(then) {
      if (!user()) { return; }
      var ties = tied(app.store.state().outbox);
      app.store.state().outbox.forEach(function (one) {
        var key = prefix(user()) + one.client_id;
        if (one.upload) { then(key, stub(one), null); }
        if (ties[one.client_id]) { then(key, entry(one), chat.change(entry(one), { tied: true })); }
      });
    }

    return {
      entry: entry,
      start: function () {
        self.addEventListener("storage", changed_elsewhere);
        self.addEventListener("pagehide", function () {
          each_own(function (key, gone) { chat.storage.write(key, gone); });
        });
        // Back out of the browser's memory: the upload is ours again.
        self.addEventListener("pageshow", function () {
          each_own(function (key, gone, there) { chat.storage.write(key, there); });
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
