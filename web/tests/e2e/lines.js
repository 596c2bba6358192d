"use strict";
// What tests of the timeline need: posting without the field, rows and where they stand, the menu of a message.
const assert = require("node:assert/strict");

/** Posts as the page would, past its field; gives the receipt. `conversation`: the open one if absent. */
async function post(who, kind, body, conversation = null) {
  const answer = await who.page.evaluate(([to, what, said]) => new Promise((resolve) => {
    const main = globalThis.chat.main;
    const draft = { kind: what, body: said, client_id: globalThis.chat.id() };
    main.api.post(to || main.store.state().open, draft, (problem, receipt) => resolve(problem ? { problem } : receipt));
  }), [conversation, kind, body]);
  assert.equal(answer.problem, undefined, JSON.stringify(answer.problem));
  return answer;
}

/** The state of the page, or of the open conversation, as data. */
function held(who) {
  return who.page.evaluate(() => {
    const state = globalThis.chat.main.store.state();
    return JSON.parse(JSON.stringify(state.conversations[state.open]));
  });
}

function message(who, text) {
  return who.page.getByRole("log").locator(".msg").filter({ hasText: text }).first();
}

/** Chooses from the menu of the message with this text. */
async function choose(who, text, item) {
  await message(who, text).hover();
  await message(who, text).getByRole("button", { name: "Message actions" }).click();
  await who.page.getByRole("menu", { name: "Message actions" }).getByRole(/^\W/.test(item) ? "menuitemcheckbox" : "menuitem",
    { name: item, exact: true }).click();
}

/**
 * The seq of a row in sight and where it stands, in fractions of a pixel, and the first row drawn. With `to`
 * the pane is scrolled there before, at the same moment: what follows from scrolling comes later.
 */
function in_sight(who, to = null) {
  return who.page.evaluate((top_px) => {
    const log = globalThis.document.querySelector(".log");
    if (top_px !== null) { log.scrollTop = top_px; }
    const top = log.getBoundingClientRect().top;
    const row = [...log.querySelectorAll("li[data-seq]")].find((one) => one.getBoundingClientRect().top > top + 5);
    return {
      seq: row.getAttribute("data-seq"), at: row.getBoundingClientRect().top,
      first: log.querySelector("li[data-seq]").getAttribute("data-seq")
    };
  }, to);
}

function place(who, seq) {
  return who.page.evaluate((of) => {
    const row = globalThis.document.querySelector(`.log li[data-seq="${of}"]`);
    return row ? row.getBoundingClientRect().top : null;
  }, seq);
}

/** { rows, from_bottom, from_top } of the pane. */
function pane(who) {
  return who.page.evaluate(() => {
    const log = globalThis.document.querySelector(".log");
    return {
      rows: log.querySelectorAll("li[data-seq]").length, from_top: log.scrollTop,
      from_bottom: log.scrollHeight - log.scrollTop - log.clientHeight
    };
  });
}

function scroll_to(who, top) {
  return who.page.evaluate((to) => { globalThis.document.querySelector(".log").scrollTop = to; }, top);
}

/** Everything the announcer says from now on: await the function it gives. */
async function listen(who) {
  await who.page.evaluate(() => {
    globalThis.heard = [];
    new globalThis.MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
      globalThis.heard.push(node.textContent);
    }))).observe(globalThis.document.querySelector(".announcer"), { childList: true, subtree: true, characterData: true });
  });
  return () => who.page.evaluate(() => globalThis.heard);
}

module.exports = { choose, held, in_sight, listen, message, pane, place, post, scroll_to };
