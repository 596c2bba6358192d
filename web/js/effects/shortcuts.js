// What the keyboard does wherever the focus is. No single letters: whoever speaks
// to their computer would press them by accident.
var chat = chat || {};

chat.shortcuts = (function () {
  "use strict";

  var REGIONS = ".rail, .side, .pane, .panel";

  /** The name of what is asked for, or "". */
  function of(event) {
    var key = chat.keys.name(event);
    var command = event.ctrlKey || event.metaKey;
    var letter = String(event.key || "").toLowerCase();
    if (chat.keys.composing(event)) { return ""; }
    if (command && !event.altKey && !event.shiftKey && letter === "k") { return "find"; }
    if (command && !event.altKey && event.shiftKey && letter === "f") { return "find_here"; }
    if (command && !event.altKey && letter === "/") { return "overview"; }
    if (event.ctrlKey && !event.altKey && key === "F6") { return event.shiftKey ? "region_back" : "region"; }
    if (!event.altKey || command || (key !== "ArrowUp" && key !== "ArrowDown")) { return ""; }
    return (key === "ArrowUp" ? "up" : "down") + (event.shiftKey ? "_unread" : "");
  }

  /** The conversation before or after the open one, in the order of the list; it goes round. */
  function neighbour(state, by, unread_only) {
    var list = chat.select.list(state);
    var at = -1, i, to;
    list.forEach(function (one, index) { if (one.id === state.open) { at = index; } });
    for (i = 1; i <= list.length; i += 1) {
      to = list[(((at < 0 && by < 0 ? 0 : at) + by * i) % list.length + list.length) % list.length];
      if (to.id !== state.open && (!unread_only || chat.select.unread(state, to) > 0)) { return to.id; }
    }
    return null;
  }

  /** @param {{store: Object, groups: Object, act: Object}} app */
  function shortcuts(app) {
    function region(by) {
      var all = Array.prototype.filter.call(document.querySelectorAll(REGIONS), function (one) {
        return one.offsetWidth > 0 && chat.focus.stops(one).length;
      });
      var at = -1;
      all.forEach(function (one, index) { if (one.contains(document.activeElement)) { at = index; } });
      if (all.length) { chat.focus.enter(all[(at + by + all.length) % all.length]); }
    }

    function find() {
      app.store.dispatch({ type: "view", view: "chats" });
      // The box may have to be drawn first.
      setTimeout(function () {
        var box = document.getElementById("finder");
        if (box) { box.focus(); }
      }, 3 * chat.limits.draw_ms);
    }

    function go(by, unread_only) {
      var to = neighbour(app.store.state(), by, unread_only);
      if (to) { app.groups.open(to); }
    }

    var does = {
      find: find,
      find_here: function () { app.act.search.open_here(); },
      overview: function () { app.store.dispatch({ type: "dialog", dialog: { name: "keys" } }); },
      region: function () { region(1); },
      region_back: function () { region(-1); },
      up: function () { go(-1, false); },
      down: function () { go(1, false); },
      up_unread: function () { go(-1, true); },
      down_unread: function () { go(1, true); }
    };

    function pressed(event) {
      var name = of(event);
      // A dialogue holds the keyboard until it closes.
      if (!name || app.store.state().phase !== "in" || app.store.state().dialog) { return; }
      event.preventDefault();
      does[name]();
    }

    return { start: function () { document.addEventListener("keydown", pressed); } };
  }

  shortcuts.of = of;
  shortcuts.neighbour = neighbour;
  return shortcuts;
}());
