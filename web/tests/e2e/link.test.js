"use strict";
// The way between page and server breaks; nothing is lost, nothing comes twice,
// and the page says what is the matter.
const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { browser, server } = require("./browser");
const { PASSWORD, becomes, bubbles, create_group, inside, join_group, person, row, sees, sign_up, tab, write } = require("./people");
const { proxy } = require("./proxy");

// The page waits 40 s before it takes silence for a loss; here, a little more
// than the server's longest pause between two heartbeats.
const SILENCE_MS = 20000;
const LINK = "/api/stream";

let running;
let chromium;
let between;

before(async () => {
  running = await server({ limits: { silence_ms: SILENCE_MS } });
  chromium = await browser();
  between = await proxy(running.url);
});

after(async () => {
  if (chromium) { await chromium.close(); }
  if (between) { between.stop(); }
  if (running) { await running.stop(); }
});

const banner = (who, text) => who.page.locator(".banner").filter({ hasText: text });
const calm = (who) => becomes(async () => (await who.page.locator(".banner").count()) === 0 ||
  who.page.locator(".banner").allTextContents(), `nothing is wrong for ${who.name}`, 40000);

/** Two in one group: one behind the hand on the network, the other with a straight line. */
async function two(tag, options) {
  const ann = await person(chromium, between.url, `Ann ${tag}`, options);
  const bob = await person(chromium, running.url, `Bob ${tag}`);
  await sign_up(ann, `ann_${tag}`);
  await sign_up(bob, `bob_${tag}`);
  await create_group(ann, `Group ${tag}`);
  await join_group(bob, `Group ${tag}`);
  await write(bob, "before");
  await sees(ann, "before");
  await sees(bob, "before");
  return { ann, bob };
}

/** Both have the same, as much as there should be, each once. */
async function agree(ann, bob, count) {
  await becomes(async () => {
    const [hers, his] = [await bubbles(ann), await bubbles(bob)];
    return JSON.stringify(hers) === JSON.stringify(his) && hers.length === count && new Set(hers).size === count || { hers, his };
  }, `both see the same ${count} messages`, 20000);
}

async function part(...people) {
  for (const who of people) {
    assert.deepEqual(who.complaints, [], `${who.name}'s page complained`);
    await who.context.close();
  }
}

for (const [tag, options] of Object.entries({
  stream: {}, poll: { event_source: false }, stream_alone: { shared_worker: false },
  poll_alone: { event_source: false, shared_worker: false }
})) {
  test(`${tag}: cut off for ten seconds, both ends have the same messages in the same order`, { timeout: 120000 }, async () => {
    const { ann, bob } = await two(`cut_${tag}`, options);
    between.cut();
    await banner(ann, /Connection lost\. Trying again… \d+ s/).waitFor();
    for (let i = 1; i <= 12; i += 1) { await write(bob, `away ${i}.`); }
    await write(ann, "written while cut off");
    await ann.page.getByText("Not sent yet").waitFor();
    await ann.page.waitForTimeout(10000);
    between.heal();
    await banner(ann, "Connection lost").getByRole("button", { name: "Try now" }).click({ timeout: 3000 }).catch(() => undefined);
    await agree(ann, bob, 14);
    await calm(ann);
    assert.deepEqual([...ann.feeds], [options.event_source === false ? "/api/poll" : LINK]);
    await part(ann, bob);
  });
}

test("a path that holds the stream back: the page polls within seconds, and nobody is told", { timeout: 60000 }, async () => {
  between.swallow(LINK);
  const ann = await person(chromium, between.url, "Ann held");
  await sign_up(ann, "held_ann");
  const came_in = Date.now();
  await becomes(() => ann.feeds.has("/api/poll"), "Ann polls", 7000);
  assert.ok(Date.now() - came_in < 6500);
  const bob = await person(chromium, running.url, "Bob held");
  await sign_up(bob, "held_bob");
  await create_group(ann, "Held");
  await join_group(bob, "Held");
  await write(bob, "through the narrow gate");
  await sees(ann, "through the narrow gate");
  await calm(ann);
  // Another tab of that browser does not have to find out again.
  const streams = ann.ear.asked(LINK);
  const page = await tab(ann);
  await row({ page }, "Held").click();
  await write(bob, "for both");
  await sees({ name: "Ann's second tab", page }, "for both");
  assert.equal(ann.ear.asked(LINK), streams);
  between.swallow(null);
  await part(ann, bob);
});

for (const [tag, options] of Object.entries({ stream: {}, poll: { event_source: false } })) {
  test(`${tag}: a black hole is noticed by its silence`, { timeout: 120000 }, async () => {
    const { ann, bob } = await two(`hole_${tag}`, options);
    between.blackhole();
    await write(bob, "into the dark");
    assert.equal(await ann.page.locator(".banner").count(), 0, "nobody can know yet");
    await ann.page.locator(".banner").waitFor({ timeout: SILENCE_MS + 5000 });
    await write(bob, "and another");
    between.heal();
    await agree(ann, bob, 3);
    await calm(ann);
    await part(ann, bob);
  });
}

for (const [tag, options] of [["stream", {}], ["poll", { event_source: false }]]) {
  test(`${tag}: the server restarts: the page says so, and goes on`, { timeout: 120000 }, async () => {
    const { ann, bob } = await two(`restart_${tag}`, options);
    const restarted = running.restart(8000);
    await banner(ann, /The server is restarting\. Trying again… \d+ s/).waitFor();
    await write(ann, "written meanwhile");
    await ann.page.getByText(/Not sent yet|Sending/).first().waitFor();
    await restarted;
    await sees(bob, "written meanwhile", 60000);
    await write(bob, "and back");
    await sees(ann, "and back", 60000);
    await agree(ann, bob, 3);
    await calm(ann);
    await part(ann, bob);
  });
}

test("offline: the page says so only if the link is down as well, and sends once", { timeout: 90000 }, async () => {
  const { ann, bob } = await two("offline");
  // The browser's word alone is not enough: its streams run on.
  await ann.context.setOffline(true);
  await ann.page.waitForTimeout(1500);
  between.cut();
  await banner(ann, "You are offline").waitFor();
  await write(ann, "sent later");
  await ann.page.getByText("Not sent yet").waitFor();
  between.heal();
  await ann.context.setOffline(false);
  await sees(bob, "sent later", 20000);
  await agree(ann, bob, 2);
  await calm(ann);
  await part(ann, bob);
});

test("offline by the browser's word while all is well: no alarm", { timeout: 60000 }, async () => {
  const { ann, bob } = await two("alarm");
  await ann.page.evaluate(() => globalThis.dispatchEvent(new globalThis.Event("offline")));
  await ann.page.waitForTimeout(1500);
  assert.equal(await ann.page.locator(".banner").count(), 0);
  await write(bob, "still here");
  await sees(ann, "still here");
  await part(ann, bob);
});

/** Signs all of a user's browsers out, from a device that is none of them. */
async function sign_out_elsewhere(who) {
  const asked = (method, path, headers, body) => globalThis.fetch(running.url + path, {
    method, headers: { "Content-Type": "application/json", ...headers }, body: body && JSON.stringify(body)
  });
  const answer = await asked("POST", "/api/sessions", {}, { username: who.username, password: PASSWORD, want_token: true });
  const { token } = await answer.json();
  const ended = await asked("DELETE", "/api/sessions", { Authorization: `Bearer ${token}` });
  assert.equal(ended.status, 204);
}

for (const [tag, options] of Object.entries({
  stream: {}, poll: { event_source: false }, stream_alone: { shared_worker: false }
})) {
  test(`${tag}: the session ends; whoever signs in again goes on where they were`, { timeout: 90000 }, async () => {
    const { ann, bob } = await two(`again_${tag}`, options);
    await ann.page.locator("textarea").fill("half a sentence");
    await sign_out_elsewhere(ann);
    const dialog = ann.page.getByRole("dialog", { name: "Please sign in again" });
    await dialog.waitFor({ timeout: 30000 });
    await write(bob, "meanwhile");
    await dialog.getByLabel("Password").fill("not the password");
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.locator(".problem").waitFor();
    // Not now: reading on is allowed, and the banner leads back.
    await dialog.getByRole("button", { name: "Not now" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.equal(await ann.page.locator("textarea").inputValue(), "half a sentence");
    await write(ann, "sent without a session");
    await banner(ann, "You are signed out").getByRole("button", { name: "Sign in" }).click();
    await dialog.getByLabel("Password").fill(PASSWORD);
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "detached" });
    await sees(ann, "meanwhile", 10000);
    await sees(bob, "sent without a session", 10000);
    await agree(ann, bob, 3);
    await calm(ann);
    await part(ann, bob);
  });
}

test("another user signs in at the dialogue: the page is theirs, and nothing of the first is left", { timeout: 60000 }, async () => {
  const { ann, bob } = await two("other");
  const eve = await person(chromium, running.url, "Eve");
  await sign_up(eve, "other_eve");
  await ann.page.locator("textarea").fill("a secret");
  await sign_out_elsewhere(ann);
  const dialog = ann.page.getByRole("dialog", { name: "Please sign in again" });
  await dialog.getByLabel("User name").fill("other_eve");
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await inside({ ...ann, name: "Eve" });
  assert.equal(await ann.page.getByText("Group other").count(), 0);
  assert.equal(await ann.page.getByText("a secret").count(), 0);
  await part(ann, bob, eve);
});
