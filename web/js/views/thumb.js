// A picture between the bubbles. Its place is there before it is; if it cannot be
// shown, the place says so.
var chat = chat || {};

chat.thumb = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  return chat.component({
    init: function () {
      var self_ = this;
      this.state = { broken: false };
      this.failed = function () { self_.setState({ broken: true }); };
      this.open = function (event) {
        // A new tab is for who asks for one.
        if (event.ctrlKey || event.metaKey || event.shiftKey || !self_.props.on_open) { return; }
        event.preventDefault();
        self_.props.on_open();
      };
    },

    render: function (props, state) {
      // A broken one keeps the place, but needs room for its words.
      var inner = state.broken
        ? el.span({
          class: "thumb__broken", style: { width: Math.max(props.size.width, 120) + "px", minHeight: props.size.height + "px" }
        }, t("picture.broken"), " ", props.alt)
        : el.img({
          class: "thumb__picture", src: props.src, alt: props.alt, width: props.size.width, height: props.size.height, onError: this.failed
        });
      return props.href
        ? el.a({ class: "thumb", href: props.href, target: "_blank", rel: "noopener", tabIndex: props.stop, onClick: this.open }, inner)
        : el.span({ class: "thumb" }, inner);
    }
  });
}());
