// For how long somebody may not post.
var chat = chat || {};

chat.member_mute = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var SPANS = [600, 3600, 86400, 2592000]; // seconds; the server takes a minute to thirty days

  function member_mute(props) {
    var dialog = props.dialog;

    function close() { props.act.dialog(null); }

    return el.view(chat.dialog, { name: t("member.mute_name", { name: dialog.title }), on_close: close },
      chat.trouble(dialog.problem),
      el.p({ class: "dialog__text" }, t("member.mute_text")),
      el.div({ class: "choices" }, SPANS.map(function (seconds, at) {
        return el.button({
          class: "secondary", type: "button", key: seconds, "data-first": at === 0 || null,
          onClick: function () { props.act.govern.member(dialog.group, dialog.user, { muted_seconds: seconds }, close); }
        }, chat.remaining.words(seconds));
      })));
  }

  chat.dialogs.add("member_mute", member_mute);
  return member_mute;
}());
