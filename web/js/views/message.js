// One row of the timeline.
var chat = chat || {};

chat.message = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function state_of(item, act) {
    function button(key, action) {
      return el.button({ class: "link", type: "button", onClick: function () { action(item.client_id); } }, t(key));
    }
    if (item.upload && item.state === "uploading") { return chat.upload_state(item, act); }
    if (item.state === "failed") {
      return el.span({ class: "state", role: "alert" },
        el.span({ class: "tag" }, t("send.failed", { reason: chat.i18n.problem(item.problem) })), " ",
        button("send.again", act.send.again), " ", button("send.discard", act.send.discard));
    }
    if (item.state === "waiting") {
      return el.span({ class: "state" }, t("send.waiting"), " ",
        button("send.again", act.send.again), " ", button("send.discard", act.send.discard));
    }
    return el.span({ class: "state" }, t("send.sending"));
  }

  function when(sent_at) {
    return el.time({ dateTime: sent_at, title: new Date(sent_at).toLocaleString() }, chat.time.clock(sent_at));
  }

  function message(row, state, act) {
    var told = row.message;
    var name_of = chat.select.names(state, told && told.conversation);
    var name, kind;
    if (row.day) { return el.li({ class: "notice", key: row.key }, chat.time.day(row.day, Date.now())); }
    kind = chat.kinds.of(told);
    if (row.notice) {
      return el.li({ class: "notice", key: row.key, "data-seq": told.seq },
        kind.card && kind.card(told, name_of) || kind.summary(told, name_of));
    }
    name = row.mine ? state.me.name : name_of(told.sender, told.sender_name);
    return el.li({
      class: el.cx("msg", row.mine && "msg--mine", row.more && "msg--more"), key: row.key, "data-seq": told.seq
    },
    chat.avatar(name, true, chat.select.face(state, row.mine ? state.me.id : told.sender)),
    el.div({ class: "msg__body" },
      // A grouped row shows no name and time, yet whoever only hears it needs them.
      el.span({ class: row.more || row.mine ? "sr" : "msg__name" }, name, " ", !row.mine && when(told.sent_at)),
      el.div({ class: "bubble" }, (kind.bubble || kind.summary)(told, name_of, { state: state, act: act })),
      row.item && state_of(row.item, act),
      row.mine && !row.item && el.span({ class: "state" }, when(told.sent_at))));
  }

  return message;
}());
