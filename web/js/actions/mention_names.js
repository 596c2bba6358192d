// Who is in a group, for the list behind an @: asked for when somebody types one, and
// not again until an answer came.
var chat = chat || {};

chat.mention_names = (function () {
  "use strict";

  /** @param {{store: Object, api: Object}} app */
  function mention_names(app) {
    var asking = {};

    return {
      need: function (id) {
        if (asking[id] || app.store.state().members[id]) { return; }
        asking[id] = true;
        app.api.members(id, function (problem, answer) {
          // Without them a name can still be typed; a while later it is tried again.
          setTimeout(function () { delete asking[id]; }, problem ? chat.limits.backoff_cap_ms : 0);
          if (!problem) { app.store.dispatch({ type: "members", id: id, members: answer.members.map(chat.groups.member) }); }
        });
      }
    };
  }

  return mention_names;
}());
