// Settings of this browser and of one's account, as a page.
var chat = chat || {};

chat.settings = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function choice(props, name, values) {
    return el.div({ class: "field", key: name },
      el.label({ "for": "setting-" + name }, t("settings." + name)),
      el.select({
        class: "input", id: "setting-" + name, value: props.state.settings[name],
        onChange: function (event) { props.act.setting(name, event.target.value); }
      }, values.map(function (value) {
        return el.option({ key: value, value: value }, t("settings." + name + "." + value));
      })));
  }

  function settings(props) {
    return el.div({ class: "page__body" },
      el.h1(null, t("rail.settings")),
      choice(props, "language", ["zh-CN", "en"]),
      choice(props, "theme", ["auto", "light", "dark"]),
      choice(props, "send", ["enter", "ctrl"]),
      chat.account(props));
  }

  chat.app.page("settings", settings);
  return settings;
}());
