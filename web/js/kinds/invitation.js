// An invitation to a group, in the direct chat of the two: a card with the way in.
var chat = chat || {};

chat.invitation = (function () {
  "use strict";

  // Looked up when used: kinds are also read where there is no page.
  function t(key, holes) { return chat.i18n.t(key, holes); }

  function name(message) {
    return message.body && typeof message.body.name === "string" ? message.body.name : "";
  }

  function summary(message, name_of) {
    return t("notice.invitation", { name: chat.notice.who(message, name_of), title: name(message) });
  }

  /** `page`: { state, act } where the card stands; whoever shows it elsewhere gets no button. */
  function bubble(message, name_of, page) {
    var id = message.body && String(message.body.group || "");
    var state = page && page.state;
    var inside = state && chat.select_group.role(state, id);
    return chat.el.div({ class: "card-in" },
      chat.el.strong(null, t("invitation.title")),
      chat.el.p(null, summary(message, name_of)),
      state && (message.sender !== state.me.id || inside) && chat.el.button({
        class: "secondary", type: "button", "aria-label": t(inside ? "find.open_name" : "invitation.join_name", { name: name(message) }),
        onClick: function () {
          if (inside) { page.act.groups.open(id); } else { page.act.doors.show(id, true); }
        }
      }, t(inside ? "find.open" : "invitation.join")));
  }

  var kind = { live: true, summary: summary, bubble: bubble };
  chat.kinds.add("group.invitation", kind);
  return kind;
}());
