// Files that were chosen and are not sent yet, above the field: pictures as they are,
// the others by name; each can be taken out again.
var chat = chat || {};

chat.tray = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** @param {{items: Array, on_remove: Function}} props */
  function tray(props) {
    if (!props.items.length) { return null; }
    return el.ul({ class: "tray", "aria-label": t("upload.chosen") }, props.items.map(function (one) {
      return el.li({ class: el.cx("tray__one", one.url && "tray__one--picture"), key: one.id },
        one.url ? el.span({ class: "tray__frame" }, el.img({ class: "tray__picture", src: one.url, alt: one.name }))
          : [chat.icon("file"), el.span({ class: "tray__name", title: one.name }, one.name),
            el.small({ class: "tray__size" }, chat.size(one.size))],
        el.button({
          class: "icon-button tray__remove", type: "button", "aria-label": t("upload.remove", { name: one.name }),
          title: t("upload.remove", { name: one.name }), onClick: function () { props.on_remove(one.id); }
        }, chat.icon("close")));
    }));
  }

  return tray;
}());
