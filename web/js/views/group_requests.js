// Who asks to be let in, and who may not come back.
var chat = chat || {};

chat.group_requests = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function row(props, user, line, buttons) {
    return el.li({ class: "member", key: user.id },
      chat.avatar(user.name, true, user.avatar ? "/api/users/" + encodeURIComponent(user.id) + "/avatar?size=small" : null),
      el.span({ class: "member__who" },
        el.span({ class: "member__name" }, user.name),
        el.span({ class: "member__note" }, line)),
      el.span({ class: "member__does" }, buttons));
  }

  function when(time) { return chat.time.brief(time, Date.now()) + " " + chat.time.clock(time); }

  function request(props, one) {
    var dialog = props.dialog;
    function button(label, name, accept) {
      return el.button({
        class: accept ? "primary" : "secondary", type: "button", "aria-label": t(name, { name: one.user.name }),
        onClick: function () { props.act.govern.answer(dialog.group, one.user.id, accept); }
      }, t(label));
    }
    return row(props, one.user, one.note ? t("requests.note", { note: one.note }) : when(one.at), [
      button("requests.accept", "requests.accept_name", true), " ", button("requests.decline", "requests.decline_name", false)
    ]);
  }

  function ban(props, one) {
    var dialog = props.dialog;
    var by = chat.select.names(props.state)(one.by);
    return row(props, one.user, t("bans.by", { name: by, time: when(one.at) }), el.button({
      class: "secondary", type: "button", "aria-label": t("bans.lift_name", { name: one.user.name }),
      onClick: function () { props.act.govern.unban(dialog.group, one.user.id); }
    }, t("bans.lift")));
  }

  function view(name, item) {
    return function (props) {
      return el.view(chat.dialog, { name: t(name + ".title"), on_close: function () { props.act.dialog(null); } },
        chat.trouble(props.dialog.problem),
        el.view(chat.listing, {
          list: chat.waiting.of(props.state, name, props.dialog.group), name: t(name + ".title"), empty: t(name + ".none"),
          item: function (one) { return item(props, one); }
        }));
    };
  }

  var requests = view("requests", request);
  chat.dialogs.add("group_requests", requests);
  chat.dialogs.add("group_bans", view("bans", ban));
  return requests;
}());
