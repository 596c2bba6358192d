// The dialogues by name. `state.dialog` is { name, … } while one is open; the view
// of that name gets { state, act, dialog }. One file per dialogue adds itself here.
var chat = chat || {};

chat.dialogs = (function () {
  "use strict";

  var by_name = {};

  return {
    /** @param {string} name  @param {Function} view (props) -> a chat.dialog */
    add: function (name, view) { by_name[name] = view; },
    /** What is open now, or null. */
    show: function (props) {
      var dialog = props.state.dialog;
      if (!dialog) { return null; }
      return chat.part(props, function () {
        return by_name[dialog.name] && chat.el.view(by_name[dialog.name], {
          key: dialog.name, state: props.state, act: props.act, dialog: dialog
        });
      }, function (waiting) {
        return chat.el.view(chat.dialog, {
          key: "later", name: chat.i18n.t("app.name"), on_close: function () { props.act.dialog(null); }
        }, waiting);
      });
    }
  };
}());
