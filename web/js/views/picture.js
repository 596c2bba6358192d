// One picture, as large as the window allows. state.dialog: { name: "picture", body }
var chat = chat || {};

chat.picture = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function picture(props) {
    var body = props.dialog.body;
    var name = String(body.name || "");
    var size = body.width && body.height ? t("picture.size", { width: body.width, height: body.height }) + " · " : "";
    return el.view(chat.dialog, { name: name, whole: true, on_close: function () { props.act.dialog(null); } },
      el.p({ class: "viewer" }, el.img({
        class: "viewer__picture", src: chat.file.address(body), alt: chat.file.image({ body: body }), width: body.width, height: body.height
      })),
      el.footer({ class: "dialog__foot" },
        el.small({ class: "viewer__size" }, size, chat.size(body.size)),
        el.a({ class: "button", href: chat.file.address(body), download: name, target: "_blank", rel: "noopener" }, t("file.save"))));
  }

  chat.dialogs.add("picture", picture);
  return picture;
}());
