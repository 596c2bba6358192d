// The devices one is signed in on. What is not known any more is signed out here.
var chat = chat || {};

chat.devices = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function when(text) {
    return chat.time.day(text, Date.now()) + " " + chat.time.clock(text);
  }

  function row(props, device) {
    var name = chat.agent(device.device) || t("devices.unknown");
    return el.li({ class: "found", key: device.id },
      el.span({ class: "who", title: device.device },
        el.strong(null, name, device.current && el.span({ class: "role" }, t("devices.current"))),
        el.span(null, t("devices.since", { when: when(device.created_at) }), " · ",
          t("devices.used", { when: when(device.last_used_at) }))),
      !device.current && el.button({
        class: "secondary", type: "button", "aria-label": t("devices.revoke_name", { name: name, when: when(device.created_at) }),
        onClick: function () { props.act.account.revoke(device.id); }
      }, t("devices.revoke")));
  }

  function devices(props) {
    var held = props.state.account.devices;
    var others = held && held.length > 1;

    function sure() {
      props.act.dialog({
        name: "confirm", title: t("devices.others"), text: t("devices.others_sure", { count: held.length - 1 }),
        label: t("devices.others"), on_yes: props.act.account.revoke_others
      });
    }

    return held ? el.div(null,
      el.ul({ "aria-label": t("devices.title") }, held.map(function (one) { return row(props, one); })),
      others && el.button({ class: "danger", type: "button", onClick: sure }, t("devices.others")))
      : el.p({ class: "empty", role: "status" }, t("chat.loading"));
  }

  return devices;
}());
