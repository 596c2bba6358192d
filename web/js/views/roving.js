// The keyboard in the timeline: one row at a time can be reached by Tab, arrows
// move on from there, Enter opens what can be done with it.
var chat = chat || {};

chat.roving = (function () {
  "use strict";

  function rows(timeline) {
    return timeline.log.querySelectorAll("ol > li[tabindex]");
  }

  /** The row that holds `node`. */
  function row_of(timeline, node) {
    while (node && node !== timeline.log && !(node.parentNode && node.parentNode.tagName === "OL" && node.hasAttribute("tabindex"))) {
      node = node.parentNode;
    }
    return node && node !== timeline.log ? node : null;
  }

  function focus(timeline, row) {
    row.focus();
    timeline.row = row;
  }

  /** Whatever takes the focus inside a row makes the row the one that Tab stops at. */
  function focused(timeline, event) {
    var row = row_of(timeline, event.target);
    var at = row ? Array.prototype.indexOf.call(rows(timeline), row) : -1;
    timeline.row = row;
    if (at >= 0 && timeline.keys[at] !== timeline.state.active) { timeline.setState({ active: timeline.keys[at] }); }
  }

  /** A row that had the focus and is drawn no more must not leave the keyboard nowhere. */
  function restore(timeline) {
    var all;
    if (timeline.last_wanted) {
      timeline.last_wanted = false;
      all = rows(timeline);
      if (all.length) { focus(timeline, all[all.length - 1]); }
    }
    if (timeline.row && !timeline.log.contains(timeline.row)) {
      timeline.row = null;
      if (document.activeElement === document.body) { timeline.log.focus(); }
    }
  }

  function to_field() {
    var field = /** @type {?} */ (document.querySelector(".composer textarea"));
    if (field) { field.focus(); }
  }

  function open(row) {
    var button = row.querySelector(".msg__more") || row.querySelector("button");
    if (button) { button.click(); }
  }

  function pressed(timeline, event) {
    var key = chat.keys.name(event);
    var all = rows(timeline), row = row_of(timeline, event.target), to = null;
    var at = row ? Array.prototype.indexOf.call(all, row) : -1;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !all.length) { return; }
    if (key === "ArrowUp") { to = at < 0 ? all.length - 1 : Math.max(0, at - 1); }
    if (key === "ArrowDown") { to = at < 0 ? all.length - 1 : Math.min(all.length - 1, at + 1); }
    if (key === "Home") { to = 0; }
    if (key === "End") {
      timeline.last_wanted = true; // drawn in a moment
      timeline.to_end();
      event.preventDefault();
    }
    if (key === "Escape") { to_field(); }
    if (key === "Enter" && event.target === row) {
      event.preventDefault();
      open(row);
    }
    if (to === null) { return; }
    event.preventDefault();
    focus(timeline, all[to]);
  }

  return { to_field: to_field, focus: focus, focused: focused, pressed: pressed, restore: restore, open: open };
}());
