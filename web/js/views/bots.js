// One's own bots: made, given another token, deleted. A token is told once.
var chat = chat || {};

chat.bots = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** Asks first; afterwards this dialogue is back. */
  function sure(props, key, bot, on_yes) {
    var back = { name: "bots", group: props.dialog.group };
    return function () {
      props.act.dialog({
        name: "confirm", title: t(key + "_name", { name: bot.name }), text: t(key + "_sure", { name: bot.name }), label: t(key),
        on_yes: function () {
          props.act.dialog(back);
          on_yes(bot);
        }
      });
    };
  }

  function row(props, bot) {
    function button(key, on_yes) {
      return el.button({
        class: "secondary", type: "button", "aria-label": t(key + "_name", { name: bot.name }),
        onClick: sure(props, key, bot, on_yes)
      }, t(key));
    }
    return el.li({ class: "member", key: bot.id },
      chat.avatar(bot.name, true, null),
      el.span({ class: "member__who" },
        el.span({ class: "member__name" }, bot.name),
        el.span({ class: "member__note" }, bot.username)),
      el.span({ class: "member__does" }, button("bots.renew", props.act.govern.renew_bot), " ",
        button("bots.remove", props.act.govern.remove_bot)));
  }

  function bots(props) {
    var dialog = props.dialog;

    function submit(event) {
      var form = event.target.elements;
      event.preventDefault();
      if (dialog.busy) { return; }
      props.act.govern.make_bot({ username: form.bot_username.value, name: form.bot_name.value || form.bot_username.value });
    }

    function close() { props.act.dialog(dialog.group ? { name: "group_hooks", group: dialog.group } : null); }

    return el.view(chat.dialog, { name: t("bots.title"), on_close: close },
      chat.trouble(dialog.problem),
      el.p({ class: "soft" }, t("bots.hint")),
      dialog.token && el.view(chat.secret, { key: dialog.token, label: t("bots.token", { name: dialog.token_of }), value: dialog.token }),
      el.form({ class: "sub", onSubmit: submit },
        el.div({ class: "pair" },
          chat.labelled(t("door.username"), "input", {
            id: "bot-username", name: "bot_username", required: true, maxLength: 32, autocomplete: "off", autocapitalize: "none"
          }),
          chat.labelled(t("bots.name"), "input", { id: "bot-name", name: "bot_name", maxLength: 32, autocomplete: "off" })),
        el.button({ class: "primary", type: "submit" }, t("bots.make"))),
      el.view(chat.listing, {
        list: chat.waiting.of(props.state, "bots", null), name: t("bots.title"), empty: t("bots.none"),
        item: function (bot) { return row(props, bot); }
      }));
  }

  chat.dialogs.add("bots", bots);
  return bots;
}());
