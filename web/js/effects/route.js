// The address says what is open, so that Back works and a reload stays:
//   #/  #/c/<id>  #/c/<id>/info  #/contacts  #/settings  #/admin/<page>  #/join/<code>
var chat = chat || {};

chat.route = (function () {
  "use strict";

  var VIEWS = ["contacts", "settings", "admin"];

  // Ids and codes look like this and have a digit: no word that every object knows ("constructor") does.
  var ID = /^(?=.*\d)[0-9A-Za-z-]+$/;

  /** What the address asks for. Anybody may have written it: what is no id is nothing. */
  function read(hash) {
    var parts = String(hash || "").replace(/^#\/?/, "").split("/");
    var id = parts[1] && ID.test(parts[1]) ? parts[1] : null;
    if (parts[0] === "c" && id) {
      return { view: "chats", open: id, panel: parts[2] === "info", join: null, page: "" };
    }
    return {
      view: VIEWS.indexOf(parts[0]) >= 0 ? parts[0] : "chats", open: null, panel: false,
      join: parts[0] === "join" ? id : null,
      page: parts[0] === "admin" && parts[1] || ""
    };
  }

  function write(state) {
    if (state.view === "admin") { return "#/admin/" + state.admin_page; }
    if (state.view !== "chats") { return "#/" + state.view; }
    return state.open ? "#/c/" + encodeURIComponent(state.open) + (state.panel ? "/info" : "") : "#/";
  }

  /** @param {{store: Object}} app */
  function route(app) {
    var location = self.location;

    function go() {
      var asked = read(location.hash);
      if (write(app.store.state()) === location.hash) { return; }
      app.store.dispatch({
        type: "routed", view: asked.view, open: asked.open, panel: asked.panel, join: asked.join, page: asked.page
      });
    }

    return {
      /** Once, before the first snapshot. */
      start: function () {
        self.addEventListener("hashchange", go);
        go();
      },
      /** Effect: what was opened stands in the address. */
      follow: function (before, after) {
        if (after.phase !== "in" || after.join) { return; }
        var to = write(after);
        if (to === (location.hash || "#/")) { return; }
        // Coming in, and what was open going away, are no steps to go back to.
        if (before.phase !== "in" || (before.open && !after.conversations[before.open])) {
          location.replace(to);
        } else {
          location.hash = to;
        }
      }
    };
  }

  route.read = read;
  route.write = write;
  return route;
}());
