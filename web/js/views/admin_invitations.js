// Invitations to the server: make one, whose code is told once; end one.
var chat = chat || {};

chat.admin_invitations = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function number(name, value, most) {
    return el.div({ class: "field invite__number" },
      el.label({ "for": "invite-" + name }, t("admin.invitations." + name)),
      el.input({
        class: "input", id: "invite-" + name, name: name, type: "number", min: 1, max: most, required: true, defaultValue: value
      }));
  }

  function form(props) {
    function submit(event) {
      var fields = event.target.elements;
      event.preventDefault();
      props.act.admin.invite({
        uses: Number(fields.uses.value), days: Number(fields.days.value), note: fields.note.value.trim()
      }, t("admin.invitations.made"), t("admin.invitations.made_text"));
      event.target.reset();
    }
    return el.form({ class: "invite", onSubmit: submit, key: "form" },
      number("uses", 1, 1000), number("days", 7, 365),
      el.div({ class: "field invite__note" },
        el.label({ "for": "invite-note" }, t("admin.invitations.note")),
        el.input({ class: "input", id: "invite-note", name: "note", type: "text", maxLength: 500, autocomplete: "off" })),
      el.div({ class: "field" }, el.button({ class: "primary", type: "submit" }, t("admin.invitations.make"))));
  }

  function end(props, one) {
    return el.button({
      class: "danger", type: "button", "aria-label": t("admin.invitations.end_one", { name: one.note || one.id.slice(0, 8) }),
      onClick: function () {
        props.act.dialog({
          name: "confirm", title: t("admin.invitations.end_title"), text: t("admin.invitations.end_text"),
          label: t("admin.invitations.end"),
          on_yes: function () { props.act.admin.uninvite(one.id); }
        });
      }
    }, t("admin.invitations.end"));
  }

  function admin_invitations(props) {
    return [
      form(props),
      chat.admin_list.table(props, "invitations", ["note", "used", "until", "do"], function (one, name) {
        if (name === "note") { return one.note || "—"; }
        if (name === "used") { return t("admin.invitations.used_of", { count: one.used, limit: one.uses }); }
        return name === "until" ? chat.admin_list.moment(one.expires_at) : end(props, one);
      })
    ];
  }

  chat.admin.add("invitations", admin_invitations);
  return admin_invitations;
}());
