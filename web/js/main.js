// Wiring, and nothing else: what is made here, in this order, is the page.
var chat = chat || {};

chat.main = (function () {
  "use strict";

  if (chat.worker()) { return null; } // the shared worker runs this script, too, and has no page

  var store = chat.store(chat.reduce, chat.initial());
  /** @type {?} filled below: each part may use those made before it */
  var app = { store: store };
  var drawing = null;

  app.api = chat.api(function () { app.session.unauthorized(); });
  app.shout = chat.shout(function (word) { app.session.heard(word); });
  app.transport = chat.tabs({
    entry: function (told) { app.receive.entry(told); },
    reset: function () { app.session.sync(); },
    state: function (link) {
      store.dispatch({
        type: "link", state: link.state, route: link.route, reason: link.reason, retry_ms: link.retry_ms, now: Date.now()
      });
    },
    probe: function (done) { app.session.probe(done); },
    signed_out: function () { app.session.expired(); },
    stranger: function () { self.location.reload(); },
    voice: function (voice) { store.dispatch({ type: "voice", voice: voice }); }
  }, document.body.getAttribute("data-worker"));
  app.session = chat.session(app);
  app.receive = chat.receive(app);
  app.announce = chat.announce(app);
  app.history = chat.history(app);
  app.marks = chat.marks(app);
  app.send = chat.send(app);
  app.uploading = chat.uploading(app);
  app.mentions = chat.mention_names(app);
  app.typing = chat.typing(app);
  app.reading = chat.reading(app);
  app.groups = chat.groups(app);
  app.looked_at = chat.looked_at(app);
  app.arrange = chat.arrange(app);
  app.people = chat.people_of(app);
  app.folded = chat.folded(app);
  app.route = chat.route(app);
  app.drafts = chat.drafts(app);
  app.outbox_kept = chat.outbox_kept(app);
  app.notify = chat.notify(app);
  app.upward = chat.upward(app);
  app.later = chat.later(app);

  // What views may do. js/more.js has more of it, and takes the place of what waits for it.
  /** @type {?} */
  var act = app.act = {
    session: app.session, groups: app.groups, history: app.history, send: app.send, typing: app.typing,
    people: app.people, files: app.uploading, mentions: app.mentions, arrange: app.arrange,
    marks: app.marks, reading: app.reading, announce: app.announce,
    later: app.later.need,
    doors: app.later.room("doors", ["show", "show_create", "show_find"]),
    search: app.later.room("search", ["typed", "everywhere", "clear", "open_here"]),
    wake: function () { app.transport.wake(); },
    view: function (name) { store.dispatch({ type: "view", view: name }); },
    /** Opens a dialogue, `{ name, … }`, or closes with null. */
    dialog: function (dialog) { store.dispatch({ type: "dialog", dialog: dialog }); },
    setting: function (name, value) { store.dispatch({ type: "setting", name: name, value: value }); },
    /** Notices of the desktop: the browser asks its user, and may say no. */
    notify: function (wanted) {
      if (!wanted) { return act.setting("notify", false); }
      chat.notices.permit(function (granted) { act.setting("notify", granted); });
    },
    /** A text that goes back into the field: { conversation, text, stamp }, or null. */
    redraft: function (redraft) { store.dispatch({ type: "redraft", redraft: redraft }); },
    notice: function (problem) { store.dispatch({ type: "notice", notice: problem }); },
    reload: function () { self.location.reload(); },
    dismiss: function () { store.dispatch({ type: "notice", notice: null }); }
  };

  var page = /** @type {HTMLElement} */ (document.getElementById("page"));

  function draw() {
    drawing = null;
    preact.render(chat.el.view(chat.app, { state: store.state(), act: act }), page);
  }

  // Not requestAnimationFrame: it does not run in hidden tabs, and the title
  // has to count there.
  function draw_soon() {
    if (drawing === null) { drawing = setTimeout(draw, chat.limits.draw_ms); }
  }

  // Effects: what follows from a difference. One line each.
  [
    // What is kept comes before what is sent: no message leaves that would not be found again.
    app.drafts, app.outbox_kept,
    app.receive, app.history, app.send, app.uploading, app.reading, app.groups, app.looked_at, app.people,
    app.folded, app.route, app.announce, app.later,
    chat.title, chat.remember, chat.sound, app.notify, chat.shake, chat.clock(app), chat.version(app)
  ].forEach(function (effect) {
    store.listen(effect.follow);
  });

  function look() {
    var visible = document.visibilityState !== "hidden";
    store.dispatch({ type: "attentive", attentive: visible && document.hasFocus() });
    app.transport.look(visible);
    if (visible) { app.transport.wake(); }
  }

  function network() {
    var there = self.navigator.onLine !== false;
    store.dispatch({ type: "offline", offline: !there });
    app.transport.network(there);
  }

  function measure() {
    store.dispatch({ type: "narrow", narrow: self.innerWidth < chat.limits.narrow_px });
  }

  // A stream that another tab took over comes back when this one is looked at.
  document.addEventListener("visibilitychange", look);
  ["focus", "blur", "pageshow"].forEach(function (name) { self.addEventListener(name, look); });
  self.addEventListener("resize", measure);
  ["online", "offline"].forEach(function (name) { self.addEventListener(name, network); });
  self.addEventListener("pagehide", app.transport.leave);
  self.addEventListener("pageshow", function (event) {
    if (!event.persisted) { return; }
    app.transport.back();
    app.session.returned();
  });

  // Another language: its words first, then everything is drawn again.
  store.listen(function (before, after) {
    if (!before.settings.language || before.settings.language === after.settings.language) { return; }
    chat.i18n.load(after.settings.language, function (problem) {
      if (problem) { return act.notice(problem); }
      document.documentElement.setAttribute("lang", after.settings.language);
      draw_soon();
    });
  });

  function begin() {
    chat.i18n.load(store.state().settings.language, function (problem) {
      if (problem) {
        setTimeout(begin, chat.backoff(1)); // without words there is nothing to show
        return;
      }
      page.textContent = "";
      store.listen(draw_soon); // not before: without words a drawing would show their keys
      look();
      app.route.start();
      chat.shortcuts(app).start();
      app.drafts.start();
      app.outbox_kept.start();
      measure();
      app.upward.start();
      app.session.start();
      draw_soon();
    });
  }

  store.dispatch({ type: "settings", settings: chat.remember.load() });
  begin();

  return app;
}());
