// Which folders of the contacts are shut: kept in this browser.
var chat = chat || {};

chat.folded = (function () {
  "use strict";

  /** @param {{store: Object}} app */
  function folded(app) {
    function load() {
      var kept = chat.storage.read("folded");
      var found = {};
      Object.keys(kept && typeof kept === "object" ? kept : {}).forEach(function (id) { found[id] = true; });
      app.store.dispatch({ type: "folded", folded: found });
    }

    /** Folders that are no more are forgotten, or what is kept would only grow. */
    function keep(state) {
      var known = [chat.roster.FRIENDS, chat.roster.GROUPS].concat(state.friends.folders.map(function (one) { return one.id; }));
      var kept = {};
      known.forEach(function (id) { if (state.folded[id]) { kept[id] = true; } });
      chat.storage.write("folded", kept);
    }

    return {
      /** Effect: read on coming in, written when one folds. */
      follow: function (before, after) {
        if (after.phase !== "in") { return; }
        if (before.phase !== "in") { return load(); }
        if (before.folded !== after.folded && after.friends.loaded) { keep(after); }
      }
    };
  }

  return folded;
}());
