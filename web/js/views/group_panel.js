// Who is in the group, and the way out of it.
var chat = chat || {};

chat.group_panel = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function member(props, one) {
    var me = one.id === props.state.me.id;
    return el.li({ class: "member", key: one.id },
      chat.avatar(one.name, true, chat.select.face(props.state, one.id)),
      el.span({ class: "member__name" }, one.name, me ? " " + t("panel.me") : ""),
      one.role !== "member" && el.span({ class: "role" }, t("role." + one.role)),
      !me && el.button({
        class: "link", type: "button", "aria-label": t("panel.message_name", { name: one.name }),
        onClick: function () { props.act.groups.direct(one.id, one.name); }
      }, t("panel.message")));
  }

  return chat.component({
    init: function () {
      var self_ = this;
      this.attach = function (button) { self_.button = button; };
    },

    // The question takes the place of the button that had the focus, and the other way round.
    componentDidUpdate: function (props, state) {
      if (state.leaving !== this.state.leaving && this.button) { this.button.focus(); }
    },

    render: function (props, state) {
      var self_ = this;
      var conversation = props.conversation;
      var group = props.state.groups[conversation.id];
      var members = props.state.members[conversation.id];

      function ask(leaving) {
        return function () { self_.setState({ leaving: leaving }); };
      }

      return el.section({
        class: "panel", role: props.state.narrow ? "main" : "complementary", "aria-label": t("panel.title")
      },
        props.state.narrow && el.h1({ class: "sr" }, chat.select.title(conversation, props.state)),
        el.button({
          class: "back", type: "button", "aria-label": t("panel.close"),
          onClick: function () { props.act.groups.panel(false); }
        }, chat.icon("back")),
        el.h2(null, t("panel.members"), " ", group && members &&
          el.span({ class: "panel__count" }, members.length + "/" + group.member_limit)),
        members ? el.ul(null, members.map(function (one) { return member(props, one); }))
          : el.p({ class: "empty" }, t("chat.loading")),
        !conversation.left && (state.leaving
          ? el.div({ class: "confirm" },
            el.p(null, t("panel.leave_sure", { name: chat.select.title(conversation, props.state) })),
            el.button({ class: "danger", type: "button", onClick: function () {
              props.act.groups.leave(conversation.id);
            } }, t("panel.leave")), " ",
            el.button({ class: "secondary", type: "button", ref: this.attach, onClick: ask(false) }, t("panel.stay")))
          : el.button({ class: "danger", type: "button", ref: this.attach, onClick: ask(true) }, t("panel.leave_group"))));
    }
  });
}());
