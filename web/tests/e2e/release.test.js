"use strict";
// The page as a release serves it: joined, without comments and blanks, and what comes later.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const espree = require("espree");
const { equip, server } = require("./browser");
const { Friend } = require("./friend");
const { becomes, create_group, join_group, person, sees, sign_up, write } = require("./people");
const { proxy } = require("./proxy");
const { WEB, body_scripts, head_scripts, later_scripts } = require("../load");
const { enter } = require("./world");

const KB = 1024;
const FIRST_VISIT_BYTES = 82 * KB;
const REQUESTS = 6;

const site = equip(() => server({ joined: true }));

/** What a script means: its tree without places, as text. */
function tree(text) {
  const places = ["start", "end", "range", "raw"];
  return JSON.stringify(espree.parse(text, { ecmaVersion: 5 }).body, (key, value) => {
    if (places.includes(key)) { return undefined; }
    return value instanceof RegExp ? String(value) : value;
  });
}

test("what is served means what was written", async () => {
  const get = async (address) => (await fetch(`${site.url}/${address}`)).text();
  const html = await get("");
  const source = (file) => fs.readFileSync(path.join(WEB, file), "utf8");
  // The two runs of the page, its later part: each against its files, statement by statement.
  const served = [...html.matchAll(/<script(?: type="text\/later")? src="([^"]+)"/g)].map((found) => found[1]);
  assert.equal(served.length, 3, served.join(" "));
  const runs = [head_scripts(), body_scripts(), later_scripts()].map((files, at) => [served[at], files.map(source)]);
  assert.equal(/data-worker="([^"]+)"/.exec(html)[1], served[1], "the worker is what the page has read");
  for (const [address, files] of runs) {
    const text = await get(address);
    assert.equal(tree(text.replace(/^;$/gm, "")), tree(files.join("\n")), address);
    assert.ok(text.length < files.join("").length * 0.8, `${address} is smaller`);
  }
});

test("a first visit is light: what travels until somebody can write", async (context) => {
  const me = await Friend.sign_up(site.url, "visitor", "Visitor");
  await me.create_group("Light");
  // On the wire: the browser does not tell what the worker asks for, which is another target's.
  const asked = [];
  const ear = await proxy(site.url, (route) => asked.push(route));
  const on = await site.chromium.newContext({ locale: "zh-CN" });
  await enter(on, { ...me, url: ear.url });
  const page = await on.newPage();
  await page.goto(ear.url);
  await page.locator(".row", { hasText: "Light" }).click();
  await page.locator("textarea").waitFor();
  const files = asked.filter((route) => !route.startsWith("/api/"));
  await becomes(() => ear.open("/api/stream") === 1, "the worker has opened the stream");
  let bytes = 0;
  for (const file of files) {
    const answer = await fetch(site.url + file, { headers: { "accept-encoding": "gzip" } });
    const size = Number(answer.headers.get("content-length"));
    bytes += size;
    context.diagnostic(`${size} ${file}`);
  }
  context.diagnostic(`${bytes} of ${FIRST_VISIT_BYTES} B, ${files.length} of ${REQUESTS} requests`);
  assert.ok(bytes > FIRST_VISIT_BYTES / 2, `${bytes} B: something was not counted`);
  assert.ok(bytes <= FIRST_VISIT_BYTES, `${bytes} B`);
  assert.ok(files.length <= REQUESTS, files.join(" "));
  const hashed = () => asked.filter((route) => /\/app\..*\.(js|css)$/.test(route));
  assert.equal(hashed().length, 3, `the worker's is not read again: ${hashed().join(" ")}`);
  assert.ok(!files.some((file) => /later|more\./.test(file)), files.join(" "));

  // Another tab has all of it already, and joins the worker.
  const second = await on.newPage();
  await second.goto(ear.url);
  await second.locator(".row", { hasText: "Light" }).waitFor();
  assert.equal(hashed().length, 3, `nothing that has its content in its name: ${hashed().join(" ")}`);
  assert.equal(ear.open("/api/stream"), 1, "one stream");

  // Then the rest comes by itself.
  await page.waitForFunction(() => globalThis.chat.main.store.state().later.there, null, { timeout: 20000 });
  await on.close();
  ear.stop();
});

test("the words come before the scripts have run; until then the page shows its name, and never a key", async () => {
  const on = await site.chromium.newContext({ locale: "en-US" });
  const page = await on.newPage();
  const asked = [];
  const held = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  // The first request for them is held, and comes to nothing.
  await page.route("**/i18n/en.json", (route) => held.push(route), { times: 1 });
  await page.goto(site.url);
  await page.waitForFunction(() => globalThis.chat.main);
  const place = (which) => asked.findIndex((path_) => which.test(path_));
  assert.ok(place(/^\/i18n\/en\.json$/) < place(/^\/api\//) || place(/^\/api\//) < 0, asked.join(" "));
  await page.evaluate(() => globalThis.chat.main.act.setting("sound", false)); // a reason to draw
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await page.locator("body").innerText()).trim(), "WebQQ");
  assert.equal(held.length, 1);
  await held[0].abort();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.equal(asked.filter((path_) => path_ === "/i18n/en.json").length, 2, asked.join(" "));
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.equal(asked.filter((path_) => path_ === "/i18n/en.json").length, 3, "once is enough");
  await on.close();
});

test("two people talk on it, over the stream and by long-poll", async () => {
  const ann = await person(site.chromium, site.url, "Ann");
  const bob = await person(site.chromium, site.url, "Bob", { event_source: false });
  await sign_up(ann, "ann");
  await sign_up(bob, "bob");
  await create_group(ann, "Released");
  await join_group(bob, "Released");
  await write(ann, "over the stream");
  await sees(bob, "over the stream");
  await write(bob, "by long-poll");
  await sees(ann, "by long-poll");
  for (const who of [ann, bob]) {
    assert.deepEqual(who.complaints, []);
    await who.context.close();
  }
});

test("what comes later and cannot be had says so, and can be had again", async () => {
  const cid = await person(site.chromium, site.url, "Cid");
  const { page } = cid;
  const cut = (address) => cid.context.route(address, (route) => route.abort());
  await cut("**/later.*.js");
  await sign_up(cid, "cid");
  const failed = "This part of the page could not be loaded.";

  // A page, a dialogue, and an action that needs one: each in its place.
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("main").getByRole("alert").filter({ hasText: failed }).waitFor();
  await page.getByRole("button", { name: "My profile: Cid" }).click();
  await page.getByRole("dialog").getByRole("alert").filter({ hasText: failed }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Conversations" }).click();
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByRole("status").filter({ hasText: failed }).waitFor();

  // Words that cannot be had are no better.
  await cid.context.unroute("**/later.*.js");
  await cut("**/i18n/more.*.json");
  const failure = page.waitForEvent("requestfailed", (request) => /more\./.test(request.url()));
  await page.getByRole("button", { name: "Contacts" }).click();
  await failure;
  await page.getByRole("alert").waitFor();
  await cid.context.unroute("**/i18n/more.*.json");
  await page.getByRole("button", { name: "Try now" }).click();
  await page.getByRole("heading", { name: "Contacts" }).waitFor();
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await page.getByText("This device").first().waitFor();
  assert.deepEqual(cid.complaints, []);
  await cid.context.close();
});

test("an invitation in the address opens by itself, though its dialogue comes later", async () => {
  const [owner, guest] = [await Friend.sign_up(site.url, "owner", "Owner"), await Friend.sign_up(site.url, "guest", "Guest")];
  const group = await owner.create_group("By link");
  const { code } = await owner.ask("POST", `/api/groups/${group}/links`, { hours: 1, uses: 1 });
  const on = await site.chromium.newContext({ locale: "en-US" });
  await enter(on, guest);
  const page = await on.newPage();
  await page.goto(`${site.url}/#/join/${code}`);
  await page.getByRole("dialog").getByRole("button", { name: "Join" }).click();
  await page.getByRole("heading", { name: "By link" }).waitFor();
  await on.close();
});
