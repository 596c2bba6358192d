// What stands at the two ends of the timeline: loading, a page that failed, the
// start of history; and the button that leads back to the newest message.
var chat = chat || {};

chat.log_edge = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function failed(problem, again) {
    return el.p({ class: "edge", role: "alert" }, chat.i18n.problem(problem), " ",
      el.button({ class: "link", type: "button", onClick: again }, t("chat.retry")));
  }

  return {
    /** `part`: the window that is drawn. */
    above: function (props, part, more) {
      var conversation = props.conversation;
      var at = conversation.around || conversation;
      if (at.trouble) {
        return failed(at.trouble, conversation.loaded || conversation.around ? more
          : function () { props.act.history.newest(conversation.id); });
      }
      if (!conversation.loaded && !conversation.around) { return el.p({ class: "edge" }, t("chat.loading")); }
      if (part.at > 0 || at.older) {
        return el.p({ class: "edge" }, el.button({
          class: "link", type: "button", onClick: more
        }, t(at.loading ? "chat.loading" : "chat.older")));
      }
      return chat.rows.list(conversation).length > 0 && el.p({ class: "edge" }, t("chat.start"));
    },

    /** Only after a jump is there anything below. */
    below: function (props, more) {
      var around = props.conversation.around;
      if (!around) { return null; }
      return around.trouble ? failed(around.trouble, more) : el.p({ class: "edge" }, t("chat.loading"));
    },

    /** `count`: what came while one was reading. */
    newest: function (count, on) {
      return el.button({ class: "jump", type: "button", title: t("chat.to_newest"), onClick: on },
        el.span({ "aria-hidden": "true" }, count ? "↓ " + (count > 99 ? "99+" : count) : "↓"),
        el.span({ class: "sr" }, count ? t("chat.to_newest_count", { count: count }) : t("chat.to_newest")));
    }
  };
}());
