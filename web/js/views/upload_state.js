// What stands below a message whose file is still on the way.
var chat = chat || {};

chat.upload_state = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** The line, or null where the outbox's own words do. */
  function upload_state(item, act) {
    var upload = item.upload;
    var part;
    if (!upload || item.state !== "uploading") { return null; }
    part = upload.total ? Math.min(100, Math.floor(100 * upload.sent / upload.total)) : 0;
    return el.span({ class: "state" },
      upload.going ? t("upload.going", { part: part }) : t("upload.waiting"), " ",
      el.button({
        class: "link", type: "button", "aria-label": t("upload.cancel_name", { name: item.body.name }),
        onClick: function () { act.send.discard(item.client_id); }
      }, t("upload.cancel")));
  }

  return upload_state;
}());
