// The messages a conversation holds: ascending by seq, each once, without those
// that have no line of their own.
var chat = chat || {};

chat.held = (function () {
  "use strict";

  var change = chat.change;

  /** Takes a place in the conversation and has no line of its own. */
  function is_silent(one) { return one.kind === "hidden" || Boolean(chat.kinds.of(one).silent); }

  /** A message that was taken back keeps its place and loses what it said. */
  function taken_back(held, seq) {
    return held.map(function (one) {
      return one.seq === seq ? change(one, { body: null, recalled: true, notes: null }) : one;
    });
  }

  /** Holds the message: by seq, once; the log's own word replaces a receipt's. */
  function hold(held, one) {
    var at = held.length;
    if (one.kind === "recall" && one.body) { return taken_back(held, one.body.seq); }
    if (is_silent(one)) { return held; }
    while (at > 0 && held[at - 1].seq > one.seq) { at -= 1; }
    if (at > 0 && held[at - 1].seq === one.seq) {
      return typeof one.counted === "number"
        ? held.slice(0, at - 1).concat(one, held.slice(at)) : held;
    }
    return held.slice(0, at).concat(one, held.slice(at));
  }

  return { is_silent: is_silent, hold: hold };
}());
