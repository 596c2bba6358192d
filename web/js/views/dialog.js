// A dialogue over the page. It takes the focus, holds it, closes on Escape and
// gives the focus back. What is in it comes as children; `name` is its heading.
var chat = chat || {};

chat.dialog = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var next = 0;
  var current = null; // the one on the page

  /** Who gets the focus in the end. One dialogue that leads to another hands its opener on. */
  function opener() {
    var at = document.activeElement;
    return current && (at === document.body || current.box.contains(at)) ? current.opener : at;
  }

  return chat.component({
    init: function () {
      var self_ = this;
      next += 1;
      this.heading = "dialog" + next;
      this.opener = opener();
      this.attach = function (box) { self_.box = box; };
      this.key = function (event) {
        if (chat.keys.name(event) === "Escape" && !chat.keys.composing(event)) {
          event.stopPropagation();
          if (self_.props.on_close) { self_.props.on_close(); }
        } else {
          chat.focus.hold(self_.box, event);
        }
      };
      // A click beside it closes it, but not a drag that began inside.
      this.beside = function (event) {
        if (event.target === event.currentTarget && self_.props.on_close) { self_.props.on_close(); }
      };
    },

    componentDidMount: function () {
      current = this;
      chat.focus.enter(this.box);
    },

    // Whatever had the focus may be gone with its row; the keyboard must not fall out of the dialogue.
    componentDidUpdate: function () {
      var at = document.activeElement;
      if (!at || at === document.body || !document.documentElement.contains(at)) { this.box.focus(); }
    },

    componentWillUnmount: function () {
      if (current === this) { current = null; }
      chat.focus.give_back(this.opener);
    },

    render: function (props) {
      return el.div({ class: "veil", onMouseDown: this.beside },
        el.div({
          class: el.cx("dialog", props.wide && "dialog--wide"), role: props.alert ? "alertdialog" : "dialog", "aria-modal": "true",
          "aria-labelledby": this.heading, tabIndex: -1, ref: this.attach, onKeyDown: this.key
        },
        el.header({ class: "dialog__head" },
          el.h2({ id: this.heading }, props.name),
          props.on_close && el.button({
            class: "icon-button", type: "button", "aria-label": t("dialog.close"), onClick: props.on_close
          }, chat.icon("close"))),
        props.children));
    }
  });
}());
