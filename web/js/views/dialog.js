// A dialogue over the page. It takes the focus, holds it, closes on Escape and
// gives the focus back. What is in it comes as children; `name` is its heading.
var chat = chat || {};

chat.dialog = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var next = 0;
  /** @type {?} the dialogue that was opened last */
  var latest = null;

  return chat.component({
    init: function () {
      var self_ = this;
      next += 1;
      this.heading = "dialog" + next;
      // One that takes the place of another gives the focus back to where that one had it from.
      this.opener = latest && latest.box && latest.box.contains(document.activeElement) ? latest.opener : document.activeElement;
      latest = this;
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

    componentDidMount: function () { chat.focus.enter(this.box); },

    componentWillUnmount: function () { chat.focus.give_back(this.opener); },

    getSnapshotBeforeUpdate: function () {
      return this.box.contains(document.activeElement) ? document.activeElement : null;
    },

    // A row that moves or goes takes the focus with it; the keyboard stays in here all the same.
    componentDidUpdate: function (props, state, had) {
      if (!had || this.box.contains(document.activeElement)) { return; }
      if (this.box.contains(had)) { had.focus(); } else { chat.focus.enter(this.box); }
    },

    render: function (props) {
      return el.div({ class: "veil", onMouseDown: this.beside },
        el.div({
          class: el.cx("dialog", props.wide && "dialog--wide", props.whole && "dialog--whole"),
          role: props.alert ? "alertdialog" : "dialog", "aria-modal": "true",
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
