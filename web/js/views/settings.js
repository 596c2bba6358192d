// Settings of this browser and of one's account, as a page.
var chat = chat || {};

chat.settings = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function choice(props, name, values) {
    return el.div({ class: "setting", key: name },
      el.label({ class: "setting__name", "for": "setting-" + name }, t("settings." + name)),
      el.select({
        class: "input setting__value", id: "setting-" + name, value: props.state.settings[name],
        onChange: function (event) { props.act.setting(name, event.target.value); }
      }, values.map(function (value) {
        return el.option({ key: value, value: value }, t("settings." + name + "." + value));
      })));
  }

  /** `why`: why it cannot be had; then the box is closed and says so. */
  function toggle(props, name, on, why) {
    return el.div({ class: "setting", key: name },
      el.label({ class: "setting__name", "for": "setting-" + name }, t("settings." + name),
        el.small({ class: "setting__hint", id: "setting-" + name + "-hint" }, t(why || "settings." + name + ".hint"))),
      el.input({
        class: "setting__box", id: "setting-" + name, type: "checkbox", checked: props.state.settings[name] && !why, disabled: Boolean(why),
        "aria-describedby": "setting-" + name + "-hint", onChange: function (event) { on(event.target.checked); }
      }));
  }

  function part(key, rows) {
    return el.section({ class: "settings__part", key: key, "aria-label": t(key) }, el.h2(null, t(key)), rows);
  }

  function settings(props) {
    return el.div({ class: "page__body" },
      el.h1(null, t("rail.settings")),
      part("settings.look", [
        choice(props, "language", ["zh-CN", "en"]),
        choice(props, "theme", ["auto", "light", "dark"])
      ]),
      part("settings.writing", [
        choice(props, "send", ["enter", "ctrl"]),
        el.p({ class: "setting", key: "keys" }, el.span({ class: "setting__name" }, t("settings.keys")),
          el.button({
            class: "secondary", type: "button", onClick: function () { props.act.dialog({ name: "keys" }); }
          }, t("settings.keys_show")))
      ]),
      part("settings.news", [
        toggle(props, "sound", function (on) { props.act.setting("sound", on); }, ""),
        toggle(props, "notify", props.act.notify, chat.notices.obstacle()),
        choice(props, "announce", ["all", "mentions", "off"])
      ]),
      chat.account(props));
  }

  chat.app.page("settings", settings);
  return settings;
}());
