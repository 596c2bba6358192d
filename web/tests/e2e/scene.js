"use strict";
// Puts a page of the world into one of the states.
const { Friend } = require("./friend");
const { proxy } = require("./proxy");
const { words } = require("./words");
const { enter, world } = require("./world");

const SEEN_MS = 8000;
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };

/** The world, somebody new in it, and a wire that can be cut between server and browser. */
async function stage(running) {
  const made = await world(running.url);
  const between = await proxy(running.url);
  const newcomer = await Friend.sign_up(running.url, "newcomer", "新人");
  return Object.assign(made, { newcomer, through: between.url, cut: between.cut, heal: between.heal, stop: between.stop });
}

/** One page in one look; `show(state)` puts it into a state. */
async function scene(chromium, made, { language = "en", theme = "light", viewport = DESKTOP, more = {} } = {}) {
  const t = words(language);
  const look = { locale: language, colorScheme: theme, viewport, reducedMotion: "reduce", ...more };
  const contexts = {};
  const complaints = [];

  async function page_of(who) {
    if (!contexts[who]) {
      const context = await chromium.newContext(look);
      context.setDefaultTimeout(SEEN_MS);
      if (who !== "nobody") { await enter(context, { ...made[who], url: made.through }); }
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (line) => { if (/Content Security Policy/.test(line.text())) { complaints.push(line.text()); } });
      contexts[who] = page;
    }
    return contexts[who];
  }

  return {
    t, complaints,
    async show(state) {
      const page = await page_of(state.door ? "nobody" : state.who || "me");
      await page.goto(made.through);
      await (state.door ? page.getByRole("button", { name: t("door.sign_in") }) : page.getByRole("navigation", { name: t("rail.name") })).waitFor();
      await state.go(page, t, made);
      await state.seen(page, t, made).first().waitFor();
      return page;
    },
    leave: async (state) => { if (state.after) { await state.after(made); } },
    close: async () => { for (const page of Object.values(contexts)) { await page.context().close(); } }
  };
}

module.exports = { DESKTOP, PHONE, scene, stage };
