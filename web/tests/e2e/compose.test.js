"use strict";
// Writing with an input method, and the page in a browser that lacks what is new.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { equip } = require("./browser");
const { Friend } = require("./friend");
const { becomes, bubble, bubbles, choose, create_group, inside, join_group, person, row, sees, sign_up, write } = require("./people");

const site = equip();

test("Enter while composing chooses a word and sends nothing", { timeout: 120000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann");
  await sign_up(ann, "compose_ann");
  await create_group(ann, "Composed");
  const field = ann.page.locator("textarea");
  await field.focus();
  const input = await ann.context.newCDPSession(ann.page);
  await input.send("Input.imeSetComposition", { text: "ni hao", selectionStart: 6, selectionEnd: 6 });
  await input.send("Input.dispatchKeyEvent", { type: "rawKeyDown", windowsVirtualKeyCode: 229, key: "Process", code: "Enter" });
  await input.send("Input.dispatchKeyEvent", { type: "rawKeyDown", windowsVirtualKeyCode: 13, key: "Enter", code: "Enter" });
  await input.send("Input.insertText", { text: "你好" });
  assert.equal(await field.inputValue(), "你好");
  assert.equal(await bubble(ann, "").count(), 0);
  await field.press("Enter");
  await sees(ann, "你好");
  assert.deepEqual(await bubbles(ann), ["你好"]);
  assert.deepEqual(ann.complaints, []);
  await ann.context.close();
});

/** Two people in one group. */
async function two(tag) {
  const ann = await person(site.chromium, site.url, `Ann ${tag}`);
  const bob = await person(site.chromium, site.url, `Bob ${tag}`);
  await sign_up(ann, `ann_${tag}`);
  await sign_up(bob, `bob_${tag}`);
  await create_group(ann, `Group ${tag}`);
  await join_group(bob, `Group ${tag}`);
  return { ann, bob, field: ann.page.locator("textarea") };
}

async function part({ ann, bob }) {
  for (const who of [ann, bob]) {
    assert.deepEqual(who.complaints, [], `${who.name}'s page complained`);
    await who.context.close();
  }
}

function last_message(who) {
  return who.page.evaluate("(function (state) { return state.conversations[state.open].last_message; }(chat.main.store.state()))");
}

test("with the other setting Enter is a new line and Ctrl+Enter sends", { timeout: 120000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann");
  await sign_up(ann, "ctrl_ann");
  await create_group(ann, "Ctrl");
  await ann.page.getByText("Enter sends").waitFor();
  await ann.page.getByRole("button", { name: "Settings" }).click();
  await ann.page.getByLabel("Send with").selectOption("ctrl");
  await ann.page.getByRole("button", { name: "Conversations" }).click();
  await ann.page.getByText("Ctrl+Enter sends").waitFor();
  const field = ann.page.locator("textarea");
  await field.pressSequentially("one");
  await field.press("Enter");
  await field.pressSequentially("two");
  assert.equal(await field.inputValue(), "one\ntwo");
  await field.press("Control+Enter");
  await sees(ann, "one\ntwo");
  assert.equal(await field.inputValue(), "");
  await ann.page.reload();
  await ann.page.getByText("Ctrl+Enter sends").waitFor();
  assert.deepEqual(ann.complaints, []);
  await ann.context.close();
});

test("half-typed texts stay with their conversation and survive a reload", { timeout: 120000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann");
  const field = ann.page.locator("textarea");
  await sign_up(ann, "draft_ann");
  await create_group(ann, "First");
  await field.pressSequentially("for the first");
  await create_group(ann, "Second");
  assert.equal(await field.inputValue(), "");
  await field.pressSequentially("for the second");
  await ann.page.reload(); // at once: the last key is not to be lost
  await inside(ann);
  await becomes(async () => (await field.inputValue()) === "for the second" || field.inputValue(), "the open one is there");
  await row(ann, "First").click();
  await becomes(async () => (await field.inputValue()) === "for the first" || field.inputValue(), "the other one, too");
  await field.press("Enter");
  await sees(ann, "for the first");
  await ann.page.reload();
  await inside(ann);
  await sees(ann, "for the first");
  assert.equal(await field.inputValue(), "", "what was sent is no draft");
  assert.deepEqual(ann.complaints, []);
  await ann.context.close();
});

test("emoji: by keyboard into the text at the caret, remembered, and one sent big", { timeout: 120000 }, async () => {
  const met = await two("emoji");
  const { ann, bob, field } = met;
  const open = () => ann.page.getByRole("button", { name: "Emoji", exact: true }).click();
  const picker = ann.page.getByRole("dialog", { name: "Emoji" });
  await field.fill("ab");
  await field.press("ArrowLeft");
  await open();
  await becomes(async () => (await picker.locator(":focus").getAttribute("aria-label")) === "grinning", "the first has the focus");
  assert.equal(await picker.locator(".emojis [tabindex='0']").count(), 1, "one stop for the Tab key");
  await ann.page.keyboard.press("ArrowDown");
  await ann.page.keyboard.press("ArrowRight");
  await becomes(async () => (await picker.locator(":focus").getAttribute("aria-label")) === "wink" || "elsewhere", "the arrows walk");
  await ann.page.keyboard.press("Enter");
  assert.equal(await field.inputValue(), "a😉b");
  await ann.page.keyboard.press("Escape");
  await picker.waitFor({ state: "detached" });
  await becomes(() => field.evaluate((node) => node.ownerDocument.activeElement === node && node.selectionStart === 3),
    "back in the field, behind the emoji");
  await field.press("Enter");
  await sees(bob, "a😉b");
  await open();
  await picker.getByRole("rowgroup", { name: "Used lately" }).getByRole("button", { name: "wink" }).waitFor();
  await picker.getByLabel("Send as one big emoji").check();
  await picker.getByRole("rowgroup", { name: "Signs" }).getByRole("button", { name: "fire" }).click();
  await sees(bob, "🔥");
  assert.equal((await last_message(bob)).kind, "emoji");
  await picker.waitFor({ state: "detached" });
  await open();
  await ann.page.getByRole("heading", { name: "Group emoji" }).click();
  await picker.waitFor({ state: "detached" });
  await part(met);
});

test("a mention by keyboard: the list says what is chosen, and the other is called", { timeout: 120000 }, async () => {
  const met = await two("at");
  const { ann, bob, field } = met;
  assert.equal(await field.getAttribute("aria-autocomplete"), null);
  await field.pressSequentially("hey @");
  const list = ann.page.getByRole("listbox", { name: "Mention somebody" });
  await list.waitFor();
  await becomes(async () => {
    const names = await list.getByRole("option").allTextContents();
    return names.length === 2 && /all/.test(names[0]) && /Bob at/.test(names[1]) || names;
  }, "everyone, for the owner; then the others");
  assert.equal(await field.getAttribute("aria-controls"), await list.getAttribute("id"));
  const active = async () => ann.page.locator(`[id="${await field.getAttribute("aria-activedescendant")}"]`).textContent();
  assert.match(await active(), /all/);
  await field.press("ArrowDown");
  assert.match(await active(), /Bob at/);
  // Somebody comes meanwhile: the choice stays where it is.
  const cid = await Friend.sign_up(site.url, "at_cid", "Cid at");
  await cid.join(await ann.page.evaluate("chat.main.store.state().open"));
  await becomes(async () => (await list.getByRole("option").count()) === 3, "she stands there, too");
  await becomes(async () => /at_cid/.test(await list.textContent()), "with her user name");
  assert.match(await active(), /Bob at/);
  await field.press("ArrowDown");
  await field.press("ArrowDown");
  assert.match(await active(), /all/, "it goes round");
  await field.pressSequentially("bo");
  await becomes(async () => (await list.getByRole("option").count()) === 1, "what is typed narrows it");
  await field.press("Escape");
  await list.waitFor({ state: "detached" });
  assert.equal(await field.getAttribute("aria-activedescendant"), null);
  await field.press("Backspace");
  assert.equal(await list.count(), 0, "closed is closed, for this @");
  await field.fill("hey @");
  await field.press("Backspace");
  await field.pressSequentially("@bo");
  await list.waitFor();
  await field.press("Enter");
  assert.equal(await field.inputValue(), "hey @Bob at ");
  await field.pressSequentially("there");
  await field.press("Enter");
  await sees(bob, "hey @Bob at there");
  const me = await bob.page.evaluate("chat.main.store.state().me.id");
  assert.deepEqual((await last_message(bob)).mentions, [me]);
  // A member may not call everyone, and is not offered to.
  await bob.page.locator("textarea").pressSequentially("@");
  const his = bob.page.getByRole("listbox").getByRole("option");
  await becomes(async () => {
    const names = (await his.allTextContents()).sort();
    return names.length === 2 && /Ann at/.test(names[0]) && /Cid at/.test(names[1]) || names;
  }, "the two others");
  await part(met);
});

test("an answer shows what it answers, can be called off, and goes with the text", { timeout: 120000 }, async () => {
  const met = await two("reply");
  const { ann, bob, field } = met;
  await write(bob, "the question");
  await sees(ann, "the question");
  const { seq } = await last_message(ann);
  const reply = () => ann.page.evaluate("(function (store) { store.dispatch({ " +
    `type: "reply", id: store.state().open, value: ${seq} }); }(chat.main.store))`);
  const bar = ann.page.locator("form").getByText("Bob reply: the question");
  await reply();
  await bar.waitFor();
  await becomes(() => ann.page.evaluate("document.activeElement.tagName === 'TEXTAREA'"), "the field has the focus");
  await field.press("Escape");
  await bar.waitFor({ state: "detached" });
  await reply();
  await ann.page.getByRole("button", { name: "Do not answer it" }).click();
  await bar.waitFor({ state: "detached" });
  await reply();
  await bar.waitFor();
  await write(ann, "the answer");
  await bubble(bob, "the answer").waitFor();
  assert.deepEqual((await last_message(bob)).body, { text: "the answer", reply_to: seq });
  await bar.waitFor({ state: "detached" });
  await write(ann, "no answer");
  await sees(bob, "no answer");
  assert.deepEqual((await last_message(bob)).body, { text: "no answer" });
  await part(met);
});

test("a text that was taken back comes into the field, after what is there", { timeout: 120000 }, async () => {
  const met = await two("redraft");
  const { ann, field } = met;
  const redraft = (text) => ann.page.evaluate("(function (store) { store.dispatch({ type: 'redraft', redraft: {" +
    `conversation: store.state().open, text: ${JSON.stringify(text)}, stamp: 1 } }); }(chat.main.store))`);
  await redraft("once more");
  await becomes(async () => (await field.inputValue()) === "once more" || field.inputValue(), "it is there");
  await redraft("and this");
  await becomes(async () => (await field.inputValue()) === "once more\nand this" || field.inputValue(), "nothing is lost");
  await create_group(ann, "Elsewhere");
  assert.equal(await field.inputValue(), "");
  await row(ann, "Group redraft").click();
  await becomes(async () => (await field.inputValue()) === "once more\nand this" || field.inputValue(), "once is enough");
  await part(met);
});

test("too long is counted before it is refused, and nothing typed is lost", { timeout: 120000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann");
  await sign_up(ann, "long_ann");
  await create_group(ann, "Long");
  const field = ann.page.locator("textarea");
  await field.fill("x".repeat(4500));
  await ann.page.getByText("Enter sends").waitFor();
  await field.fill("😀".repeat(4501));
  await ann.page.getByText("4501 of 5000").waitFor();
  await field.fill("x".repeat(5001));
  await field.press("Enter");
  await ann.page.getByRole("alert").getByText("Too long: 5001 of 5000 characters.").waitFor();
  assert.equal((await field.inputValue()).length, 5001);
  await field.press("Backspace");
  await ann.page.getByRole("alert").waitFor({ state: "detached" });
  await field.press("Enter");
  await ann.page.getByRole("button", { name: "Show all" }).click();
  await becomes(async () => (await bubbles(ann))[0]?.length === 5000, "the longest there may be is sent");
  assert.deepEqual(ann.complaints, []);
  await ann.context.close();
});

test("in slow mode the seconds run down beside the field", { timeout: 60000 }, async () => {
  const owner = await Friend.sign_up(site.url, "slow_owner", "Owner");
  await owner.ask("PATCH", `/api/groups/${await owner.create_group("Slow")}`, { slow_mode: 5 });
  const ann = await person(site.chromium, site.url, "Ann slow");
  await sign_up(ann, "ann_slow");
  await join_group(ann, "Slow");
  const pause = ann.page.getByText(/Slow mode: write again in [1-5] second/);
  assert.equal(await pause.count(), 0);
  await write(ann, "one");
  await sees(ann, "one");
  await pause.waitFor();
  await pause.waitFor({ state: "detached", timeout: 8000 });
  await write(ann, "two");
  await sees(ann, "two");
  assert.deepEqual(ann.complaints, []);
  await ann.context.close();
});

test("a nudge shakes the other's window, unless they mind motion; a second one is refused in words", { timeout: 120000 }, async () => {
  const met = await two("nudge");
  const { ann, bob } = met;
  await ann.page.getByRole("button", { name: "Members", exact: true }).click();
  await choose(ann, `About ${bob.name}`, "Message");
  await ann.page.getByRole("heading", { name: bob.name }).waitFor();
  await bob.page.evaluate("(function () { window.shaken = []; new MutationObserver(function () {" +
    "window.shaken.push(document.body.className + ':' + getComputedStyle(document.querySelector('.app')).animationName);" +
    "}).observe(document.body, { attributes: true }); }())");
  await ann.page.getByRole("button", { name: `Nudge ${bob.name}`, exact: true }).click();
  await becomes(async () => {
    const seen = await bob.page.evaluate("window.shaken");
    return seen[0] === "shaken:shaken" && seen[1] === ":none" || seen;
  }, "it shakes, and stops");
  await row(bob, ann.name).getByText(/nudged/).waitFor();
  assert.deepEqual(await ann.page.evaluate("document.body.className"), "", "not one's own");
  await ann.page.getByRole("button", { name: `Nudge ${bob.name}`, exact: true }).click();
  await ann.page.getByText("You nudged them a moment ago").waitFor();
  await bob.page.emulateMedia({ reducedMotion: "reduce" });
  await bob.page.evaluate("window.shaken = []; document.body.className = 'shaken'");
  await becomes(async () => (await bob.page.evaluate("window.shaken"))[0] === "shaken:none", "who minds motion sees none");
  await part(met);
});

test("without custom properties the page has its light colours all the same", { timeout: 120000 }, async () => {
  const context = await site.chromium.newContext();
  await context.addInitScript("delete window.CSS;");
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (line) => { if (/Content Security Policy/.test(line.text())) { complaints.push(line.text()); } });
  await page.goto(site.url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  const written = await page.evaluate("Array.prototype.some.call(document.styleSheets[document.styleSheets.length - 1].cssRules," +
    "function (rule) { return /^body/.test(rule.selectorText) && rule.style.color === 'rgb(27, 36, 48)'; })");
  assert.equal(written, true, "the palette stands in the rules themselves");
  assert.deepEqual(complaints, []);
  await context.close();
});
