"use strict";
// Writing with an input method, and the page in a browser that lacks what is new.
const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { browser, server } = require("./browser");
const { bubble, bubbles, create_group, person, sees, sign_up } = require("./people");

let running;
let chromium;

before(async () => {
  running = await server();
  chromium = await browser();
});

after(async () => {
  if (chromium) { await chromium.close(); }
  if (running) { await running.stop(); }
});

test("Enter while composing chooses a word and sends nothing", { timeout: 60000 }, async () => {
  const ann = await person(chromium, running.url, "Ann");
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

test("without custom properties the page has its light colours all the same", { timeout: 60000 }, async () => {
  const context = await chromium.newContext();
  await context.addInitScript("delete window.CSS;");
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (line) => { if (/Content Security Policy/.test(line.text())) { complaints.push(line.text()); } });
  await page.goto(running.url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  const written = await page.evaluate("Array.prototype.some.call(document.styleSheets[document.styleSheets.length - 1].cssRules," +
    "function (rule) { return /^body/.test(rule.selectorText) && rule.style.color === 'rgb(27, 36, 48)'; })");
  assert.equal(written, true, "the palette stands in the rules themselves");
  assert.deepEqual(complaints, []);
  await context.close();
});
