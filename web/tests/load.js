"use strict";
// Loads page scripts into a context of their own, in the order of index.html, so
// a test sees exactly what the browser sees, minus the browser.
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const WEB = path.join(__dirname, "..");

const page = () => fs.readFileSync(path.join(WEB, "index.html"), "utf8");
const listed = (html, tag) => [...html.matchAll(tag)].map((found) => found[1]);

const first_in = (html) => listed(html, /<script src="([^"]+)"/g);

/** The scripts that the page begins with, in order: those in its head, and the others. */
const head_scripts = () => first_in(page().split("</head>")[0]);
const body_scripts = () => first_in(page().split("</head>")[1]);
const first_scripts = () => [...head_scripts(), ...body_scripts()];

/** Those that it reads when somebody wants them, in order. */
const later_scripts = () => listed(page(), /<script type="text\/later" src="([^"]+)"/g);

/** All scripts of the page, in the order in which they are read. */
const scripts = () => [...first_scripts(), ...later_scripts()];

/** The shared worker: the script of the page that it is, and those it imports where files are served one by one, in order. */
function worker_scripts() {
  const own = /<body data-worker="([^"]+)">/.exec(page())[1];
  const call = /self\.importScripts\(([^)]*)\);/.exec(fs.readFileSync(path.join(WEB, own), "utf8"));
  return { own, imports: [...call[1].matchAll(/"\/([^"]+)"/g)].map((found) => found[1]) };
}

/**
 * load("state/", "lib/change.js") -> { chat, self }: the scripts under js/ that
 * begin with one of the parts. `fakes` are laid over the globals.
 */
function load(parts, fakes = {}) {
  const self = { setTimeout, clearTimeout, Math, Date, JSON, navigator: { language: "en" }, ...fakes };
  self.self = self;
  const context = vm.createContext(self);
  for (const script of scripts()) {
    if (!parts.some((part) => script.startsWith("js/" + part))) { continue; }
    vm.runInContext(fs.readFileSync(path.join(WEB, script), "utf8"), context, { filename: script });
  }
  return { chat: context.chat, self: context };
}

/** In the place of preact, for a view that is called: what it draws is arrays. */
const PREACT = { h: (...parts) => parts, Component() { return; } };

/** Plain copies: values from another context have other prototypes. */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}

/** The words that the page begins with, or those of the later scripts. */
function words_of(part, language) {
  const name = part === "later" ? `more.${language}.json` : `${language}.json`;
  return JSON.parse(fs.readFileSync(path.join(WEB, "i18n", name), "utf8"));
}

/** All words of a language. */
function dictionary(language) {
  return { ...words_of("first", language), ...words_of("later", language) };
}

/** A clock that only moves when told to. */
class Clock {
  constructor() {
    this.now = 0;
    this.timers = [];
    this.next = 1;
    this.fakes = {
      setTimeout: (run, wait) => {
        this.timers.push({ id: this.next, at: this.now + (wait || 0), run });
        return this.next++;
      },
      clearTimeout: (id) => { this.timers = this.timers.filter((timer) => timer.id !== id); },
      performance: { now: () => this.now }
    };
  }

  advance(by) {
    const end = this.now + by;
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (!due) { break; }
      this.timers = this.timers.filter((timer) => timer !== due);
      this.now = due.at;
      due.run();
    }
    this.now = end;
  }
}

module.exports = {
  Clock, PREACT, WEB, body_scripts, dictionary, first_scripts, head_scripts, later_scripts, load, plain, scripts, words_of,
  worker_scripts
};
