"use strict";
// Searching from the box above the list and beside an open conversation.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { equip } = require("./browser");
const { server_with } = require("./command");
const { becomes, create_group, has_focus, join_group, person, row, sees, sign_up, write } = require("./people");

const site = equip(server_with);

const box = (who) => who.page.getByLabel("Search people, groups, messages");
const hits = (who) => who.page.locator(".side .hit");
const here = (who) => who.page.getByRole("complementary", { name: "Search this conversation" });

/** What was said is found a second or so later: asks until it is. */
async function finds(who, query, count) {
  await becomes(async () => {
    await box(who).fill(query);
    await box(who).press("Enter");
    await who.page.getByText("Searching…").waitFor({ state: "detached" });
    const found = await hits(who).count();
    return found === count || found;
  }, `"${query}" is found ${count} times`, 10000);
}

async function scenario(tag, event_source) {
  const ann = await person(site.chromium, site.url, `Ann ${tag}`, { event_source });
  const bob = await person(site.chromium, site.url, `Bob ${tag}`, { event_source });
  await sign_up(ann, `search_ann_${tag}`);
  await sign_up(bob, `search_bob_${tag}`);
  await create_group(ann, `Meteo ${tag}`);
  await join_group(bob, `Meteo ${tag}`);
  await write(ann, "今天天气不错");
  await sees(ann, "今天天气不错");
  await write(bob, `The weather is <b>good</b> for ${tag}`);
  await sees(bob, "The weather is");
  await create_group(ann, `Garden ${tag}`);
  await write(ann, "明天天气好，天气好就去花园");
  await sees(ann, "明天天气好");

  // Conversations fit while one types, without asking anybody.
  await box(ann).fill("gard");
  await ann.page.getByRole("heading", { name: "Conversations" }).waitFor();
  await ann.page.locator(".side .row", { hasText: `Meteo ${tag}` }).waitFor({ state: "detached" });
  assert.equal(await ann.page.locator(".side .row", { hasText: `Garden ${tag}` }).count(), 1);

  // Chinese: by conversation, the newest first, every place marked.
  await finds(ann, "天气", 2);
  assert.deepEqual(await ann.page.locator(".finds__of").allTextContents(), [`Garden ${tag}`, `Meteo ${tag}`]);
  assert.deepEqual(await hits(ann).first().locator("mark").allTextContents(), ["天气", "天气"]);
  assert.equal(await hits(ann).first().locator(".hit__text").textContent(), "明天天气好，天气好就去花园");
  assert.equal(await hits(ann).nth(1).locator(".hit__name").textContent(), `Ann ${tag}`);

  // Latin: whole words, in any case; what looks like markup stays text.
  await finds(ann, "WEATHER", 1);
  assert.deepEqual(await hits(ann).locator("mark").allTextContents(), ["weather"]);
  assert.equal(await hits(ann).locator(".hit__text").textContent(), `The weather is <b>good</b> for ${tag}`);
  assert.equal(await hits(ann).locator("b").count(), 0);

  // A press leads there.
  await hits(ann).first().click();
  await ann.page.getByRole("heading", { level: 1, name: `Meteo ${tag}` }).waitFor();
  await sees(ann, "The weather is");

  // Nothing: said, and further ways offered. Escape gives the list back.
  await finds(ann, "zebra", 0);
  await ann.page.getByText("No message was found.").waitFor();
  await ann.page.getByText("No conversation or friend fits.").waitFor();
  await box(ann).press("Escape");
  await row(ann, `Garden ${tag}`).waitFor();
  assert.equal(await box(ann).inputValue(), "");
  await box(ann).fill("Garden");
  await ann.page.getByRole("button", { name: "Find a group: Garden" }).click();
  await ann.page.getByRole("list", { name: "Groups found" }).getByText(`Garden ${tag}`).waitFor();
  await box(ann).fill("x");
  await box(ann).fill("");
  await row(ann, `Meteo ${tag}`).click();

  // In the open conversation, by keyboard; who said it, and when.
  await ann.page.locator("textarea").focus();
  await ann.page.keyboard.press("Control+Shift+F");
  await has_focus(here(ann).getByLabel("What to look for"), "the field has the focus");
  await ann.page.keyboard.type("weather");
  await ann.page.keyboard.press("Enter");
  await here(ann).locator(".hit").waitFor();
  await here(ann).getByLabel("Sender").selectOption({ label: "Me" });
  await here(ann).getByText("No message was found.").waitFor();
  await here(ann).getByLabel("Sender").selectOption({ label: `Bob ${tag}` });
  await here(ann).locator(".hit").waitFor();
  await here(ann).getByLabel("To", { exact: true }).fill("2020-01-01");
  await here(ann).getByText("No message was found.").waitFor();
  await here(ann).getByLabel("To", { exact: true }).fill("2099-12-31");
  await here(ann).locator(".hit").waitFor();
  await here(ann).getByLabel("What to look for").fill("花园");
  await here(ann).getByLabel("What to look for").press("Enter");
  await here(ann).getByText("No message was found.").waitFor();
  await ann.page.keyboard.press("Escape");
  await here(ann).waitFor({ state: "detached" });
  await has_focus(ann.page.locator("textarea"), "the focus is back");

  // What only others may see is not found.
  const eve = await person(site.chromium, site.url, `Eve ${tag}`, { event_source });
  await sign_up(eve, `search_eve_${tag}`);
  await finds(eve, "weather", 0);
  await eve.page.getByText("No message was found.").waitFor();

  for (const who of [ann, bob, eve]) {
    assert.deepEqual(who.complaints, []);
    await who.context.close();
  }
}

test("searching, over the event stream", { timeout: 120000 }, () => scenario("stream", true));
test("searching, over long-poll", { timeout: 120000 }, () => scenario("poll", false));

test("more pages, a refusal that passes by itself, and one that takes a press", { timeout: 120000 }, async () => {
  const ann = await person(site.chromium, site.url, "Ann pages");
  await sign_up(ann, "search_ann_pages");
  await create_group(ann, "Pages");
  for (let i = 1; i <= 23; i += 1) { await write(ann, `needle ${i}.`); }
  await sees(ann, "needle 23.", 15000);
  await finds(ann, "23", 1); // they are found in the order in which they were said
  await finds(ann, "needle", 20);
  await ann.page.getByRole("button", { name: "More results" }).click();
  await becomes(async () => (await hits(ann).count()) === 23 || hits(ann).count(), "all are found", 8000);
  assert.equal(await ann.page.getByRole("button", { name: "More results" }).count(), 0);

  let refuse = 1;
  await ann.page.route("**/api/search?*", (route) => {
    refuse -= 1;
    return refuse < 0 ? route.continue() : route.fulfill({
      status: 429, headers: { "Retry-After": "4", "Content-Type": "application/problem+json" }, body: '{"code":"too_many_searches"}'
    });
  });
  await box(ann).fill("needle 7");
  await box(ann).press("Enter");
  await ann.page.getByText("Too many searches.").waitFor();
  await ann.page.getByText(/Trying again in [1-4] second/).waitFor();
  await hits(ann).first().waitFor();

  await ann.page.unroute("**/api/search?*");
  await ann.page.route("**/api/search?*", (route) => route.abort());
  await box(ann).fill("needle 8");
  await box(ann).press("Enter");
  await ann.page.getByText("The server cannot be reached.").waitFor();
  await ann.page.unroute("**/api/search?*");
  await ann.page.getByRole("button", { name: "Try again" }).click();
  await hits(ann).first().waitFor();
  await box(ann).fill("!?");
  await box(ann).press("Enter");
  await ann.page.getByText("There is nothing to look for").waitFor();
  assert.deepEqual(ann.complaints, []);
  await ann.context.close();
});
