"use strict";
// One browser, many tabs, one connection; and without a shared worker as good as can be.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { equip } = require("./browser");
const { PASSWORD, becomes, create_group, inside, join_group, person, row, sees, sign_out, sign_up, tab, write } = require("./people");

const TABS = 8;

const site = equip();

/** Connections that carry the feed now. A stream is one as long as it is open, a poll until it is answered. */
const held = (who, path) => (path === "/api/poll" ? who.ear.waiting(path) : who.ear.open(path));

const one_for_all = (who, path) =>
  becomes(() => held(who, path) === 1 || held(who, path), "one connection for all tabs");

/** Ann with many tabs, all in the group; Bob in it, too. */
async function many(tag, options) {
  const ann = await person(site.chromium, site.url, `Ann ${tag}`, options);
  const bob = await person(site.chromium, site.url, `Bob ${tag}`);
  await sign_up(ann, `ann_${tag}`);
  await sign_up(bob, `bob_${tag}`);
  await create_group(ann, `Group ${tag}`);
  await join_group(bob, `Group ${tag}`);
  const pages = [ann.page];
  while (pages.length < TABS) { pages.push(await tab(ann)); }
  const tabs = pages.map((page, i) => ({ ...ann, name: `tab ${i} of ${ann.name}`, page }));
  for (const one of tabs.slice(1)) { await row(one, `Group ${tag}`).click(); }
  return { ann, bob, tabs };
}

async function all_see(tabs, text, within_ms = 5000) {
  for (const one of tabs) { await sees(one, text, within_ms); }
}

async function door(one) {
  await one.page.getByRole("button", { name: "Create an account" }).waitFor();
}

for (const [tag, path, options] of [
  ["stream", "/api/stream", {}], ["poll", "/api/poll", { event_source: false }]
]) {
  test(`${tag}: eight tabs load, share one connection, and hear everything once`, { timeout: 120000 }, async () => {
    const { ann, bob, tabs } = await many(tag, options);
    await write(bob, "to all of you");
    await all_see(tabs, "to all of you");
    await one_for_all(ann, path);
    assert.deepEqual([...ann.feeds], [path]);

    // What one tab sends, the others have, too; once.
    await write(tabs[3], "from the fourth");
    await all_see(tabs, "from the fourth");
    await sees(bob, "from the fourth");

    // The tab that came first goes; then some more.
    await tabs[0].page.close();
    await write(bob, "one less");
    await all_see(tabs.slice(1), "one less");
    await tabs[1].page.reload();
    await row(tabs[1], `Group ${tag}`).click();
    await all_see(tabs.slice(1), "one less");
    await write(bob, "after a reload");
    await all_see(tabs.slice(1), "after a reload");
    await one_for_all(ann, path);

    // One signs out: all are at the door, and no connection is left.
    await sign_out({ ...tabs[2], name: ann.name });
    for (const one of tabs.slice(1)) { await door(one); }
    await becomes(() => held(ann, path) === 0 || held(ann, path), "no connection is left");
    // And one signs in: all are in again.
    await tabs[5].page.getByLabel("User name").fill(ann.username);
    await tabs[5].page.getByLabel("Password").fill(PASSWORD);
    await tabs[5].page.getByRole("button", { name: "Sign in" }).click();
    for (const one of tabs.slice(1)) { await inside({ ...one, name: ann.name }); }
    assert.deepEqual(ann.complaints, []);
    await ann.context.close();
    await bob.context.close();
  });
}

test("the session ends elsewhere: every tab asks, one answer is enough", { timeout: 90000 }, async () => {
  const { ann, bob, tabs } = await many("asks");
  const headers = { "Content-Type": "application/json" };
  const signed_in = await globalThis.fetch(site.url + "/api/sessions", {
    method: "POST", headers, body: JSON.stringify({ username: ann.username, password: PASSWORD, want_token: true })
  });
  const { token } = await signed_in.json();
  await globalThis.fetch(site.url + "/api/sessions", { method: "DELETE", headers: { Authorization: `Bearer ${token}` } });
  for (const one of tabs) { await one.page.getByRole("dialog").waitFor({ timeout: 20000 }); }
  await write(bob, "while nobody listens");
  await tabs[4].page.getByRole("dialog").getByLabel("Password").fill(PASSWORD);
  await tabs[4].page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
  for (const one of tabs) { await one.page.getByRole("dialog").waitFor({ state: "detached" }); }
  await all_see(tabs, "while nobody listens");
  await one_for_all(ann, "/api/stream");
  await ann.context.close();
  await bob.context.close();
});

test("without a shared worker: hidden tabs hold no connection, all eight load and hear", { timeout: 120000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann alone", { shared_worker: false });
  const bob = await person(site.chromium, site.url, "Bob alone");
  await sign_up(ann, "alone_ann");
  await sign_up(bob, "alone_bob");
  await create_group(ann, "Alone");
  await join_group(bob, "Alone");
  // Tabs of a browser without a screen are all in sight; so the page is told otherwise.
  await ann.context.addInitScript(() => {
    globalThis.hidden_by_test = true;
    Object.defineProperty(globalThis.document, "visibilityState", {
      get: () => (globalThis.hidden_by_test ? "hidden" : "visible")
    });
  });
  const tabs = [ann];
  while (tabs.length < TABS) {
    tabs.push({ ...ann, name: `tab ${tabs.length}`, page: await tab(ann) });
    await row(tabs[tabs.length - 1], "Alone").click();
  }
  await becomes(() => held(ann, "/api/stream") === 1 || held(ann, "/api/stream"), "one stream, for the tab in sight", 10000);
  await write(bob, "patience");
  await all_see(tabs, "patience", 20000);

  // Looked at, a tab gets its stream; no longer looked at, it gives it back.
  await tabs[7].page.evaluate(() => {
    globalThis.hidden_by_test = false;
    globalThis.document.dispatchEvent(new globalThis.Event("visibilitychange"));
  });
  await becomes(() => held(ann, "/api/stream") === 2 || held(ann, "/api/stream"), "a stream for the second, too");
  await write(bob, "at once");
  await sees(tabs[7], "at once");
  await tabs[7].page.evaluate(() => {
    globalThis.hidden_by_test = true;
    globalThis.document.dispatchEvent(new globalThis.Event("visibilitychange"));
  });
  await becomes(() => held(ann, "/api/stream") === 1 || held(ann, "/api/stream"), "and back", 10000);
  await all_see(tabs, "at once", 20000);

  await sign_out({ ...tabs[3], name: ann.name });
  for (const one of tabs) { await door(one); }
  assert.deepEqual(ann.complaints, []);
  await ann.context.close();
  await bob.context.close();
});

test("a worker that never comes: each tab helps itself", { timeout: 60000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann without");
  const bob = await person(site.chromium, site.url, "Bob with");
  await sign_up(ann, "without_ann");
  await sign_up(bob, "with_bob");
  await create_group(ann, "Without");
  await join_group(bob, "Without");
  await ann.page.close();
  ann.ear.swallow("/js/net/worker.js", "sharedworker");
  ann.page = await tab(ann);
  await row(ann, "Without").click({ timeout: 15000 });
  await write(bob, "do you hear me");
  await sees(ann, "do you hear me");
  assert.equal(ann.ear.held(), 1, "the worker waits for its script");
  await ann.context.close();
  await bob.context.close();
});
