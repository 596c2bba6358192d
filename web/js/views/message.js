// One row of the timeline. It is drawn again only when something it shows has
// changed: with some hundred rows this is what keeps an arrival cheap.
var chat = chat || {};

chat.message = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var ROW = ["message", "more", "mine", "last", "item", "calls", "read"];

  function state_of(item, act, stop) {
    function button(key, action) {
      return el.button({ class: "link", type: "button", tabIndex: stop, onClick: function () { action(item.client_id); } }, t(key));
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
    return el.time({ dateTime: sent_at, title: chat.time.exact(sent_at) }, chat.time.clock(sent_at));
  }

  /** What of the whole state a row shows. */
  function shown(props) {
    var state = props.state;
    return [props.active, props.hit, state.users, state.people, state.members[props.conversation.id], state.schemas, state.me,
      state.unsaid, props.conversation.left];
  }

  function same(a, b) {
    return ROW.every(function (name) { return a.row[name] === b.row[name]; }) &&
      (a.row.quote === b.row.quote || Boolean(a.row.quote && b.row.quote && a.row.quote.message === b.row.quote.message &&
        a.row.quote.gone === b.row.quote.gone && a.row.quote.seq === b.row.quote.seq)) &&
      shown(a).every(function (value, at) { return value === shown(b)[at]; });
  }

  return chat.component({
    init: function () {
      var self_ = this;
      this.attach = function (row) { self_.root = row; };
      this.unfold = function () { self_.setState({ open: true }); };
      this.toggle = function () { self_.setState({ menu: !self_.state.menu }); };
      this.close = function (back) {
        self_.setState({ menu: false });
        if (back && self_.root) { self_.root.focus(); }
      };
      // The key for it, not the right button of a mouse: that has the browser's own menu.
      this.context = function (event) {
        if (event.button === 2 || !self_.root.querySelector(".msg__more")) { return; }
        event.preventDefault();
        self_.setState({ menu: true });
      };
    },

    shouldComponentUpdate: function (props, state) {
      return chat.kinds.of(props.row.message).live || this.words !== chat.i18n.words() ||
        !same(props, this.props) || state.open !== this.state.open || state.menu !== this.state.menu;
    },

    componentDidMount: function () {
      if (chat.kinds.of(this.props.row.message) === chat.unknown) { this.props.act.history.schemas(); }
    },

    notice: function (props, kind, name_of) {
      var told = props.row.message;
      var unsaid = told.recalled && props.state.unsaid[props.conversation.id + "/" + told.seq];
      return el.li({ class: "notice", "data-seq": told.seq, tabIndex: props.active ? 0 : -1, ref: this.attach },
        unsaid && told.sender === props.state.me.id ? t("notice.recalled_mine")
          : kind.card && kind.card(told, name_of, { state: props.state, act: props.act }) || kind.summary(told, name_of),
        unsaid && " ", unsaid && el.button({
          class: "link", type: "button", tabIndex: props.active ? 0 : -1,
          onClick: function () { props.act.marks.edit(props.conversation.id, unsaid); }
        }, t("message.edit_again")));
    },

    head: function (row, name, role, quiet) {
      // A grouped row shows no name and time, yet whoever only hears it needs them.
      return el.span({ class: quiet ? "sr" : "msg__name" }, el.bdi(null, name), " ",
        role && role !== "member" && el.span({ class: "role" }, t("role." + role)), role && role !== "member" && " ",
        when(row.message.sent_at), " ");
    },

    render: function (props, state) {
      var row = props.row, told = row.message, conversation = props.conversation;
      var kind = chat.kinds.of(told);
      var name_of = chat.select.names(props.state, conversation.id);
      var stop = props.active ? 0 : -1;
      var sender, held, name;
      this.words = chat.i18n.words(); // another language means all rows anew
      if (row.notice) { return this.notice(props, kind, name_of); }
      sender = row.mine ? props.state.me.id : told.sender;
      held = chat.select.member(props.state, conversation, sender);
      name = row.mine ? props.state.me.name : chat.select.sender_name(props.state, conversation, told);
      return el.li({
        class: el.cx("msg", row.mine && "msg--mine", row.more && "msg--more", row.calls && "msg--calls", props.hit && "msg--hit"),
        "data-seq": told.seq, "data-id": row.item && row.item.client_id, tabIndex: stop, ref: this.attach, onContextMenu: this.context
      },
      chat.avatar(name, true, chat.select.face(props.state, sender)),
      el.div({ class: "msg__body" },
        this.head(row, name, held && held.role, row.more || row.mine),
        row.calls && el.span({ class: "sr" }, t("message.calls_you"), " "),
        el.div({ class: "msg__line" },
          el.div({ class: "bubble" },
            row.quote && el.view(chat.quote, {
              quote: row.quote, conversation: conversation, state: props.state, act: props.act, stop: stop
            }),
            (kind.bubble || kind.summary)(told, name_of, {
              state: props.state, act: props.act, stop: stop,
              names: chat.select.mentioned(props.state, conversation, told), open: Boolean(state.open)
            })),
          !row.item && el.button({
            class: "msg__more", type: "button", tabIndex: stop, title: t("message.actions"),
            "aria-haspopup": "menu", "aria-expanded": state.menu ? "true" : null, onClick: this.toggle
          }),
          state.menu && el.view(chat.message_menu, {
            message: told, conversation: conversation, state: props.state, act: props.act, on_close: this.close
          })),
        !state.open && kind.long(told) && el.button({ class: "link msg__all", type: "button", tabIndex: stop, onClick: this.unfold },
          t("message.all")),
        chat.reactions(told, conversation, props, stop),
        row.item && state_of(row.item, props.act, stop),
        row.mine && !row.item && (row.last || row.read) && el.span({ class: "state" },
          el.span({ "aria-hidden": "true" }, when(told.sent_at)), row.read && " · " + t("message.read"))));
    }
  });
}());
