"use strict";
// The pages of the people who run the server, each walked once by the first of them,
// who was made one on the command line.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { equip } = require("./browser");
const { server_with } = require("./command");
const { becomes, create_group, inside, join_group, person, sees, sign_in, sign_up, write } = require("./people");

const site = equip(server_with);

const ask = (method, address, body) => "new Promise(function (done) { chat.http(" +
  [method, address, body].map((part) => JSON.stringify(part)).join(", ") + ", function (problem, answer) { done(problem || answer); }); })";

async function to(who, page) {
  await who.page.getByRole("navigation", { name: "Pages of administration" }).getByRole("button", { name: page }).click();
  await who.page.getByRole("region", { name: page }).waitFor();
}

const rows = (who, text) => who.page.locator(".table tbody tr").filter({ hasText: text });

async function find(who, text) {
  await who.page.locator("#admin-query").fill(text);
  await who.page.getByRole("button", { name: "Find", exact: true }).click();
}

/** An item of the menu of a row, and yes where it asks. */
async function act(who, name, item, sure) {
  await who.page.getByRole("button", { name: `Actions for ${name}` }).click();
  await who.page.getByRole("menuitem", { name: item, exact: true }).click();
  if (sure) { await who.page.getByRole("alertdialog").getByRole("button", { name: item, exact: true }).click(); }
}

async function secret(who) {
  const text = await who.page.locator("#secret").inputValue();
  await who.page.getByRole("dialog").getByRole("button", { name: "Copy" }).click();
  await who.page.getByText("Copied.").waitFor();
  assert.equal(await who.page.evaluate("navigator.clipboard.readText()"), text, "it is on the clipboard");
  await who.page.keyboard.press("Escape");
  await who.page.locator("#secret").waitFor({ state: "detached" });
  return text;
}

async function scenario(tag, event_source) {
  site.server.administrator(`root_${tag}`, `Root ${tag}`);
  const root = await person(site.chromium, site.url, `Root ${tag}`, { event_source });
  await root.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  root.username = `root_${tag}`;
  await sign_in(root);
  await inside(root);
  const ann = await person(site.chromium, site.url, `Ann ${tag}`, { event_source });
  const bob = await person(site.chromium, site.url, `Bob ${tag}`, { event_source });
  await sign_up(ann, `admin_ann_${tag}`);
  await sign_up(bob, `admin_bob_${tag}`);
  await create_group(ann, `Governed ${tag}`);
  await join_group(bob, `Governed ${tag}`);
  await write(bob, `BUY NOW ${tag}`);
  await sees(ann, `BUY NOW ${tag}`);
  const group = (await ann.page.evaluate("location.hash")).split("/")[2];
  await ann.page.evaluate(ask("POST", "/api/reports", { conversation: group, seq: 3, reason: `rude ${tag}` }));

  // Others find no way in, not even by the address.
  assert.equal(await ann.page.getByRole("button", { name: "Administration" }).count(), 0);
  await ann.page.evaluate("location.hash = '#/admin'");
  await ann.page.getByText("Only those who run this server may see this page.").waitFor();
  await ann.page.getByRole("button", { name: /^Conversations/ }).click();

  // Figures: there, and there anew while they are looked at.
  let figures = 0;
  root.page.on("request", (request) => { figures += /admin\/figures/.test(request.url()) ? 1 : 0; });
  await root.page.getByRole("button", { name: "Administration" }).click();
  const numbers = root.page.locator(".numbers__one").filter({ hasText: "Users online" }).locator("dd");
  await becomes(async () => Number(await numbers.textContent()) >= 3 || numbers.textContent(), "three people are there", 15000);
  await becomes(() => figures >= 2 || figures, "they are fetched again", 12000);
  const bar = root.page.getByRole("region", { name: "Commit latency" }).locator(".bars__bar");
  const widths = await bar.evaluateAll((bars) => bars.map((one) => one.getBoundingClientRect().width));
  assert.ok(Math.max(...widths) > 20 && Math.min(...widths) === 0, `bars are as long as what they count: ${widths}`);

  // Users: found, stopped, let in again, given another password, made one of us.
  await to(root, "Users");
  await find(root, `admin_bob_${tag}`);
  await rows(root, bob.name).waitFor();
  await rows(root, `Ann ${tag}`).waitFor({ state: "detached" });
  assert.equal(await rows(root, "").count(), 1);
  await act(root, bob.name, "Disable", true);
  await rows(root, bob.name).getByText("disabled").waitFor();
  await bob.page.getByRole("button", { name: "Sign in" }).waitFor({ timeout: 15000 });
  await act(root, bob.name, "Enable", false);
  await rows(root, bob.name).getByText("disabled").waitFor({ state: "detached" });
  await act(root, bob.name, "Reset password", true);
  const password = await secret(root);
  assert.match(password, /^\w{12,}$/);
  await bob.page.reload();
  await sign_in(bob, password);
  await inside(bob);
  await act(root, bob.name, "Make administrator", true);
  await rows(root, bob.name).getByText("administrator").waitFor();
  await act(root, bob.name, "Take administration away", true);
  await rows(root, bob.name).getByText("administrator").waitFor({ state: "detached" });

  // Groups: more people than an owner may let in.
  await to(root, "Groups");
  await find(root, `Governed ${tag}`);
  await act(root, `Governed ${tag}`, "Set the limit", false);
  await root.page.locator("#ask-answer").fill("5000");
  await root.page.getByRole("dialog").getByRole("button", { name: "Set the limit" }).click();
  await rows(root, `Governed ${tag}`).getByText("2/5000").waitFor();

  // A reload stays on the page.
  await root.page.reload();
  await root.page.getByRole("region", { name: "Groups" }).waitFor();
  await rows(root, `Governed ${tag}`).waitFor();

  // Reports: the message and the reason; from there to its sender; decided, it is erased.
  await to(root, "Reports");
  const report = root.page.locator(".report").filter({ hasText: `rude ${tag}` });
  await report.getByText(`BUY NOW ${tag}`).waitFor();
  await report.getByRole("button", { name: "See the sender's account" }).click();
  await rows(root, bob.name).waitFor();
  assert.equal(await rows(root, "").count(), 1);
  await to(root, "Reports");
  await report.getByRole("button", { name: "Resolve" }).click();
  await root.page.locator("#ask-answer").fill("spoken to");
  await root.page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await report.waitFor({ state: "detached" });
  await root.page.getByRole("button", { name: "Resolved" }).click();
  await report.getByText("spoken to").waitFor();
  await report.getByText("The text was erased").waitFor();
  assert.equal(await report.getByRole("button", { name: "Dismiss" }).count(), 0);

  // Invitations: told once, ended.
  await to(root, "Invitations");
  await root.page.getByLabel("Uses").fill("2");
  await root.page.getByLabel("For whom").fill(`team ${tag}`);
  await root.page.getByRole("button", { name: "Make" }).click();
  await root.page.getByRole("dialog", { name: "New invitation code" }).waitFor();
  assert.match(await secret(root), /^\w{12,}$/);
  await rows(root, `team ${tag}`).getByText("0 of 2").waitFor();
  await root.page.getByRole("button", { name: `End the invitation team ${tag}` }).click();
  await root.page.getByRole("alertdialog").getByRole("button", { name: "End", exact: true }).click();
  await rows(root, `team ${tag}`).waitFor({ state: "detached" });

  // Dissolved: its members are told.
  await to(root, "Groups");
  await act(root, `Governed ${tag}`, "Dissolve", true);
  await rows(root, `Governed ${tag}`).waitFor({ state: "detached" });

  // All of it stands in the log, the newest first.
  await to(root, "Audit log");
  await rows(root, "Dissolved a group").first().waitFor();
  const acts = await root.page.locator("tbody .cell--act").evaluateAll((cells) => cells.map((cell) => cell.lastChild.textContent));
  assert.deepEqual(acts.slice(0, 11), [
    "Dissolved a group", "Ended an invitation", "Made an invitation", "Closed a report", "Changed a member limit",
    "Changed who administers", "Changed who administers", "Set another password", "Enabled an account", "Disabled an account",
    "Changed who administers"
  ]);
  await rows(root, "member_limit: 5000").first().waitFor();

  // On a phone nothing lies beyond the edge, on no page.
  await root.page.setViewportSize({ width: 360, height: 700 });
  for (const page of ["Audit log", "Users", "Groups", "Reports", "Invitations", "Live figures"]) {
    await to(root, page);
    await root.page.getByText("Loading…").waitFor({ state: "detached" });
    assert.equal(await root.page.locator("main.page").evaluate((main) => main.scrollWidth - main.clientWidth), 0, `${page} is too wide`);
  }
  await root.page.setViewportSize({ width: 1280, height: 800 });
  for (const who of [root, ann, bob]) {
    assert.deepEqual(who.complaints, []);
    await who.context.close();
  }
}

test("administration, over the event stream", { timeout: 180000 }, () => scenario("stream", true));
test("administration, over long-poll", { timeout: 180000 }, () => scenario("poll", false));

test("the last administrator stays one, and the page says why", { timeout: 60000 }, async () => {
  const alone = await server_with();
  try {
    alone.administrator("alone", "Alone");
    const root = await person(site.chromium, alone.url, "Alone");
    root.username = "alone";
    await sign_in(root);
    await inside(root);
    await root.page.getByRole("button", { name: "Administration" }).click();
    await to(root, "Users");
    await act(root, "Alone", "Take administration away", true);
    await root.page.getByText("Somebody must run the server").waitFor();
    await rows(root, "Alone").getByText("administrator").waitFor();
    await root.context.close();
  } finally {
    await alone.stop();
  }
});
