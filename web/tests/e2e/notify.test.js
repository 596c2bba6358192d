"use strict";
// Being told of news while one looks elsewhere: notice, sound, title; and being left
// in peace where one asked for it.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { equip } = require("./browser");
const { becomes, create_group, join_group, person, sees, sign_up, write } = require("./people");

const site = equip();

/** Stands in for the desktop and the loudspeaker: what would be shown and heard is written down. */
const EARS = `
  window.notices = [];
  window.sounds = 0;
  window.Notification = function (title, options) {
    this.close = function () { this.closed = true; };
    window.notices.push({ title: title, body: options.body, tag: options.tag, notice: this });
  };
  window.Notification.permission = "default";
  window.Notification.requestPermission = function (done) {
    window.asked = (window.asked || 0) + 1;
    window.Notification.permission = window.answer || "granted";
    done(window.Notification.permission);
  };
  HTMLMediaElement.prototype.play = function () { window.sounds += 1; window.sound = this.src; };
`;

async function two(tag) {
  const ann = await person(site.chromium, site.url, `Ann ${tag}`);
  const bob = await person(site.chromium, site.url, `Bob ${tag}`);
  await bob.context.addInitScript(EARS);
  await bob.page.reload();
  await sign_up(ann, `ann_${tag}`);
  await sign_up(bob, `bob_${tag}`);
  await create_group(ann, `News ${tag}`);
  await join_group(bob, `News ${tag}`);
  return { ann, bob };
}

const notices = (who) => who.page.evaluate("window.notices.map(function (one) { return [one.title, one.body]; })");

/** Looks at the page, or at something else. */
function look(who, at) {
  return who.page.evaluate(`document.hasFocus = function () { return ${at}; };` +
    `window.dispatchEvent(new Event("${at ? "focus" : "blur"}"));`);
}

/** On or off, where people do it. */
async function switch_notices(who) {
  await who.page.getByRole("button", { name: "Settings" }).click();
  await who.page.getByLabel("Desktop notices").click();
  await who.page.getByRole("button", { name: "Conversations" }).click();
}

async function part(...all) {
  for (const who of all) {
    assert.deepEqual(who.complaints, [], `${who.name}'s page complained`);
    await who.context.close();
  }
}

test("a notice comes once it is switched on, while one looks elsewhere; a click opens the chat", { timeout: 120000 }, async () => {
  const { ann, bob } = await two("on");
  await look(bob, false);
  await write(ann, "nobody asked");
  await sees(bob, "nobody asked");
  assert.deepEqual([await notices(bob), await bob.page.evaluate("window.asked || 0")], [[], 0]);
  await switch_notices(bob);
  assert.equal(await bob.page.evaluate("window.asked"), 1);
  await write(ann, "hello there");
  await becomes(async () => JSON.stringify(await notices(bob)) === JSON.stringify([["News on", "Ann on: hello there"]]) || notices(bob),
    "who, where, what");
  await bob.page.getByRole("button", { name: "Contacts" }).click();
  await bob.page.evaluate("window.notices[0].notice.onclick()");
  await bob.page.getByRole("heading", { name: "News on" }).waitFor();
  assert.equal(await bob.page.evaluate("window.notices[0].notice.closed"), true);
  await look(bob, true);
  await write(ann, "seen");
  await sees(bob, "seen");
  assert.equal((await notices(bob)).length, 1);
  // One per conversation: the tag says which.
  const open = await bob.page.evaluate("chat.main.store.state().open");
  assert.equal(await bob.page.evaluate("window.notices[0].tag"), "webqq." + open);
  await part(ann, bob);
});

test("refused by the browser: none is shown, whatever the setting says", { timeout: 120000 }, async () => {
  const { ann, bob } = await two("no");
  await bob.page.evaluate("window.answer = 'denied'");
  await switch_notices(bob);
  assert.equal(await bob.page.evaluate("chat.main.store.state().settings.notify"), false);
  // Switched on earlier, and taken away in the browser's own settings since.
  await bob.page.evaluate("chat.main.store.dispatch({ type: 'setting', name: 'notify', value: true })");
  await look(bob, false);
  await write(ann, "quiet");
  await sees(bob, "quiet");
  assert.deepEqual(await notices(bob), []);
  await part(ann, bob);
});

test("one short sound for what is not seen; a muted chat is silent but for a call", { timeout: 120000 }, async () => {
  const { ann, bob } = await two("sound");
  const sounds = () => bob.page.evaluate("window.sounds");
  await write(ann, "seen");
  await sees(bob, "seen");
  assert.equal(await sounds(), 0);
  await bob.page.getByRole("button", { name: "Contacts" }).click();
  await write(ann, "one");
  await write(ann, "two");
  await becomes(async () => (await sounds()) === 1 || sounds(), "once, not for each");
  assert.match(await bob.page.evaluate("window.sound"), /\/sound\/ding\.mp3$/);
  const { status, headers } = await bob.page.evaluate("(" + String(async () => {
    const answer = await globalThis.fetch("sound/ding.mp3");
    return { status: answer.status, headers: answer.headers.get("content-type") };
  }) + ")()");
  assert.deepEqual([status, headers], [200, "audio/mpeg"]);
  await switch_notices(bob);
  await bob.page.evaluate("(function (store) {" +
    "Object.keys(store.state().conversations).forEach(function (id) { if (store.state().conversations[id].type === 'group') {" +
    "chat.main.api.set_conversation(id, { muted: true }, function () { return; }); } }); }(chat.main.store))");
  await becomes(() => bob.page.evaluate("(function (all) { return Object.keys(all).some(function (id) { return all[id].muted; }); }" +
    "(chat.main.store.state().conversations))"), "muted");
  await look(bob, false);
  await bob.page.evaluate("chat.limits.sound_every_ms = 0");
  await write(ann, "not loud");
  await write(ann, "@Bob sound you!");
  await becomes(async () => (await notices(bob)).length > 0, "the call is told");
  assert.deepEqual([(await notices(bob)).map((one) => one[1]), await sounds()], [["Ann sound: @Bob sound you!"], 2]);
  await bob.page.evaluate("chat.main.store.dispatch({ type: 'setting', name: 'sound', value: false })");
  await write(ann, "@Bob sound again");
  await becomes(async () => (await notices(bob)).length === 2, "told again");
  assert.equal(await sounds(), 2);
  await part(ann, bob);
});

test("while the page is hidden the title alternates; not for who asked for less motion", { timeout: 120000 }, async () => {
  const { ann, bob } = await two("title");
  await look(bob, false);
  await bob.page.evaluate("Object.defineProperty(document, 'visibilityState', { get: function () { return 'hidden'; } });" +
    "window.titles = []; new MutationObserver(function () { window.titles.push(document.title); })" +
    ".observe(document.querySelector('title'), { childList: true });");
  const titles = () => bob.page.evaluate("window.titles");
  await write(ann, "over here");
  await becomes(async () => {
    const seen = await titles();
    return seen.length >= 3 && seen[0] === "(1) WebQQ" && seen[1] === "1 new message" && seen[2] === "(1) WebQQ" || seen;
  }, "it alternates");
  await bob.page.emulateMedia({ reducedMotion: "reduce" });
  await write(ann, "and again");
  await becomes(async () => (await titles()).includes("(2) WebQQ") || titles(), "the number goes on");
  await bob.page.evaluate("window.titles = []");
  await bob.page.waitForTimeout(2500); // longer than two turns: nothing may happen
  assert.deepEqual(await titles(), []);
  await part(ann, bob);
});
