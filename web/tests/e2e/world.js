"use strict";
// A small world with people in it: friends, groups, requests, and a lively
// conversation with a reply, a picture, a reaction and a mention. What is looked at
// on a page of it (accessibility, overflow, pictures) is looked at with something in it.
const { Friend, PASSWORD } = require("./friend");
const { face, landscape } = require("./picture");

const GROUP = "Rust 学习小组";
const FAMILY = "相亲相爱一家人";

const PEOPLE = {
  me: ["xiaoming", "小明"], owner: ["zhangwei", "张伟"], friend: ["lili", "李丽"], other: ["wanglei", "Wang Lei"],
  stranger: ["chenchen", "陈晨"], mother: ["mama", "妈妈"]
};

async function upload(who, name, bytes, type = "image/png") {
  const answer = await fetch(`${who.url}/api/files?name=${encodeURIComponent(name)}`, {
    method: "POST", body: bytes, headers: { Authorization: `Bearer ${who.token}`, "Content-Type": type }
  });
  if (!answer.ok) { throw new Error(`upload: ${answer.status} ${await answer.text()}`); }
  return (await answer.json()).file.id;
}

async function wear(who, number) {
  const answer = await fetch(`${who.url}/api/me/avatar`, {
    method: "PUT", body: face(number), headers: { Authorization: `Bearer ${who.token}`, "Content-Type": "image/png" }
  });
  if (!answer.ok) { throw new Error(`avatar: ${answer.status} ${await answer.text()}`); }
}

async function befriend(one, two) {
  await one.ask("POST", "/api/friends", { user: two.me.id, note: `我是${one.me.name}` });
  await two.ask("PUT", `/api/friends/${one.me.id}`, { accept: true });
}

/** Makes the world on a fresh server; needs --post-rate 0. */
async function world(url) {
  const people = {};
  for (const [role, [username, name]] of Object.entries(PEOPLE)) {
    people[role] = await Friend.sign_up(url, username, name);
  }
  const { me, owner, friend, other, stranger, mother } = people;
  let number = 0;
  for (const one of [owner, friend, other, mother]) { await wear(one, number += 1); }

  for (const one of [friend, other, mother]) { await befriend(one, me); }
  const folder = (await me.ask("POST", "/api/friend-folders", { name: "同学" })).folder;
  await me.ask("PATCH", `/api/friends/${friend.me.id}`, { remark: "丽丽", folder: folder.id });
  await stranger.ask("POST", "/api/friends", { user: me.me.id, note: "我是陈晨，读书会的" });

  const family = await mother.create_group(FAMILY);
  await me.join(family);
  for (const text of ["周末回来吃饭吗？", "记得带件厚衣服", "@小明 到家了吗？"]) { await mother.say(family, text); }

  const group = await owner.create_group(GROUP, { description: "一起读《Rust 程序设计语言》" });
  for (const one of [me, friend, other, stranger]) { await one.join(group); }
  await owner.ask("PATCH", `/api/groups/${group}`, { announcement: "周三晚八点讨论第四章：所有权。" });
  await owner.ask("PATCH", `/api/groups/${group}/members/${friend.me.id}`, { role: "admin" });
  await owner.say(group, "大家看一下借用检查器这一章，明天八点开会讨论。");
  const asked = await owner.say(group, "@小明 你来讲生命周期？");
  await me.say(group, "OK，我准备一下 slides 👌", { reply_to: asked.seq });
  await other.say(group, "I found a good blog post about lifetimes:\nhttps://example.com/lifetimes");
  const picture = await upload(friend, "窗外.png", landscape(640, 400));
  const shown = await friend.post(group, "image", { file: picture });
  for (const [one, emoji] of [[owner, "👍"], [me, "❤️"], [other, "👍"]]) {
    await one.post(group, "reaction", { seq: shown.seq, emoji, on: true });
  }
  await stranger.say(group, "好漂亮！在哪儿拍的？", { reply_to: shown.seq });
  await friend.say(group, "公司楼顶，刚下班的时候 😄");
  const slip = await stranger.say(group, "写错了");
  await stranger.post(group, "recall", { seq: slip.seq });
  const notes = await upload(me, "生命周期.txt", "'a 是一个生命周期参数。\n", "text/plain");
  await me.post(group, "file", { file: notes });
  await owner.say(group, "收到，辛苦了！明天见 🎉");

  const direct = (await friend.ask("GET", `/api/conversations/direct/${me.me.id}`)).conversation.id;
  await friend.say(direct, "晚上一起吃饭吗？");
  await friend.say(direct, "楼下新开了一家面馆");
  return { url, ...people, group, family, direct, GROUP, FAMILY };
}

/** Signs the context in as one of the people: the session is a cookie. */
async function enter(context, who) {
  const answer = await context.request.post(`${who.url}/api/sessions`, {
    data: { username: who.me.username, password: PASSWORD }
  });
  if (!answer.ok()) { throw new Error(`sign in: ${answer.status()} ${await answer.text()}`); }
}

module.exports = { enter, world };
