// What somebody is called in one group: oneself, or a member below.
var chat = chat || {};

chat.member_card = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function card_of(state, dialog) {
    var found = (state.members[dialog.group] || []).filter(function (one) { return one.id === dialog.user; })[0];
    return found ? found.card : "";
  }

  function member_card(props) {
    var dialog = props.dialog;
    var own = dialog.user === props.state.me.id;

    function close() { props.act.dialog(null); }

    function submit(event) {
      event.preventDefault();
      if (dialog.busy) { return; }
      props.act.govern.member(dialog.group, dialog.user, { card: event.target.elements.card.value }, close);
    }

    return el.view(chat.dialog, {
      name: own ? t("member.own_card") : t("member.card_name", { name: dialog.title }), on_close: close
    },
      el.form({ onSubmit: submit },
        chat.trouble(dialog.problem),
        chat.labelled(t("member.card"), "input", {
          id: "member-card", name: "card", maxLength: 32, autocomplete: "off", "data-first": true,
          defaultValue: card_of(props.state, dialog)
        }, t("member.card_hint")),
        el.footer({ class: "dialog__foot" },
          el.button({ class: "secondary", type: "button", onClick: close }, t("dialog.cancel")),
          el.button({ class: "primary", type: "submit" }, t("dialog.save")))));
  }

  chat.dialogs.add("member_card", member_card);
  return member_card;
}());
