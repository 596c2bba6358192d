"use strict";
// Two people meet: the whole way from signing up to a direct chat, once over the
// event stream and once in a browser that has none.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { equip } = require("./browser");
const {
  AT_ONCE_MS, becomes, bubble, bubbles, choose, create_group, inside, join_group, person, row, sees, sign_in, sign_out, sign_up, write
} = require("./people");

const site = equip();

async function scenario(tag, event_source) {
  const ann = await person(site.chromium, site.url, `Ann ${tag}`, { event_source });
  const bob = await person(site.chromium, site.url, `Bob ${tag}`, { event_source });
  const group = `Readers ${tag}`;

  await sign_up(ann, `ann_${tag}`);
  await sign_up(bob, `bob_${tag}`);

  // Out and in again, with a wrong password in between.
  await sign_out(ann);
  await sign_in(ann, "not the password");
  await ann.page.getByRole("alert").waitFor();
  await sign_in(ann);
  await inside(ann);

  // Ann makes a group, Bob finds it and joins; Ann is told at once.
  await create_group(ann, group);
  await join_group(bob, group);
  await ann.page.getByRole("log").getByText(`${bob.name} joined the group`).waitFor({ timeout: AT_ONCE_MS });

  // Both write, both read; markup stays text.
  await write(ann, `hello from Ann ${tag}`);
  await sees(ann, `hello from Ann ${tag}`);
  await sees(bob, `hello from Ann ${tag}`);
  await write(bob, `hello from Bob ${tag}`);
  await sees(ann, `hello from Bob ${tag}`);
  const evil = `<img src=x onerror="document.title='taken'"> ${tag}`;
  await write(bob, evil);
  await sees(ann, evil);
  assert.equal(await bubble(ann, evil).textContent(), evil);
  assert.equal(await ann.page.locator("img").count(), 0);
  assert.doesNotMatch(await ann.page.title(), /taken/);

  // Shift+Enter is a new line; Enter sends both lines as one message.
  await ann.page.locator("textarea").fill("first line");
  await ann.page.locator("textarea").press("Shift+Enter");
  await ann.page.locator("textarea").pressSequentially("second line");
  await ann.page.locator("textarea").press("Enter");
  await bubble(bob, "first line\nsecond line").waitFor({ timeout: AT_ONCE_MS });

  // Typing is shown, and gone with the message. It is told every three seconds at most.
  await ann.page.waitForTimeout(3100);
  await ann.page.locator("textarea").pressSequentially("hm");
  await bob.page.getByText(`${ann.name} is typing…`).waitFor({ timeout: AT_ONCE_MS });
  await ann.page.locator("textarea").press("Enter");
  await sees(bob, "hm");
  await bob.page.getByText(`${ann.name} is typing…`).waitFor({ state: "detached", timeout: AT_ONCE_MS });

  // A reload shows the history, in order.
  await ann.page.reload();
  await row(ann, group).click();
  await sees(ann, `hello from Ann ${tag}`);
  await sees(ann, "hm");
  assert.deepEqual(await bubbles(ann),
    [`hello from Ann ${tag}`, `hello from Bob ${tag}`, evil, "first line\nsecond line", "hm"]);

  // The panel names both; from there a direct chat begins.
  await ann.page.getByRole("button", { name: "Members", exact: true }).click();
  const panel = ann.page.getByRole("complementary", { name: "Group" });
  await panel.getByText("2/200").waitFor();
  await choose(ann, `About ${bob.name}`, "Message");
  await ann.page.getByRole("heading", { name: bob.name }).waitFor();
  await write(ann, `just us ${tag}`);

  // Bob looks at the group: his direct chat gets a badge, and opening it clears that.
  const badge = row(bob, ann.name).locator(".badge");
  await badge.waitFor({ timeout: AT_ONCE_MS });
  assert.equal(await badge.textContent(), "1");
  await write(ann, `really ${tag}`);
  await becomes(async () => (await badge.textContent()) === "2" || badge.textContent(), "Bob's badge counts to 2");
  await becomes(async () => (await bob.page.title()).startsWith("(2)") || bob.page.title(), "the title counts, too");
  await row(bob, ann.name).click();
  await sees(bob, `just us ${tag}`);
  await sees(bob, `really ${tag}`);
  await badge.waitFor({ state: "detached" });
  await write(bob, `yes ${tag}`);
  await sees(ann, `yes ${tag}`);
  // What was read stays read: the server knows, not only this page.
  await bob.page.waitForTimeout(2500);
  await bob.page.reload();
  await row(bob, ann.name).waitFor();
  await becomes(async () => (await bob.page.title()) === "WebQQ" || bob.page.title(), "nothing is unread after a reload");

  // Bob leaves: Ann is told, and he can write there no more.
  await row(bob, group).click();
  await bob.page.getByRole("button", { name: "Members", exact: true }).click();
  await choose(bob, "This group", "Leave the group");
  await bob.page.getByRole("button", { name: "Leave", exact: true }).click();
  await bob.page.getByText("You are no longer in this group.").waitFor({ timeout: AT_ONCE_MS });
  assert.equal(await bob.page.locator("textarea").count(), 0);
  await row(ann, group).click();
  await ann.page.getByRole("log").getByText(`${bob.name} left the group`).waitFor({ timeout: AT_ONCE_MS });

  const route = event_source ? "/api/stream" : "/api/poll";
  for (const who of [ann, bob]) {
    assert.deepEqual([...who.feeds], [route], `${who.name} used ${route} and nothing else`);
    assert.deepEqual(who.complaints, [], `${who.name}'s page complained`);
    await who.context.close();
  }
}

test("two users over the event stream", { timeout: 120000 }, () => scenario("stream", true));
test("two users over long-poll", { timeout: 120000 }, () => scenario("poll", false));
