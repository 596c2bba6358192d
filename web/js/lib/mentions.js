// Names behind an @: is one being typed, whom could it mean, and what the text is then.
var chat = chat || {};

chat.mentions = (function () {
  "use strict";

  // Names have at most 32 characters; some of them have two units here.
  var QUERY_UNITS = 64;
  var AT = /[@\uFF20]/;

  /** What is typed behind an @ before the caret: { start, query }, or null. */
  function at(text, caret) {
    var start = caret - 1;
    while (start >= 0 && caret - start <= QUERY_UNITS + 1 && !AT.test(text.charAt(start))) {
      if (text.charAt(start) === "\n") { return null; }
      start -= 1;
    }
    if (start < 0 || !AT.test(text.charAt(start))) { return null; }
    // An address of mail is no mention.
    if (start > 0 && /[A-Za-z0-9]/.test(text.charAt(start - 1))) { return null; }
    return { start: start, query: text.slice(start + 1, caret) };
  }

  /** 0: the name begins with it; 1: one of its words does, or the user name; 2: it is in there; 3: no. */
  function distance(member, query) {
    var name = member.name.toLowerCase();
    var user = String(member.user && member.user.username || "").toLowerCase();
    if (name.indexOf(query) === 0) { return 0; }
    if (name.indexOf(" " + query) >= 0 || user.indexOf(query) === 0) { return 1; }
    return name.indexOf(query) >= 0 ? 2 : 3;
  }

  /**
   * Whom `query` could mean, the nearest first: [{ id, name, member }]. `everyone` is
   * the word that calls all, for who may call all; else null.
   */
  function match(members, query, me, everyone) {
    var asked = query.toLowerCase();
    var found = members.filter(function (member) {
      return member.id !== me && member.name && distance(member, asked) < 3;
    }).map(function (member, order) {
      return { id: member.id, name: member.name, member: member, distance: distance(member, asked), order: order };
    });
    found.sort(function (a, b) { return a.distance - b.distance || a.order - b.order; });
    if (everyone && everyone.toLowerCase().indexOf(asked) === 0) {
      found.unshift({ id: "all", name: everyone, member: null, distance: 0, order: -1 });
    }
    return found.slice(0, chat.limits.mention_rows);
  }

  /** The text with the name in it, and where the caret is then. */
  function insert(text, caret, start, name) {
    var before = text.slice(0, start) + "@" + name + " ";
    return { text: before + text.slice(caret).replace(/^ /, ""), caret: before.length };
  }

  return { at: at, match: match, insert: insert };
}());
