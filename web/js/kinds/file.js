// Pictures and files: a small picture that opens the whole one, or a name to save it
// by; and the same while their bytes are still on the way.
var chat = chat || {};

chat.file = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  // The longer side of a picture between the bubbles, in pixels.
  var SIDE = 240;

  function address(body) {
    return "/api/files/" + encodeURIComponent(String(body.file || ""));
  }

  function name(message) {
    return String(message.body && message.body.name || "");
  }

  function image(message) {
    return t("kind.image", { name: name(message) });
  }

  function file(message) {
    return t("kind.file", { name: name(message) });
  }

  function side(number) {
    return Number(number) > 0 ? Number(number) : SIDE;
  }

  /** Its place in the timeline: kept from the first moment, whatever the picture does. */
  function place(body) {
    var width = side(body.width), height = side(body.height);
    var shrink = Math.min(1, SIDE / Math.max(width, height));
    return { width: Math.max(1, Math.round(width * shrink)), height: Math.max(1, Math.round(height * shrink)) };
  }

  function bar(message) {
    var upload = message.upload;
    var part = upload.total ? Math.min(100, Math.floor(100 * upload.sent / upload.total)) : 0;
    return el.div({
      class: "progress", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": part,
      "aria-label": t("upload.progress", { name: name(message) })
    }, el.div({ class: "progress__done", style: { width: part + "%" } }));
  }

  function picture(message, name_of, context) {
    var body = message.body || {};
    var upload = message.upload;
    if (upload && !upload.url) { return card(message, name_of, context); }
    return el.div({ class: "picture" },
      el.view(chat.thumb, {
        key: upload ? upload.url : body.file, src: upload ? upload.url : address(body) + "/thumbnail", alt: image(message),
        size: place(body), href: upload || !body.file ? null : address(body), stop: context && context.stop,
        on_open: context && context.act && function () { context.act.dialog({ name: "picture", body: body }); }
      }),
      upload && bar(message));
  }

  function card(message, name_of, context) {
    var body = message.body || {};
    var size = typeof body.size === "number" ? chat.size(body.size) : "";
    return el.div({ class: "file" },
      chat.icon("file"), " ",
      el.span({ class: "file__name" }, name(message)), " ",
      el.small({ class: "file__size" }, size),
      body.file && el.a({
        class: "file__save", href: address(body), download: name(message), target: "_blank", rel: "noopener",
        tabIndex: context && context.stop,
        "aria-label": t("file.save_name", { name: name(message) })
      }, t("file.save")),
      message.upload && bar(message));
  }

  chat.kinds.add("image", { summary: image, bubble: picture });
  chat.kinds.add("file", { summary: file, bubble: card });
  return { image: image, file: file, address: address, place: place };
}());
