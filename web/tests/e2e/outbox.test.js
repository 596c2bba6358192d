"use strict";
// A message is never lost and never doubled, whatever dies when: the link, the tab,
// the server.
const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { browser } = require("./browser");
const { mortal } = require("./fate");
const { becomes, bubbles, create_group, inside, join_group, person, row, sees, sign_up, write } = require("./people");
const { proxy } = require("./proxy");

let running;
let chromium;
let between;

before(async () => {
  running = await mortal();
  chromium = await browser();
  between = await proxy(running.url);
});

after(async () => {
  if (chromium) { await chromium.close(); }
  if (between) { between.stop(); }
  if (running) { await running.stop(); }
});

async function two(tag, event_source) {
  const ann = await person(chromium, between.url, `Ann ${tag}`, { event_source });
  const bob = await person(chromium, running.url, `Bob ${tag}`, { event_source });
  await sign_up(ann, `ann_${tag}`);
  await sign_up(bob, `bob_${tag}`);
  await create_group(ann, `Fate ${tag}`);
  await join_group(bob, `Fate ${tag}`);
  await write(ann, "before");
  await sees(bob, "before");
  return { ann, bob };
}

/** What the browser still keeps for later. */
function kept(who) {
  return who.page.evaluate("Object.keys(localStorage).filter(function (key) { return /outbox/.test(key); }).length");
}

async function both_have(ann, bob, texts) {
  for (const who of [ann, bob]) {
    await becomes(async () => {
      const seen = await bubbles(who);
      return JSON.stringify(seen) === JSON.stringify(texts) || seen;
    }, `${who.name} sees each once, in order`, 40000);
  }
  await becomes(async () => (await kept(ann)) === 0 || kept(ann), "nothing is kept any more");
}

for (const event_source of [true, false]) {
  const tag = event_source ? "stream" : "poll";

  test(`${tag}: written without a link, the tab closed: the next tab delivers, once and in order`, { timeout: 120000 }, async () => {
    const { ann, bob } = await two(`offline_${tag}`, event_source);
    between.cut();
    await ann.page.getByText("Connection lost").waitFor();
    for (const text of ["first", "second", "third"]) { await write(ann, text); }
    await ann.page.getByText("Not sent yet").waitFor();
    assert.equal(await kept(ann), 3);
    await ann.page.close();
    between.heal();
    ann.page = await ann.context.newPage();
    await ann.page.goto(ann.url);
    await inside(ann);
    await row(ann, `Fate offline_${tag}`).click();
    await both_have(ann, bob, ["before", "first", "second", "third"]);
    await ann.page.reload();
    await inside(ann);
    await both_have(ann, bob, ["before", "first", "second", "third"]);
    await ann.context.close();
    await bob.context.close();
  });

  test(`${tag}: the server is killed between taking a message and saying so: once`, { timeout: 120000 }, async () => {
    const { ann, bob } = await two(`killed_${tag}`, event_source);
    const id = await ann.page.evaluate("chat.main.store.state().open");
    between.swallow(`/api/conversations/${id}/messages`);
    const taken = ann.page.waitForRequest((request) => request.method() === "POST" && /\/messages$/.test(request.url()));
    await write(ann, "taken?");
    await taken;
    await sees(bob, "taken?");
    await write(ann, "and after");
    await running.kill();
    await bob.page.getByText("Connection lost").waitFor();
    between.swallow(null);
    await running.revive();
    await both_have(ann, bob, ["before", "taken?", "and after"]);
    await ann.context.close();
    await bob.context.close();
  });
}

test("two tabs: what one wrote without a link and left behind, the other one delivers", { timeout: 120000 }, async () => {
  const { ann, bob } = await two("tabs", true);
  const other = await ann.context.newPage();
  await other.goto(ann.url);
  await other.getByRole("button", { name: `My profile: ${ann.name}` }).waitFor();
  between.cut();
  await ann.page.getByText("Connection lost").waitFor();
  await write(ann, "left behind");
  await ann.page.getByText("Not sent yet").waitFor();
  await ann.page.close();
  between.heal();
  ann.page = other;
  await row(ann, "Fate tabs").click();
  await both_have(ann, bob, ["before", "left behind"]);
  await ann.context.close();
  await bob.context.close();
});
