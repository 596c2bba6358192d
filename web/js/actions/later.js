// What nobody needs to read and write (dialogues, contacts, search, settings, the
// administrator's pages): its scripts and its words come together when somebody
// first wants them, or once the page has been quiet for a while. The page lists
// the scripts as "text/later"; the words stand in i18n/more.<language>.json; and
// js/more.js, the last of them, ties them in.
var chat = chat || {};

chat.later = (function () {
  "use strict";

  var LISTED = "script[type='text/later']:not([data-read])";

  /** The scripts that were not read yet, one after the other; one that fails is the last. */
  function scripts(done) {
    /** @type {?} */
    var tag = document.querySelector(LISTED);
    var script = document.createElement("script");
    if (!tag) { return done(null); }
    script.onload = function () {
      tag.setAttribute("data-read", "");
      scripts(done);
    };
    script.onerror = function () {
      document.body.removeChild(script);
      done({ status: 0, code: "later" });
    };
    script.src = tag.getAttribute("src");
    document.body.appendChild(script);
  }

  function spares_data() {
    var connection = /** @type {?} */ (self.navigator).connection;
    return Boolean(connection && connection.saveData);
  }

  /** @param {?} app its store; `act`, and what js/more.js ties in  @param {Function} [fetch] in the place of `scripts` */
  function later(app, fetch) {
    var waiting = {}; // by name: what is to be done when all is there; of the same thing the last
    var asking = false;
    var timer = null;

    function tell(there, problem) {
      app.store.dispatch({ type: "later", later: { there: there, problem: problem } });
    }

    function arrived() {
      var due = waiting;
      var effects = chat.more(app);
      waiting = {};
      effects.forEach(function (effect) { app.store.listen(effect.follow); });
      tell(true, null);
      // For them the page begins now.
      effects.forEach(function (effect) { effect.follow(chat.initial(), app.store.state()); });
      Object.keys(due).forEach(function (name) { due[name](); });
    }

    /** Asks for it, once at a time. */
    function need() {
      if (asking || app.store.state().later.there) { return; }
      asking = true;
      if (app.store.state().later.problem) { tell(false, null); }
      // Words first: a script that is there would draw without them.
      chat.i18n.more(function (problem) {
        (problem ? function (done) { done(problem); } : fetch || scripts)(function (trouble) {
          asking = false;
          if (!trouble) { return arrived(); }
          // Whoever wanted it learns why not, and presses again.
          if (Object.keys(waiting).length || app.store.state().join) { app.store.dispatch({ type: "notice", notice: trouble }); }
          waiting = {};
          tell(false, trouble);
        });
      });
    }

    return {
      need: need,
      /** Actions of a room that comes later, by name: each waits for it. */
      room: function (room, names) {
        return names.reduce(function (stubs, name) {
          return chat.change.key(stubs, name, function () {
            var args = arguments;
            waiting[room + "." + name] = function () { app.act[room][name].apply(null, args); };
            need();
          });
        }, {});
      },
      /** Effect: a link of an invitation wants a dialogue; and what could not come may come over a link that is back. */
      follow: function (before, after) {
        if (after.later.there || after.phase !== "in") { return; }
        // Asked for anew when something changed, and not because the last try failed.
        var invited = after.join && (after.join !== before.join || before.phase !== "in");
        var back = after.later.problem && before.link.state !== "online" && after.link.state === "online";
        if (invited || back) { need(); }
        if (timer === null && !spares_data()) { timer = setTimeout(need, chat.limits.later_ms); }
      }
    };
  }

  return later;
}());
