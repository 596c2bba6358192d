// Settings of a group, for its owner and admins. What nobody touched is not sent.
var chat = chat || {};

chat.group_settings = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var MODES = ["open", "approval", "invitation", "closed"];
  var PAUSES = [0, 5, 10, 30, 60, 300, 3600]; // seconds of slow mode

  /** What the form holds, for those fields that it has. */
  function filled(form) {
    var found = {
      name: form.group_name.value.trim(), description: form.description.value.trim(), announcement: form.announcement.value.trim(),
      join_mode: form.join_mode.value, mute_all: form.mute_all.checked, slow_mode: Number(form.slow_mode.value)
    };
    if (form.member_limit) { found.member_limit = Number(form.member_limit.value); }
    if (form.history_shared) { found.history_shared = form.history_shared.checked; }
    return found;
  }

  /** Only what differs from how it was when the form opened. */
  function changes(before, after) {
    return Object.keys(after).reduce(function (found, name) {
      return after[name] === before[name] ? found : chat.change.key(found, name, after[name]);
    }, {});
  }

  function picture(props, group) {
    var face = chat.select_group.face(group);
    return el.div({ class: "field face" },
      chat.avatar(group.name, false, face),
      el.div({ class: "face__does" },
        // The browser's own control speaks the browser's language: its label stands for it.
        el.input({
          id: "group-face", class: "sr face__file", type: "file",
          accept: "image/png,image/jpeg,image/gif,image/webp",
          onChange: function (event) {
            var file = event.target.files[0];
            event.target.value = "";
            if (file) { props.act.govern.avatar(group.id, file); }
          }
        }),
        el.label({ class: "secondary face__label", "for": "group-face" }, t("settings_of.avatar")), " ",
        face && el.button({
          class: "secondary", type: "button",
          onClick: function () { props.act.govern.avatar(group.id, null); }
        }, t("settings_of.avatar_gone"))));
  }

  function texts(group) {
    return [
      chat.labelled(t("create.name"), "input", {
        id: "group-name", name: "group_name", required: true, maxLength: 64, autocomplete: "off", "data-first": true,
        defaultValue: group.name
      }),
      chat.labelled(t("create.description"), "textarea", {
        id: "group-description", name: "description", rows: 2, maxLength: 255, defaultValue: group.description
      }),
      chat.labelled(t("announcement.title"), "textarea", {
        id: "group-announcement", name: "announcement", rows: 4, maxLength: 2000, defaultValue: group.announcement
      }, t("settings_of.announcement_hint"))
    ];
  }

  function rules(group, owner) {
    var pauses = PAUSES.indexOf(group.slow_mode) < 0 ? PAUSES.concat(group.slow_mode) : PAUSES;
    return [
      chat.labelled(t("create.join_mode"), "select", { id: "group-mode", name: "join_mode" }, null,
        chat.labelled.options(MODES, group.join_mode, function (mode) { return t("mode." + mode); })),
      chat.labelled(t("settings_of.slow_mode"), "select", { id: "group-slow", name: "slow_mode" }, t("settings_of.slow_hint"),
        chat.labelled.options(pauses, group.slow_mode, function (seconds) {
          return seconds ? chat.remaining.words(seconds) : t("settings_of.slow_off");
        })),
      chat.labelled.box(t("settings_of.mute_all"), { id: "group-mute-all", name: "mute_all", defaultChecked: group.mute_all }),
      owner && chat.labelled(t("create.member_limit"), "input", {
        id: "group-limit", name: "member_limit", type: "number", min: 3, required: true, defaultValue: String(group.member_limit)
      }, t("create.limit_hint")),
      owner && chat.labelled.box(t("settings_of.history_shared"), {
        id: "group-history", name: "history_shared", defaultChecked: group.history_shared
      }, t("settings_of.history_hint"))
    ];
  }

  var group_settings = chat.component({
    // The form shows how it was when it opened: what others change meanwhile is theirs.
    init: function (props) { this.first = props.state.groups[props.dialog.group]; },

    render: function (props) {
      var dialog = props.dialog, first = this.first;
      var group = props.state.groups[dialog.group];
      var owner = chat.select_group.role(props.state, dialog.group) === "owner";

      function close() { props.act.dialog(null); }

      function submit(event) {
        var changed = changes(first, filled(event.target.elements));
        event.preventDefault();
        if (dialog.busy) { return; }
        if (!Object.keys(changed).length) { return close(); }
        props.act.govern.change(dialog.group, changed, close);
      }

      return el.view(chat.dialog, { name: t("settings_of.title"), on_close: close },
        picture(props, group),
        el.form({ onSubmit: submit },
          texts(first), rules(first, owner),
          chat.trouble(dialog.problem),
          el.footer({ class: "dialog__foot" },
            el.button({ class: "secondary", type: "button", onClick: close }, t("dialog.cancel")),
            el.button({ class: "primary", type: "submit" }, t("dialog.save")))));
    }
  });

  chat.dialogs.add("group_settings", function (props) { return el.view(group_settings, props); });
  return group_settings;
}());
