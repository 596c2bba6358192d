// The messages a conversation holds: ascending by seq, each once, without those
// that have no line of their own.
var chat = chat || {};

chat.held = (function () {
  "use strict";

  var change = chat.change;

  /** Takes a place in the conversation and has no line of its own. */
  function is_silent(one) { return one.kind === "hidden" || Boolean(chat.kinds.of(one).silent); }

  /** Where the message with this seq stands, or where it would: a search by halves. */
  function place(held, seq) {
    var low = 0, high = held.length, middle;
    while (low < high) {
      middle = (low + high) >> 1;
      if (held[middle].seq < seq) { low = middle + 1; } else { high = middle; }
    }
    return low;
  }

  function of(held, seq) {
    var at = place(held, seq);
    return at < held.length && held[at].seq === seq ? held[at] : null;
  }

  /** The same list with one message changed; the list itself if it is not held. */
  function with_change(held, seq, values) {
    var at = place(held, seq), copy;
    if (at >= held.length || held[at].seq !== seq) { return held; }
    copy = held.slice();
    copy[at] = change(held[at], values(held[at]));
    return copy;
  }

  /** A message that was taken back keeps its place and loses what it said. */
  function taken_back(held, recall) {
    return with_change(held, recall.body.seq, function () {
      return { body: null, recalled: true, notes: null, mentions: null, mentions_all: false, recalled_by: recall.sender };
    });
  }

  /**
   * A reaction that the feed brings, put on its message. `notes` is a set of
   * (emoji, user), so the same reaction twice is the same as once. Reactions in
   * pages of history are older than the notes that come with the page: they are
   * not for here.
   */
  function reacted(held, reaction) {
    var body = reaction.body;
    return with_change(held, body.seq, function (one) {
      var notes = one.notes || {};
      var key = body.emoji + " " + reaction.sender;
      var set = notes.reaction || {};
      return { notes: change(notes, {
        reaction: body.on === false ? change.without(set, key) : change.key(set, key, true)
      }) };
    });
  }

  /** What a later message does to those held: recalls and reactions. */
  function mark(held, one) {
    if (!one.body || typeof one.body.seq !== "number") { return held; }
    if (one.kind === "recall") { return taken_back(held, one); }
    return one.kind === "reaction" && typeof one.body.emoji === "string" ? reacted(held, one) : held;
  }

  /**
   * A page of history may have been read before a recall that the feed brought
   * first. All that is kept is done again: done twice it is the same as once, and
   * what the page knows already comes by the feed as well.
   */
  function replayed(held, marks) { return marks.reduce(mark, held); }

  function kept(marks, one) {
    return one.kind === "recall" || one.kind === "reaction" ? marks.concat(one).slice(-chat.limits.kept_marks) : marks;
  }

  /** Holds the message: by seq, once; the log's own word replaces a receipt's. */
  function hold(held, one) {
    var at;
    if (is_silent(one)) { return held; }
    at = place(held, one.seq);
    if (at < held.length && held[at].seq === one.seq) {
      return typeof one.counted === "number"
        ? held.slice(0, at).concat(one, held.slice(at + 1)) : held;
    }
    return held.slice(0, at).concat(one, held.slice(at));
  }

  /**
   * A page of history into what is held. What is held by the log's word already
   * has every reaction since, which a page asked for earlier may lack; only that
   * it was taken back is news.
   */
  function merge(held, messages) {
    var fresh = messages.filter(function (one) {
      var known = of(held, one.seq);
      return !is_silent(one) && (!known || typeof known.counted !== "number" || (one.recalled && !known.recalled));
    });
    var replaced = {}, all;
    fresh.forEach(function (one) { replaced[one.seq] = true; });
    all = held.filter(function (one) { return !replaced[one.seq]; }).concat(fresh);
    all.sort(function (a, b) { return a.seq - b.seq; });
    messages.forEach(function (one) { if (one.kind === "recall") { all = mark(all, one); } });
    return all;
  }

  return { is_silent: is_silent, place: place, of: of, hold: hold, mark: mark, merge: merge, replayed: replayed, kept: kept };
}());
