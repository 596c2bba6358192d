// Invitation links: those there are, and a new one, whose address is told once.
var chat = chat || {};

chat.group_links = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var HOURS = [1, 24, 168, 720];
  var USES = [1, 5, 20, 100];

  /** The address of this page that leads into the group. */
  function address(code) {
    return self.location.href.replace(/#.*$/, "") + "#/join/" + encodeURIComponent(code);
  }

  function link(props, one) {
    var over = !chat.select_group.left(one.until, Date.now()) || one.uses < 1;
    return el.li({ class: "member", key: one.link },
      el.span({ class: "member__who" },
        el.span({ class: "member__name" }, over ? t("links.over") : t("links.left", { count: one.uses })),
        el.span({ class: "member__note" }, t("links.until", {
          name: chat.select.names(props.state)(one.by), time: chat.time.brief(one.until, Date.now()) + " " + chat.time.clock(one.until)
        }))),
      el.button({
        class: "secondary", type: "button", "aria-label": t("links.end_of", { count: one.uses }),
        onClick: function () { props.act.govern.end_link(props.dialog.group, one.link); }
      }, t("links.end")));
  }

  function group_links(props) {
    var dialog = props.dialog;

    function submit(event) {
      var form = event.target.elements;
      event.preventDefault();
      if (!dialog.busy) { props.act.govern.make_link(dialog.group, { hours: Number(form.hours.value), uses: Number(form.uses.value) }); }
    }

    return el.view(chat.dialog, { name: t("links.title"), on_close: function () { props.act.dialog(null); } },
      chat.trouble(dialog.problem),
      dialog.code && el.view(chat.secret, { key: dialog.code, label: t("links.address"), value: address(dialog.code) }),
      el.form({ class: "sub", onSubmit: submit },
        el.div({ class: "pair" },
          chat.labelled(t("links.hours"), "select", { id: "link-hours", name: "hours" }, null,
            chat.labelled.options(HOURS, 168, function (hours) { return chat.remaining.words(3600 * hours); })),
          chat.labelled(t("links.uses"), "select", { id: "link-uses", name: "uses" }, null,
            chat.labelled.options(USES, 20, function (uses) { return t("links.times", { count: uses }); }))),
        el.button({ class: "primary", type: "submit" }, t("links.make"))),
      el.view(chat.listing, {
        list: chat.waiting.of(props.state, "links", dialog.group), name: t("links.title"), empty: t("links.none"),
        item: function (one) { return link(props, one); }
      }));
  }

  group_links.address = address;
  chat.dialogs.add("group_links", group_links);
  return group_links;
}());
