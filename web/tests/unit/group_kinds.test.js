"use strict";
// The words for what happens in groups, and for what the server refuses there.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { dictionary, load, plain } = require("../load");

function page(language) {
  const { chat } = load(["lib/limits", "lib/change", "lib/i18n", "lib/remaining", "lib/time", "lib/el", "kinds/"], {
    preact: { h: (name, attributes, ...children) => ({ name, children }) }
  });
  chat.i18n.use(dictionary(language));
  const names = { a: "张伟", b: "李丽", bot: "机器人" };
  return (kind, body, sender = "a") => {
    const message = { kind, body, sender, sender_name: names[sender] || "", sent_at: "2026-01-01T00:00:00Z" };
    return { kind: chat.kinds.of(message), message, say: chat.kinds.of(message).summary(message, (id, name) => names[id] || name || "?") };
  };
}

const TABLE = [
  ["group.create", {}, "张伟 创建了群"],
  ["group.join", { user: "a" }, "张伟 加入了群"],
  ["group.join", { user: "a", link: "l" }, "张伟 通过邀请链接加入了群"],
  ["group.join", { user: "b" }, "张伟 同意了 李丽 的入群申请"],
  ["group.leave", { user: "a" }, "张伟 退出了群"],
  ["group.remove", { user: "b" }, "张伟 将 李丽 移出了群"],
  ["group.remove", { user: "b", ban: true }, "张伟 将 李丽 移出了群，并禁止再加入"],
  ["group.role", { user: "b", role: "owner" }, "张伟 将群转让给了 李丽"],
  ["group.role", { user: "b", role: "admin" }, "张伟 将 李丽 设为管理员"],
  ["group.role", { user: "b", role: "member" }, "张伟 取消了 李丽 的管理员身份"],
  ["group.mute", { user: "b", seconds: 600 }, "张伟 将 李丽 禁言 10 分钟"],
  ["group.mute", { user: "b", seconds: 0 }, "张伟 解除了 李丽 的禁言"],
  ["group.card", { user: "a", card: "老张" }, "张伟 将自己的群名片改为“老张”"],
  ["group.card", { user: "b", card: "丽" }, "张伟 将 李丽 的群名片改为“丽”"],
  ["group.card", { user: "b", card: "" }, "李丽 的群名片已清除"],
  ["group.avatar", { file: "f" }, "张伟 更换了群头像"],
  ["group.avatar", { file: null }, "张伟 移除了群头像"],
  ["group.dissolve", {}, "张伟 解散了群"],
  ["group.request", { user: "a", note: "" }, "张伟 申请加入群"],
  ["group.request", { user: "a", note: "我是张伟" }, "张伟 申请加入群：我是张伟"],
  ["group.decline", { user: "b" }, "张伟 拒绝了 李丽 的入群申请"],
  ["group.decline", { user: "a" }, "张伟 撤回了入群申请"],
  ["group.invite", { user: "b" }, "张伟 邀请了 李丽"],
  ["group.unban", { user: "b" }, "张伟 允许 李丽 再次加入"],
  ["group.link", { link: "l", hours: 24, uses: 5 }, "张伟 创建了邀请链接（1 天内有效，可用 5 次）"],
  ["group.unlink", { link: "l" }, "张伟 停用了一个邀请链接"],
  ["group.hook", { hook: "h", bot: "bot", name: "builds" }, "张伟 让机器人 机器人 在此推送：builds"],
  ["group.unhook", { hook: "h" }, "张伟 停用了一个机器人推送"],
  ["group.invitation", { group: "g", name: "Rust" }, "张伟 邀请加入群“Rust”"],
  ["group.settings", { name: "新名", mute_all: true }, "张伟 修改了群资料：群名称改为“新名”、开启了全员禁言"],
  ["group.settings", { slow_mode: 30, member_limit: 50 }, "张伟 修改了群资料：人数上限改为 50 人、开启了慢速模式，每 30 秒可发一条"],
  ["group.settings", { join_mode: "approval", history_shared: false }, "张伟 修改了群资料：加群方式改为“需要管理员同意”、新成员看不到以前的消息"],
  ["group.settings", { announcement: "" }, "张伟 修改了群资料：清除了群公告"],
  ["group.settings", { announcement: "明天八点", slow_mode: 0 }, "[群公告] 明天八点"]
];

test("every kind of a group says what happened, by whom and to whom", () => {
  const say = page("zh-CN");
  for (const [kind, body, words] of TABLE) { assert.equal(say(kind, body).say, words, kind); }
  const english = page("en");
  for (const [kind, body] of TABLE) {
    const words = english(kind, body).say;
    assert.doesNotMatch(words, /\{|undefined|notice\.|set\./, kind);
  }
});

test("what the server did itself has no sender", () => {
  assert.equal(page("zh-CN")("group.dissolve", {}, null).say, "服务器管理者 解散了群");
});

test("an announcement is a card, with a line for what else was changed", () => {
  const say = page("zh-CN");
  const told = say("group.settings", { announcement: "明天八点", slow_mode: 0 });
  const [card, rest] = told.kind.card(told.message, (id, name) => name);
  assert.match(JSON.stringify(plain(card)), /群公告.*明天八点.*张伟/);
  assert.equal(rest, "张伟 修改了群资料：关闭了慢速模式");
  const other = say("group.settings", { slow_mode: 0 });
  assert.equal(other.kind.card(other.message, (id, name) => name), null);
});

test("a body of any shape breaks nothing", () => {
  const say = page("en");
  for (const [kind] of TABLE) {
    for (const body of [null, {}, { user: 5, card: {}, name: [], seconds: "x", role: "king", hours: {}, announcement: 7 }]) {
      assert.equal(typeof say(kind, body).say, "string", kind);
    }
  }
});

test("every refusal of the routes of groups and bots has words, in both languages", () => {
  const codes = (
    "all_muted already_member banned banned.409 below_member_count dissolved empty_file group_closed group_exists group_full internal " +
    "kind_state_full link_expired muted name_lookalike name_taken not_a_member not_a_member.409 not_a_picture not_allowed " +
    "not_by_approval not_found not_invited owner_must_transfer picture_too_large slow_mode too_large too_many_admins too_many_bans " +
    "too_many_bots too_many_groups too_many_hooks too_many_in_flight too_many_invitations too_many_links too_many_posts " +
    "too_many_requests too_many_requests.409 too_many_settings too_many_uploads unavailable user_exists username_lookalike " +
    "username_taken you_block_them"
  ).split(" ");
  for (const language of ["en", "zh-CN"]) {
    const words = dictionary(language);
    for (const code of codes) { assert.ok(words["error." + code], `${language}: ${code}`); }
  }
});

test("one code may mean two things, by its status; fields say what must change", () => {
  const { chat } = load(["lib/i18n"]);
  chat.i18n.use(dictionary("en"));
  assert.equal(chat.i18n.problem({ code: "banned", status: 403 }), "Banned from this group.");
  assert.match(chat.i18n.problem({ code: "banned", status: 409 }), /lift the ban first/);
  assert.equal(chat.i18n.problem({ code: "declined", holes: { name: "Rust" } }), "You were not let into “Rust”.");
  assert.equal(chat.i18n.problem({ code: "invalid", status: 422, fields: [{ field: "member_limit", message: "m" }] }),
    "The member limit is out of range.");
});
