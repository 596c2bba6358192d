// Incoming webhooks of a group: addresses at which programs post as one of my bots.
var chat = chat || {};

chat.group_hooks = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** Where a program posts { "text": … }. */
  function address(code) {
    return self.location.protocol + "//" + self.location.host + "/api/hooks/" + encodeURIComponent(code);
  }

  function hook(props, one) {
    var name_of = chat.select.names(props.state);
    return el.li({ class: "member", key: one.hook },
      el.span({ class: "member__who" },
        el.span({ class: "member__name" }, one.name),
        el.span({ class: "member__note" }, t("hooks.by", { bot: name_of(one.bot), name: name_of(one.by) }))),
      el.button({
        class: "secondary", type: "button", "aria-label": t("hooks.end_name", { name: one.name }),
        onClick: function () { props.act.govern.end_hook(props.dialog.group, one.hook); }
      }, t("links.end")));
  }

  function make(props, bots) {
    var dialog = props.dialog;

    function submit(event) {
      var form = event.target.elements;
      event.preventDefault();
      if (!dialog.busy) { props.act.govern.make_hook(dialog.group, { bot: form.bot.value, name: form.hook_name.value }); }
    }

    return el.form({ class: "sub", onSubmit: submit },
      chat.labelled(t("hooks.bot"), "select", { id: "hook-bot", name: "bot" }, null, bots.map(function (bot) {
        return el.option({ key: bot.id, value: bot.id }, bot.name);
      })),
      chat.labelled(t("hooks.name"), "input", {
        id: "hook-name", name: "hook_name", required: true, maxLength: 32, autocomplete: "off"
      }, t("hooks.name_hint")),
      el.button({ class: "primary", type: "submit" }, t("hooks.make")));
  }

  function group_hooks(props) {
    var dialog = props.dialog;
    var bots = chat.waiting.of(props.state, "bots", null);
    return el.view(chat.dialog, { name: t("hooks.title"), on_close: function () { props.act.dialog(null); } },
      chat.trouble(dialog.problem),
      el.p({ class: "soft" }, t("hooks.hint")),
      dialog.code && el.view(chat.secret, {
        key: dialog.code, label: t("hooks.address"), value: address(dialog.code), hint: t("hooks.once")
      }),
      bots && bots.items && (bots.items.length ? make(props, bots.items) : el.p({ class: "sub" }, t("hooks.no_bots"))),
      el.view(chat.listing, {
        list: chat.waiting.of(props.state, "hooks", dialog.group), name: t("hooks.title"), empty: t("hooks.none"),
        item: function (one) { return hook(props, one); }
      }),
      el.footer({ class: "dialog__foot" }, el.button({
        class: "secondary", type: "button", onClick: function () { props.act.dialog({ name: "bots", group: dialog.group }); }
      }, t("bots.title"))));
  }

  chat.dialogs.add("group_hooks", group_hooks);
  return group_hooks;
}());
