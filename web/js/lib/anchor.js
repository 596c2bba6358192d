// Holds a scrolled pane still while what is in it changes: one thing in sight is
// remembered with its place, and put back there. The same in every engine, without
// help from the browser.
var chat = chat || {};

chat.anchor = (function () {
  "use strict";

  /** The bubble of a row rather than the row: a name above it may come or go. */
  function still(row) {
    return row.querySelector(".bubble") || row;
  }

  /** The first row of a message that is in sight, and where it stands. */
  function take(log) {
    var rows = log.querySelectorAll("li[data-seq]");
    var edge = log.getBoundingClientRect().top;
    var low = 0, high = rows.length, middle, node;
    // Rows stand in order: a search by halves asks few of them for their place.
    while (low < high) {
      middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().bottom <= edge) { low = middle + 1; } else { high = middle; }
    }
    if (low >= rows.length) { return null; }
    node = still(rows[low]);
    return { node: node, at: node.getBoundingClientRect().top - edge };
  }

  function keep(log, anchor) {
    if (!anchor || !log.contains(anchor.node)) { return; }
    var by = anchor.node.getBoundingClientRect().top - log.getBoundingClientRect().top - anchor.at;
    if (by) { log.scrollTop += by; }
  }

  /** The seq of the last row that is in sight at least in part; 0 for none. */
  function lowest(log) {
    var rows = log.querySelectorAll("li[data-seq]");
    var edge = log.getBoundingClientRect().bottom;
    var low = 0, high = rows.length, middle;
    while (low < high) {
      middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().top < edge) { low = middle + 1; } else { high = middle; }
    }
    return low ? Number(rows[low - 1].getAttribute("data-seq")) : 0;
  }

  /** How far `node` is above (negative) or below (positive) what is in sight; 0: in sight. */
  function away(log, node) {
    var pane = log.getBoundingClientRect(), place = node.getBoundingClientRect();
    if (place.bottom < pane.top) { return -1; }
    return place.top > pane.bottom ? 1 : 0;
  }

  return { take: take, keep: keep, lowest: lowest, away: away };
}());
