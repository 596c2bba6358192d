"use strict";
// The way between page and server breaks; nothing is lost, nothing comes twice.
const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { browser, server } = require("./browser");
const { becomes, bubbles, create_group, join_group, person, sees, sign_up, write } = require("./people");
const { proxy } = require("./proxy");

let running;
let chromium;
let between;

before(async () => {
  running = await server();
  chromium = await browser();
  between = await proxy(running.url);
});

after(async () => {
  if (chromium) { await chromium.close(); }
  if (between) { between.stop(); }
  if (running) { await running.stop(); }
});

for (const event_source of [true, false]) {
  const tag = event_source ? "stream" : "poll";

  test(`${tag}: cut off for a while, both ends have the same messages in the same order`, { timeout: 120000 }, async () => {
    const ann = await person(chromium, between.url, `Ann ${tag}`, { event_source });
    const bob = await person(chromium, running.url, `Bob ${tag}`);
    await sign_up(ann, `cut_ann_${tag}`);
    await sign_up(bob, `cut_bob_${tag}`);
    await create_group(ann, `Cut ${tag}`);
    await join_group(bob, `Cut ${tag}`);
    await write(bob, "before");
    await sees(ann, "before");

    between.cut();
    await ann.page.getByText("Connection lost").waitFor();
    for (let i = 1; i <= 12; i += 1) { await write(bob, `away ${i}.`); }
    await write(ann, "written while cut off");
    await ann.page.getByText("Not sent yet").waitFor();
    await ann.page.waitForTimeout(2000);
    between.heal();

    await sees(ann, "away 12.", 40000);
    await sees(bob, "written while cut off", 40000);
    await becomes(async () => {
      const [hers, his] = [await bubbles(ann), await bubbles(bob)];
      return JSON.stringify(hers) === JSON.stringify(his) && hers.length === 14 || { hers, his };
    }, "both see the same 14 messages");
    assert.equal(await ann.page.getByText("Connection lost").count(), 0);
    assert.deepEqual([...ann.feeds], [event_source ? "/api/stream" : "/api/poll"]);
    await ann.context.close();
    await bob.context.close();
  });
}

test("a path that holds the stream back: the page polls within seconds", { timeout: 60000 }, async () => {
  between.swallow("/api/stream");
  const ann = await person(chromium, between.url, "Ann held");
  const bob = await person(chromium, running.url, "Bob held");
  await sign_up(ann, "held_ann");
  await sign_up(bob, "held_bob");
  await create_group(ann, "Held");
  await join_group(bob, "Held");
  await write(bob, "through the narrow gate");
  await sees(ann, "through the narrow gate", 8000);
  assert.deepEqual([...ann.feeds], ["/api/stream", "/api/poll"]);
  between.swallow(null);
  await ann.context.close();
  await bob.context.close();
});
