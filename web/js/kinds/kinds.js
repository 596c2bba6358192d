// The kinds of messages the page can draw, by name. A kind is an object:
//   summary(message, name_of)  one line for lists
//   bubble(message, name_of, context)  what stands in the bubble; or, for a neutral line,
//   notice: true               and the summary is all there is
//   card(message, name_of)     what stands there instead of the line, or null
//   silent: true               not even a line: it changes what stands elsewhere
//   spoken(message, name_of)   for those who listen, if it is not the summary
//   long(message)              is what the bubble shows folded?
//   live: true                 the bubble shows more of the state than its message
// `context`: { state, act, names, open, stop } - whom it mentions, unfolded?, the
// tabindex of what is in it.
// One file per kind (or family) beside this one; what nobody registered is drawn
// by kinds/unknown.js, so a newer server never leaves a hole.
var chat = chat || {};

chat.kinds = (function () {
  "use strict";

  var by_name = {};

  /** A body may be any JSON. What a kind cannot draw is drawn as if it were unknown. */
  function guard(kind) {
    var safe = chat.change(kind, {});
    safe.summary = function (message, name_of) {
      try { return String(kind.summary(message, name_of)); } catch (strange) { return chat.unknown.words(message); }
    };
    safe.bubble = kind.bubble && function (message, name_of, context) {
      try {
        return kind.bubble(message, name_of, context || { names: [], open: true });
      } catch (strange) { return chat.unknown.card(message, {}); }
    };
    safe.card = kind.card && function (message, name_of, context) {
      try { return kind.card(message, name_of, context); } catch (strange) { return null; }
    };
    safe.spoken = kind.spoken ? function (message, name_of) {
      try { return String(kind.spoken(message, name_of)); } catch (strange) { return chat.unknown.words(message); }
    } : safe.summary;
    safe.long = function (message) {
      try { return Boolean(kind.long && kind.long(message)); } catch (strange) { return false; }
    };
    return safe;
  }

  var recalled = guard({
    notice: true,
    summary: function (message, name_of) {
      var by = message.recalled_by;
      return chat.i18n.t(by && by !== message.sender ? "notice.recalled_by" : "notice.recalled", {
        name: name_of(message.sender, message.sender_name), other: by ? name_of(by) : ""
      });
    }
  });

  function of(message) {
    if (message.recalled) { return recalled; }
    return Object.prototype.hasOwnProperty.call(by_name, message.kind) ? by_name[message.kind] : chat.unknown;
  }

  return {
    guard: guard,
    add: function (name, kind) { by_name[name] = guard(kind); },
    of: of,
    /** A guess, for the one moment when no count is known to compare with. */
    counts: function (name) { return name !== "hidden" && !of({ kind: name }).notice; }
  };
}());
