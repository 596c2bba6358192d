"use strict";
// Runs in PhantomJS: a browser that parses ES5 and nothing later, and knows no
// custom properties. Two ways to call it:
//   phantomjs phantom.js use ADDRESS GROUP NAME DICTIONARY   a person uses the page
//   phantomjs phantom.js canary ADDRESS...                   only opens each
// The last line it prints is { ok, complaints, … } as JSON.
var system = require("system");
var fs = require("fs");
var webpage = require("webpage");

var STEP_MS = 10000;
var PASSWORD = "correct horse battery";
var LIGHT_INK = "rgb(27, 36, 48)";
var LIGHT_BRAND = "rgb(9, 99, 166)";

var page = webpage.create();
var report = { ok: false, complaints: [], feeds: {}, steps: [] };
var began = Date.now();

/** Tells how far it got: of an engine that stands still this is all there is. */
function progress(what) {
  system.stdout.writeLine((Date.now() - began) + " " + what);
  system.stdout.flush();
}

function end() {
  report.ms = Date.now() - began;
  system.stdout.write(JSON.stringify(report) + "\n");
  phantom.exit(report.ok && !report.complaints.length ? 0 : 1);
}

function fail(sentence) {
  report.complaints.push(sentence);
  page.render(system.env.WEBQQ_LEGACY_SHOT || "/dev/null", { format: "png" });
  end();
}

phantom.onError = function (message, trace) { fail("driver: " + message + " " + JSON.stringify(trace)); };
page.viewportSize = { width: 1280, height: 800 };
page.onInitialized = function () {
  // It has an event stream, and IE11 has none.
  page.evaluate(function () { window.EventSource = window.SharedWorker = window.Promise = window.fetch = undefined; });
};
page.onError = function (message) { report.complaints.push("page: " + message); };
page.onConsoleMessage = function (message) { report.complaints.push("console: " + message); };
page.onResourceReceived = function (answer) {
  if (answer.stage === "end" && answer.status >= 500) { report.complaints.push(answer.status + " " + answer.url); }
};
page.onResourceRequested = function (request) {
  var feed = /\/api\/(stream|poll)\b/.exec(request.url);
  if (feed) { report.feeds[feed[1]] = (report.feeds[feed[1]] || 0) + 1; }
};

// What the page may be asked; each runs inside it and finds things as people do, by their words.
var ask = {
  // A script that cannot be parsed is passed over in silence here. Each gives the name of its file.
  unread: function (names) {
    return names.split(" ").filter(function (name) { return window.chat[name] === undefined; }).join(" ");
  },
  has: function (text) { return document.body.textContent.indexOf(text) >= 0; },
  count: function (text) {
    return Array.prototype.filter.call(document.querySelectorAll(".bubble"), function (bubble) {
      return bubble.textContent.indexOf(text) >= 0;
    }).length;
  },
  /** By its name, or a name that goes on after it: "My profile: Ann" is also "My profile: Ann, online". */
  press: function (name) {
    var found = null;
    function heard(node) {
      if (node.nodeType === 3) { return node.data; }
      if (node.nodeType !== 1 || node.getAttribute("aria-hidden") === "true") { return ""; }
      return Array.prototype.map.call(node.childNodes, heard).join("");
    }
    Array.prototype.forEach.call(document.querySelectorAll("button"), function (button) {
      var words = (button.getAttribute("aria-label") || heard(button)).trim();
      if (button.disabled || (words !== name && words.indexOf(name + " ") !== 0)) { return; }
      if (!found || words === name) { found = button; }
    });
    if (found) { found.click(); }
    return Boolean(found);
  },
  row: function (title) {
    var found = Array.prototype.filter.call(document.querySelectorAll(".row"), function (row) {
      return row.textContent.indexOf(title) >= 0;
    })[0];
    if (found) { found.click(); }
    return Boolean(found);
  },
  focus: function (label) {
    var field = null;
    Array.prototype.forEach.call(document.querySelectorAll("input, textarea"), function (one) {
      var named = one.id && document.querySelector("label[for='" + one.id + "']");
      var name = named ? named.textContent : one.getAttribute("aria-label") || "";
      if (!field && name.trim() === label) { field = one; }
    });
    if (field) { field.focus(); }
    return document.activeElement === field && Boolean(field);
  },
  heading: function (name) {
    return Array.prototype.some.call(document.querySelectorAll("h1"), function (one) {
      return one.textContent.indexOf(name) >= 0;
    });
  },
  colours: function () {
    var primary = document.querySelector(".primary");
    return [window.getComputedStyle(document.body).color, window.getComputedStyle(primary).backgroundColor];
  },
  // This engine has no flex boxes: the timeline gets the height that the pane would give it.
  shorten: function () {
    var log = document.querySelector("[role=log]");
    log.style.height = "300px";
    log.scrollTop = log.scrollHeight;
    return log.scrollHeight;
  },
  first: function () { return Number(document.querySelector("[role=log] li[data-seq]").getAttribute("data-seq")); },
  /** Scrolls to the top: the row that is first then, and where its bubble stands in the timeline, in pixels. */
  to_top: function () {
    var log = document.querySelector("[role=log]");
    var row = log.querySelector("li[data-seq]");
    log.scrollTop = 0;
    return {
      seq: Number(row.getAttribute("data-seq")),
      place: (row.querySelector(".bubble") || row).getBoundingClientRect().top - log.getBoundingClientRect().top
    };
  },
  place: function (seq) {
    var log = document.querySelector("[role=log]");
    var row = log.querySelector("li[data-seq='" + seq + "']");
    return (row.querySelector(".bubble") || row).getBoundingClientRect().top - log.getBoundingClientRect().top;
  }
};

function look(name, argument) { return page.evaluate(ask[name], argument); }

var steps = [];

/** A step: tried until `attempt` gives true, then the next. */
function step(sentence, attempt) { steps.push({ sentence: sentence, attempt: attempt }); }

function run() {
  var one = steps.shift();
  var until = Date.now() + STEP_MS;
  if (!one) {
    report.ok = true;
    return end();
  }
  function attempt() {
    if (report.complaints.length) { return fail("complained before: " + one.sentence); }
    if (one.attempt() === true) {
      report.steps.push([Date.now() - began, one.sentence]);
      progress(one.sentence);
      return run();
    }
    if (Date.now() > until) { return fail("not in time: " + one.sentence); }
    setTimeout(attempt, 20);
    return undefined;
  }
  attempt();
  return undefined;
}

function presses(name) { step("press " + name, function () { return look("press", name); }); }

function fills(label, text) {
  step("fill " + label, function () {
    if (!look("focus", label)) { return false; }
    page.sendEvent("keypress", text);
    return true;
  });
}

function use(group, name, t) {
  var tag = String(began);
  var typed = "ping " + tag;
  var answer = "pong " + tag;
  var message = t("composer.to").replace("{name}", group);

  step("the door is there", function () { return look("has", t("door.sign_in")); });
  step("every script was read", function () {
    report.unread = look("unread", t("scripts.first"));
    return report.unread === "";
  });
  step("colours are those of the light palette", function () {
    report.colours = look("colours");
    return report.colours[0] === LIGHT_INK && report.colours[1] === LIGHT_BRAND;
  });
  presses(t("door.no_account"));
  fills(t("door.username"), name);
  fills(t("door.display_name"), name);
  fills(t("door.password"), PASSWORD);
  presses(t("door.sign_up"));

  presses(t("find.title"));
  fills(t("find.query"), group);
  presses(t("find.go"));
  presses(t("find.join_name").replace("{name}", group));
  step("the group opens", function () { return look("heading", group) && look("has", "old 130."); });

  step("only the newest page is there", function () { return !look("has", "old 70."); });
  step("the timeline scrolls", function () { return look("shorten") > 600; });
  // To the top, page by page: the row that stood there keeps its place.
  [1, 2].forEach(function (turn) {
    var top = null, tried = 0;
    step("scroll up, page " + turn, function () {
      if (top && look("first") < top.seq) { return true; }
      // The page may ask for the next page by itself, near the top.
      if (turn > 1 && !top && look("has", "old 1.")) { return true; }
      // As a person would: when nothing came, once more.
      if (Date.now() - tried > 300) {
        top = look("to_top");
        tried = Date.now();
      }
      return false;
    });
    step("page " + turn + " moved nothing", function () {
      report.moved = top ? look("place", top.seq) - top.place : 0;
      return Math.abs(report.moved) <= 1;
    });
  });
  step("the beginning is there", function () { return look("has", "old 1."); });
  // By now somebody has used what comes later.
  step("so was every script that comes later", function () {
    report.unread = look("unread", t("scripts.later"));
    return report.unread === "";
  });

  fills(message, typed);
  step("nothing is sent before Enter", function () { return look("count", typed) === 0; });
  step("Enter sends", function () {
    page.sendEvent("keypress", page.event.key.Enter);
    return look("count", typed) === 1;
  });
  step("the other answers", function () { return look("count", answer) === 1; });
  step("sent once", function () { return look("count", typed) === 1; });

  presses(t("rail.me").replace("{name}", name));
  presses(t("me.sign_out"));
  step("the door again", function () { return look("has", t("door.no_account")); });
  fills(t("door.username"), name);
  fills(t("door.password"), PASSWORD);
  presses(t("door.sign_in"));
  step("open the group", function () { return look("row", group); });
  step("all is there", function () { return look("count", typed) === 1 && look("count", answer) === 1; });
  // A poll that comes back at once each time would be a cursor that stands still.
  step("by long-poll alone, and held", function () {
    return report.feeds.poll > 3 && report.feeds.poll < 20 && !report.feeds.stream;
  });
  run();
}

/** Opens one page after the other and tells what each complained of. */
function sing(addresses) {
  report.canaries = [];
  function next() {
    var address = addresses.shift();
    if (!address) {
      report.ok = true;
      report.complaints = [];
      return end();
    }
    report.complaints = [];
    return page.open(address, function () {
      setTimeout(function () { // time for what fails a moment later
        report.canaries.push({ title: page.title, complaints: report.complaints });
        next();
      }, 50);
    });
  }
  next();
}

(function () {
  var words;
  var args = system.args;
  if (args[1] === "canary") { return sing(args.slice(2)); }
  progress("opens " + args[2]);
  return page.open(args[2], function (status) {
    if (status !== "success") { return fail("cannot open " + args[2]); }
    words = JSON.parse(fs.read(args[5]));
    return use(args[3], args[4], function (key) {
      if (!words[key]) { throw new Error("no words for " + key); }
      return words[key];
    });
  });
}());
