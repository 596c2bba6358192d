// What everyone in the group should know, above its timeline: a line that opens, and
// that one puts away until there is another.
var chat = chat || {};

chat.announcement = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function by(state, group) {
    return t("announcement.by", {
      name: group.announced_by ? chat.select.names(state, group.id)(group.announced_by) : t("user.system"),
      time: chat.time.brief(group.announced_at, Date.now())
    });
  }

  var strip = chat.component({
    init: function (props) {
      var self_ = this;
      this.key = "announcement." + props.state.me.id + "." + props.group.id;
      this.toggle = function () { self_.setState({ open: !self_.state.open }); };
      this.away = function () {
        chat.storage.write(self_.key, self_.props.group.announced_at);
        self_.setState({ open: false });
      };
    },

    render: function (props, state) {
      var group = props.group;
      if (chat.storage.read(this.key) === group.announced_at) { return null; }
      return el.section({ class: el.cx("strip", state.open && "strip--open"), "aria-label": t("announcement.title") },
        el.div({ class: "strip__head" },
          el.button({ class: "strip__line", type: "button", "aria-expanded": state.open ? "true" : "false", onClick: this.toggle },
            chat.icon("horn"), " ", el.strong(null, t("announcement.title")), " ",
            !state.open && el.span({ class: "strip__text" }, group.announcement)),
          el.button({
            class: "icon-button", type: "button", "aria-label": t("announcement.away"), title: t("announcement.away"), onClick: this.away
          }, chat.icon("close"))),
        state.open && el.div({ class: "strip__whole" },
          el.p({ class: "strip__words" }, group.announcement),
          el.p({ class: "strip__by" }, by(props.state, group))));
    }
  });

  /** Above the timeline; nothing where nothing was announced. */
  function announcement(state, conversation) {
    var group = state.groups[conversation.id];
    return conversation.type === "group" && !conversation.left && group && group.announcement
      ? el.view(strip, { key: "strip" + group.id, state: state, group: group }) : null;
  }

  announcement.by = by;
  return announcement;
}());
