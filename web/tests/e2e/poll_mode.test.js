"use strict";
// The page in a browser of today from which everything that came after Internet
// Explorer 11 was taken: real layout and real input, old interfaces. Two people write,
// compose, scroll up, and lose the network. Things are seen through locators only: the
// test's own means of looking into the page need what is gone.
const assert = require("node:assert/strict");
const { execFile } = require("node:child_process");
const path = require("node:path");
const { after, before, test } = require("node:test");
const { browser, server } = require("./browser");
const { NEW, becomes, bubble, bubbles, create_group, join_group, person, sees, sign_in, sign_out, sign_up, write } = require("./people");
const { proxy } = require("./proxy");

let running;
let chromium;
let between;

before(async () => {
  running = await server({ options: ["--post-rate", "0"] });
  chromium = await browser();
  between = await proxy(running.url);
});

after(async () => {
  if (chromium) { await chromium.close(); }
  if (between) { between.stop(); }
  if (running) { await running.stop(); }
});

test("two people, old browsers, one of them cut off for a while", { timeout: 120000 }, async () => {
  const ann = await person(chromium, between.url, "Ann old", { gone: NEW });
  const bob = await person(chromium, running.url, "Bob old", { gone: NEW });
  await sign_up(ann, "ann_old");
  await sign_up(bob, "bob_old");
  await create_group(ann, "Old ways");
  await join_group(bob, "Old ways");

  // Both write; an input method composes, and Enter belongs to it meanwhile.
  await write(bob, "hello");
  await sees(ann, "hello");
  const field = ann.page.locator("textarea");
  await field.focus();
  const input = await ann.context.newCDPSession(ann.page);
  await input.send("Input.imeSetComposition", { text: "ni hao", selectionStart: 6, selectionEnd: 6 });
  await input.send("Input.dispatchKeyEvent", { type: "rawKeyDown", windowsVirtualKeyCode: 229, key: "Process", code: "Enter" });
  await input.send("Input.insertText", { text: "你好" });
  assert.equal(await bubble(bob, "你好").count(), 0);
  await field.press("Enter");
  await sees(bob, "你好");

  // Cut off and back: nothing is lost, nothing comes twice.
  between.cut();
  await ann.page.getByText("Connection lost").waitFor();
  for (let i = 1; i <= 60; i += 1) { await write(bob, `away ${i}.`); }
  await write(ann, "written while cut off");
  between.heal();
  await sees(bob, "written while cut off", 40000);
  await sees(ann, "away 60.", 40000);
  await becomes(async () => {
    const [hers, his] = [await bubbles(ann), await bubbles(bob)];
    return JSON.stringify(hers) === JSON.stringify(his) || { hers: hers.length, his: his.length };
  }, "both see the same messages");

  // Out and in again: all is there, the beginning too.
  await sign_out(ann);
  await sign_in(ann);
  await ann.page.locator(".row", { hasText: "Old ways" }).click();
  await sees(ann, "away 60.");
  await ann.page.getByRole("log").hover();
  await becomes(async () => {
    await ann.page.mouse.wheel(0, -4000);
    return await bubble(ann, "hello").count() === 1;
  }, "scrolling up leads to the beginning", 15000);

  for (const who of [ann, bob]) {
    assert.deepEqual([...who.feeds], ["/api/poll"], `${who.name} used the long-poll and nothing else`);
    assert.deepEqual(who.complaints, [], `${who.name}'s page complained`);
    await who.context.close();
  }
});

// What the page does with a keyboard and with ten thousand messages, all of it once more.
for (const name of ["compose", "scroll"]) {
  test(`${name}.test.js in old browsers`, { timeout: 300000 }, async (context) => {
    const env = { ...process.env, WEBQQ_OLD: "1" };
    delete env.NODE_TEST_CONTEXT; // or it would take itself for a part of this run, and do nothing
    const { code, out } = await new Promise((resolve) => {
      execFile(process.execPath, ["--test", "--test-reporter=tap", path.join(__dirname, `${name}.test.js`)],
        { env, maxBuffer: 1e8 }, (failed, stdout) => resolve({ code: failed ? failed.code : 0, out: stdout }));
    });
    const passed = Number(/^# pass (\d+)$/m.exec(out)[1]);
    context.diagnostic(`${passed} passed`);
    assert.equal(code, 0, out.split("\n").filter((line) => /^not ok|error:/.test(line)).join("\n"));
    assert.ok(passed >= 5, out);
  });
}
