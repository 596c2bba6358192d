// What can be done with a message: reactions in a grid, and the rest as a list.
// It stands in the row while it is open. Arrows walk, Escape closes.
//   el.view(chat.message_menu, { message, conversation, state, act, on_close })
var chat = chat || {};

chat.message_menu = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var WIDE = 5; // emoji beside one another

  /** May I take it back? Mine for a while; owner and admins any in their group. */
  function recallable(message, conversation, state) {
    var group = state.groups[conversation.id];
    var role = group && group.role || conversation.role;
    if (conversation.left) { return false; }
    if (conversation.type === "group" && (role === "owner" || role === "admin")) { return true; }
    return message.sender === state.me.id && Date.now() - new Date(message.sent_at).getTime() < chat.limits.recall_ms;
  }

  function items(props) {
    var message = props.message, conversation = props.conversation, act = props.act;
    var where = conversation.id, seq = message.seq;
    var text = message.kind === "text" ? chat.text.summary(message) : "";
    return [
      !conversation.left && { key: "reply", label: t("message.reply"), icon: "reply", on: function () {
        act.marks.reply(where, seq);
        chat.roving.to_field();
      } },
      text && { key: "copy", label: t("message.copy"), icon: "copy", on: function () { act.marks.copy(text); } },
      { key: "forward", label: t("message.forward"), icon: "forward", on: function () {
        act.dialog({ name: "forward", conversation: where, seq: seq });
      } },
      recallable(message, conversation, props.state) &&
        { key: "recall", label: t("message.recall"), icon: "recall", on: function () { act.marks.recall(where, seq); } },
      message.sender && message.sender !== props.state.me.id &&
        { key: "report", label: t("message.report"), icon: "report", danger: true, on: function () {
          act.dialog({ name: "report", conversation: where, seq: seq });
        } }
    ].filter(Boolean);
  }

  return chat.component({
    init: function () {
      var self_ = this;
      this.attach = function (root) { self_.root = root; };
      this.key = function (event) { self_.pressed(event); };
      this.elsewhere = function (event) {
        if (self_.root && !self_.root.contains(event.target)) { self_.props.on_close(false); }
      };
    },

    componentDidMount: function () {
      var log = this.root.parentNode, menu_box = this.root.getBoundingClientRect(), pane;
      document.addEventListener("mousedown", this.elsewhere);
      while (log !== document.body && !/\blog\b/.test(log.className)) { log = log.parentNode; }
      // Where the pane ends below, it opens upward.
      pane = log.getBoundingClientRect();
      if (menu_box.bottom > pane.bottom && menu_box.height < menu_box.top - pane.top) { this.setState({ up: true }); }
      this.choices()[0].focus();
    },

    componentWillUnmount: function () { document.removeEventListener("mousedown", this.elsewhere); },

    choices: function () { return this.root.querySelectorAll("[role^=menuitem]"); },

    pressed: function (event) {
      var key = chat.keys.name(event);
      var all = this.choices(), count = all.length, grid = this.root.querySelectorAll("[role=menuitemcheckbox]").length;
      var at = Array.prototype.indexOf.call(all, document.activeElement), to = null;
      if (key === "Escape" || key === "Tab") { this.props.on_close(true); }
      if (key === "ArrowRight") { to = (at + 1) % count; }
      if (key === "ArrowLeft") { to = (at + count - 1) % count; }
      // Rows of the grid first, then the list, round and round.
      if (key === "ArrowDown") { to = at < grid ? Math.min(at + WIDE, grid) : (at + 1) % count; }
      if (key === "ArrowUp") { to = at > grid ? at - 1 : at === grid ? grid - 1 : at - WIDE < 0 ? count - 1 : at - WIDE; }
      if (key === "Home") { to = 0; }
      if (key === "End") { to = count - 1; }
      if (to !== null && count) { all[to % count].focus(); }
      event.stopPropagation();
      if (to !== null || key === "Escape" || key === "Tab") { event.preventDefault(); }
    },

    render: function (props, state) {
      var message = props.message, me = props.state.me.id;
      function choose(on) {
        return function () {
          props.on_close(true);
          on();
        };
      }
      return el.div({
        class: el.cx("actions", state.up && "actions--up"), role: "menu", "aria-label": t("message.actions"),
        ref: this.attach, onKeyDown: this.key
      },
      !props.conversation.left && el.div({ class: "actions__grid", role: "group", "aria-label": t("reactions.add") },
        chat.reactions.SET.map(function (emoji) {
          var own = chat.reactions.has(message.notes, emoji, me);
          return el.button({
            key: emoji, class: "actions__emoji", type: "button", tabIndex: -1,
            role: "menuitemcheckbox", "aria-checked": own ? "true" : "false",
            onClick: choose(function () { props.act.marks.react(props.conversation.id, message.seq, emoji, !own); })
          }, emoji);
        })),
      items(props).map(function (item) {
        return el.button({
          key: item.key, class: el.cx("menu__item", item.danger && "menu__item--danger"), type: "button",
          role: "menuitem", tabIndex: -1, onClick: choose(item.on)
        }, chat.icon(item.icon), " ", item.label);
      }));
    }
  });
}());
