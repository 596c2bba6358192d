// Asking the server what was said: after a pause in typing or at once, everywhere
// or in the open conversation; one question at a time per place, the last one counts.
var chat = chat || {};

chat.search = (function () {
  "use strict";

  var DAY = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;

  /** "2026-01-31" -> when that day begins here, `more` days later, as the server reads times; "" if it is none. */
  function day_begins(text, more) {
    var found = DAY.exec(String(text || "").trim());
    var date = found && new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + more);
    return date && !isNaN(date.getTime()) ? date.toISOString() : "";
  }

  /** Long enough to ask without being told to: two characters, or one that is a word. */
  function enough(text) {
    return text.length > 1 || /[^\u0000-\u024f]/.test(text);
  }

  /** The question in the words of the address. */
  function address(form, before) {
    var found = [];
    var asked = {
      query: form.query.trim(), conversation: form.conversation, sender: form.sender,
      from: day_begins(form.since, 0), to: day_begins(form.until, 1), before: before
    };
    Object.keys(asked).forEach(function (name) {
      if (asked[name]) { found.push(name + "=" + encodeURIComponent(asked[name])); }
    });
    return found.join("&");
  }

  /** @param {?} app its store, api, doors, friends, history */
  function search(app) {
    var running = {}; // by place: the request that counts
    var timer = null;

    function stop(place) {
      if (running[place]) { running[place].abort(); }
      running[place] = null;
    }

    function page(place, empty_pages) {
      var held = app.store.state().seeks[place];
      stop(place);
      app.store.dispatch({ type: "seeking", place: place });
      running[place] = app.api.search(address(held.form, held.next), function (problem, answer) {
        running[place] = null;
        if (problem) { return app.store.dispatch({ type: "not_sought", place: place, problem: problem }); }
        app.store.dispatch({ type: "sought", place: place, answer: answer });
        // The server looks for about a second at a time: an empty page is not the end.
        if (answer.next && !answer.results.length && empty_pages < chat.limits.empty_pages) { page(place, empty_pages + 1); }
      });
    }

    function ask(place, form) {
      clearTimeout(timer);
      app.store.dispatch({ type: "seek", place: place, form: form });
      page(place, 0);
    }

    function everywhere(text) {
      if (text.trim()) { ask("all", { query: text, conversation: "", sender: "", since: "", until: "" }); }
    }

    function close(place) {
      stop(place);
      app.store.dispatch({ type: "seek", place: place, form: null });
    }

    function clear() {
      clearTimeout(timer);
      close("all");
      app.store.dispatch({ type: "finder", text: "" });
    }

    return {
      /** What stands in the box changed: the answer to what stood there before is void. */
      typed: function (text) {
        clearTimeout(timer);
        if (app.store.state().search) { app.doors.show_find(false); }
        app.store.dispatch({ type: "finder", text: text });
        if (app.store.state().seeks.all) { close("all"); }
        if (enough(text.trim())) { timer = setTimeout(function () { everywhere(text); }, chat.limits.search_pause_ms); }
      },
      everywhere: everywhere,
      clear: clear,
      /** Among everybody, where people and groups are looked for. */
      find_people: function (query) {
        clear();
        app.store.dispatch({ type: "view", view: "contacts" });
        app.store.dispatch({ type: "dialog", dialog: { name: "find_people" } });
        app.friends.look_for(query);
      },
      find_groups: function (query) {
        clear();
        app.doors.show_find(true);
        app.doors.look_for(query);
      },
      more: function (place) { page(place, 0); },
      /** In the open conversation; members are needed for the choice of who said it. */
      open_here: function () {
        var state = app.store.state();
        var one = state.conversations[state.open];
        if (!one) { return; }
        app.store.dispatch({ type: "panel", panel: false });
        app.store.dispatch({ type: "seek", place: "here", form: { query: "", conversation: one.id, sender: "", since: "", until: "" } });
        if (one.type !== "group" || one.left) { return; }
        app.api.members(one.id, function (problem, answer) {
          if (!problem) { app.store.dispatch({ type: "members", id: one.id, members: answer.members.map(chat.groups.member) }); }
        });
      },
      here: function (form) { ask("here", form); },
      close_here: function () { close("here"); },
      /** To where it was said. */
      jump: function (message) { app.history.jump(message.conversation, message.seq); },
      /** Effect: searching here ends with what is open, and gives way to the panel. */
      follow: function (before, after) {
        var here = after.seeks.here;
        if (here && (here.form.conversation !== after.open || (after.panel && !before.panel))) { close("here"); }
        if (before.phase === "in" && after.phase !== "in") {
          clearTimeout(timer);
          stop("all");
        }
      }
    };
  }

  search.day_begins = day_begins;
  search.enough = enough;
  search.address = address;
  return search;
}());
