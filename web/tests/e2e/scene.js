"use strict";
// Puts a page of the world into one of the states.
const { equip, server } = require("./browser");
const { Friend } = require("./friend");
const { proxy } = require("./proxy");
const { words } = require("./words");
const { enter, world } = require("./world");

const SEEN_MS = 8000;
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };

/** The world, and somebody new in it. */
async function stage(running) {
  const made = await world(running.url);
  return Object.assign(made, { newcomer: await Friend.sign_up(running.url, "newcomer", "新人") });
}

/**
 * One page in one look, behind a wire of its own that can be cut; `show(state)` puts it
 * into a state. `texts`: a dictionary in the place of the language's. `ready(context)` is called
 * before a page is opened in it.
 */
async function scene(chromium, staged, { language = "en", theme = "light", viewport = DESKTOP, texts, more = {}, ready } = {}) {
  const t = words(texts || language);
  const look = { locale: language, colorScheme: theme, viewport, reducedMotion: "reduce", ...more };
  const between = await proxy(staged.url);
  const made = { ...staged, cut: between.cut, heal: between.heal };
  const contexts = {};
  const complaints = [];

  async function page_of(who) {
    if (!contexts[who]) {
      const context = await chromium.newContext(look);
      context.setDefaultTimeout(SEEN_MS);
      if (texts) { await context.route("**/i18n/*.json", (route) => route.fulfill({ json: texts })); }
      if (ready) { await ready(context); }
      if (who !== "nobody") { await enter(context, { ...made[who], url: between.url }); }
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
      await page.goto(between.url);
      await page.getByRole(...(state.door ? ["button", { name: t("door.sign_in") }] : ["navigation", { name: t("rail.name") }])).waitFor();
      await state.go(page, t, made);
      await state.seen(page, t, made).first().waitFor();
      return page;
    },
    leave: async (state) => { if (state.after) { await state.after(made); } },
    close: async () => {
      for (const page of Object.values(contexts)) { await page.context().close(); }
      between.stop();
    }
  };
}

/**
 * What a test file needs that looks at states: there before its tests, gone after them. `start` gives
 * the server, `furnish(world, running)` puts more into the world.
 * @returns {{scene: function(Object=): Promise, made: function(): Object}} a page in one look; the world
 */
function house({ start = () => server({ options: ["--post-rate", "0"] }), furnish = async () => {} } = {}) {
  const site = equip(async () => {
    const running = await start();
    made = await stage(running);
    await furnish(made, running);
    return running;
  });
  let made = null;
  return { scene: (look) => scene(site.chromium, made, look), made: () => made };
}

module.exports = { DESKTOP, PHONE, house };
