// May this page show notices of the desktop? Browsers give them to secure origins
// only, and ask their user once.
var chat = chat || {};

chat.notices = (function () {
  "use strict";

  /** Why there can be none, as a key of the dictionary; "" if nothing stands in the way. */
  function obstacle() {
    if (!self.Notification) { return "settings.notify.missing"; }
    if (/** @type {?} */ (self).isSecureContext === false) { return "settings.notify.insecure"; }
    return self.Notification.permission === "denied" ? "settings.notify.denied" : "";
  }

  /** Asks if need be. @param {function(boolean): void} done */
  function permit(done) {
    var asked;
    if (obstacle()) { return done(false); }
    if (self.Notification.permission === "granted") { return done(true); }
    function told(permission) { done(permission === "granted"); }
    // Some engines answer by a promise, older ones call back.
    asked = self.Notification.requestPermission(told);
    if (asked && asked.then) { asked.then(told, function () { done(false); }); }
  }

  /** The page's own, which stands in the page. */
  function icon() {
    /** @type {?} */
    var link = document.querySelector("link[rel=icon]");
    return link ? link.href : "";
  }

  return { obstacle: obstacle, permit: permit, icon: icon };
}());
