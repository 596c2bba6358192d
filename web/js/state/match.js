// Which conversations and friends fit what stands in the box, at once and without
// the server; and what the server found, put in order for the eyes.
var chat = chat || {};

chat.match = (function () {
  "use strict";

  function fold(text) {
    return String(text || "").toLowerCase();
  }

  /** Every word of the query is somewhere in one of the texts. */
  function fits(query, texts) {
    var all = fold(texts.filter(Boolean).join("\n"));
    return fold(query).split(/\s+/).every(function (word) { return all.indexOf(word) >= 0; });
  }

  /** What somebody goes by. */
  function names(user) {
    return user ? [user.name, user.username, user.number] : [];
  }

  function newest(a, b) {
    return (a.last_message && a.last_message.sent_at || "") < (b.last_message && b.last_message.sent_at || "") ? 1 : -1;
  }

  /** Hidden ones and ones that were left are found, too: their history is still there. */
  function conversations(state, query) {
    return Object.keys(state.conversations).map(function (id) { return state.conversations[id]; }).filter(function (one) {
      var group = state.groups[one.id];
      return one.type !== "self" && fits(query, [chat.select.title(one, state), one.name]
        .concat(names(state.people[one.peer]), group ? [group.number] : []));
    }).sort(newest);
  }

  /** Friends with whom no conversation stands in the list above them. */
  function friends(state, query) {
    var shown = {};
    conversations(state, query).forEach(function (one) { shown[one.peer] = true; });
    return state.friends.friends.filter(function (one) {
      return !shown[one.user.id] && fits(query, [one.remark].concat(names(one.user)));
    });
  }

  /** The results by conversation; the one with the newest hit comes first. */
  function by_conversation(results) {
    var at = {}, found = [];
    results.forEach(function (one) {
      var id = one.message.conversation;
      if (at[id] === undefined) {
        at[id] = found.length;
        found.push({ conversation: id, results: [] });
      }
      found[at[id]].results.push(one);
    });
    return found;
  }

  /** Cuts a snippet into `{ text, found }`. What the server says of places is not taken on trust. */
  function parts(snippet, highlights) {
    var cut = [], at = 0;
    highlights.forEach(function (place) {
      var begin = Math.max(at, place[0]), end = Math.min(snippet.length, place[1]);
      if (begin >= end) { return; }
      if (begin > at) { cut.push({ text: snippet.slice(at, begin), found: false }); }
      cut.push({ text: snippet.slice(begin, end), found: true });
      at = end;
    });
    if (at < snippet.length) { cut.push({ text: snippet.slice(at), found: false }); }
    return cut;
  }

  return { conversations: conversations, friends: friends, by_conversation: by_conversation, parts: parts };
}());
