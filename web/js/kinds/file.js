// Pictures and files: a small picture that opens the whole one, or a name to save it by.
var chat = chat || {};

chat.file = (function () {
  "use strict";

  // The longer side of a picture between the bubbles, in pixels.
  var SIDE = 240;

  function address(body) {
    return "/api/files/" + encodeURIComponent(String(body.file || ""));
  }

  function name(message) {
    return String(message.body && message.body.name || "");
  }

  function image(message) {
    return chat.i18n.t("kind.image", { name: name(message) });
  }

  function file(message) {
    return chat.i18n.t("kind.file", { name: name(message) });
  }

  function picture(message) {
    var body = message.body || {};
    var shrink = Math.min(1, SIDE / Math.max(body.width || SIDE, body.height || SIDE));
    return chat.el.a({ href: address(body), target: "_blank", rel: "noopener" }, chat.el.img({
      alt: image(message), src: address(body) + "/thumbnail",
      width: Math.round((body.width || SIDE) * shrink), height: Math.round((body.height || SIDE) * shrink)
    }));
  }

  function download(message) {
    return chat.el.a({ href: address(message.body || {}) }, file(message));
  }

  chat.kinds.add("image", { summary: image, bubble: picture });
  chat.kinds.add("file", { summary: file, bubble: download });
  return { image: image, file: file };
}());
