// Which group somebody is invited to; whoever one may write to can be. state.dialog:
//   { name: "invite_to", user }   from their profile, and back to it
var chat = chat || {};

chat.invite_to = (function () {
  "use strict";

  function invite_to(props) {
    var dialog = props.dialog, state = props.state;
    function may(one) {
      return one.type === "group" && !one.left && !chat.select.member(state, one, dialog.user);
    }
    return chat.el.view(chat.choose, {
      state: state, name: chat.i18n.t("invite.to"), may: may, problem: dialog.problem,
      on_close: function () { props.act.dialog({ name: "person", user: dialog.user }); },
      on_choose: function (id) { props.act.doors.invite(id, dialog.user); }
    });
  }

  chat.dialogs.add("invite_to", invite_to);
  return invite_to;
}());
