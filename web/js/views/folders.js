// The folders of friends: make one, rename, move, remove. `dialog.editing` is the
// folder whose name is being written.
var chat = chat || {};

chat.folders = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function name_field(id, value, first) {
    return el.input({
      "data-first": first || null,
      class: "input", id: id, name: "folder_name", required: true, autocomplete: "off",
      maxLength: chat.limits.remark_chars, defaultValue: value
    });
  }

  function renaming(props, folder) {
    function over() { props.act.dialog({ name: "folders" }); }
    function submit(event) {
      event.preventDefault();
      props.act.friends.rename_folder(folder.id, event.target.elements.folder_name.value, over);
    }
    return el.li({ key: "edit" + folder.id },
      el.form({ class: "bar bar--dialog", onSubmit: submit },
        el.label({ class: "sr", "for": "folder-name" }, t("folders.name")),
        name_field("folder-name", folder.name, true),
        el.button({ class: "primary", type: "submit" }, t("folders.save")),
        el.button({ class: "secondary", type: "button", onClick: over }, t("dialog.cancel"))));
  }

  function row(props, folder, at, count) {
    var act = props.act;
    function step(icon, label, by, off) {
      return el.button({
        // Not switched off: the focus would be lost on the way.
        class: "icon-button", type: "button", "aria-disabled": off ? "true" : null,
        title: t(label), "aria-label": t(label + "_name", { name: folder.name }),
        onClick: function () { act.friends.move_folder(folder.id, by); }
      }, chat.icon(icon));
    }
    if (props.dialog.editing === folder.id) { return renaming(props, folder); }
    return el.li({ class: "found", key: folder.id },
      el.span({ class: "who" }, el.strong(null, folder.name), el.span(null, t("folders.friends", { count: folder.total }))),
      step("up", "folders.up", -1, at === 0),
      step("down", "folders.down", 1, at === count - 1),
      el.button({
        class: "icon-button", type: "button", title: t("folders.rename"), "aria-label": t("folders.rename_name", { name: folder.name }),
        onClick: function () { act.dialog({ name: "folders", editing: folder.id }); }
      }, chat.icon("edit")),
      el.button({
        class: "icon-button danger", type: "button", title: t("folders.remove"),
        "aria-label": t("folders.remove_name", { name: folder.name }),
        onClick: function () {
          act.dialog({
            name: "confirm", title: t("folders.remove_name", { name: folder.name }), label: t("folders.remove"),
            text: t("folders.remove_sure", { count: folder.total }),
            on_yes: function () {
              act.dialog({ name: "folders" });
              act.friends.remove_folder(folder.id);
            }
          });
        }
      }, chat.icon("trash")));
  }

  function folders(props) {
    var own = chat.roster.folders(props.state).filter(function (one) { return one.id !== chat.roster.FRIENDS; });

    function submit(event) {
      var field = event.target.elements.folder_name;
      var name = field.value;
      event.preventDefault();
      // What is written meanwhile is the next one's.
      props.act.friends.make_folder(name, function () { if (field.value === name) { field.value = ""; } });
    }

    return el.view(chat.dialog, { name: t("folders.title"), on_close: function () { props.act.dialog(null); } },
      props.dialog.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(props.dialog.problem)),
      own.length ? el.ul({ "aria-label": t("folders.title") }, own.map(function (one, at) { return row(props, one, at, own.length); }))
        : el.p({ class: "empty" }, t("folders.none")),
      el.form({ class: "folders__new", onSubmit: submit },
        el.label({ class: "person__label", "for": "folder-new" }, t("folders.new")),
        el.div({ class: "bar bar--dialog" },
          name_field("folder-new", "", false),
          el.button({ class: "primary", type: "submit" }, t("folders.make")))));
  }

  chat.dialogs.add("folders", folders);
  return folders;
}());
