// A button that opens a short list of things to do. Arrows walk, Enter does,
// Escape and a click elsewhere close; the focus returns to the button.
//   el.view(chat.menu, { label, content, class?, items: [{ label, on, danger?, icon? } or null] })
var chat = chat || {};

chat.menu = (function () {
  "use strict";

  var el = chat.el;

  return chat.component({
    init: function () {
      var self_ = this;
      this.attach = function (root) { self_.root = root; };
      this.toggle = function () { self_.open(!self_.state.open); };
      this.key = function (event) { self_.pressed(event); };
      this.elsewhere = function (event) {
        if (self_.root && !self_.root.contains(event.target)) { self_.open(false); }
      };
    },

    componentWillUnmount: function () { document.removeEventListener("mousedown", this.elsewhere); },

    componentDidUpdate: function (props, state) {
      if (!this.state.open || state.open) { return; }
      if (this.beyond()) { this.setState({ up: true }); }
      if (this.choices().length) { this.choices()[0].focus(); }
    },

    /** Does the list hang out of what scrolls around it, and would it fit above? */
    beyond: function () {
      var list = this.root.querySelector("[role=menu]").getBoundingClientRect();
      var top = 0, bottom = document.documentElement.clientHeight;
      var node = this.root.parentNode, style, box;
      for (; node && node.nodeType === 1; node = node.parentNode) {
        style = self.getComputedStyle(node);
        if (/auto|scroll/.test(style.overflowY)) {
          box = node.getBoundingClientRect();
          top = Math.max(top, box.top);
          bottom = Math.min(bottom, box.bottom);
        }
      }
      return list.bottom > bottom && this.root.getBoundingClientRect().top - list.height > top;
    },

    choices: function () { return this.root.querySelectorAll("[role=menuitem]"); },

    open: function (open) {
      this.setState({ open: open, up: false });
      document[open ? "addEventListener" : "removeEventListener"]("mousedown", this.elsewhere);
    },

    close: function () {
      this.open(false);
      this.root.querySelector("button").focus();
    },

    pressed: function (event) {
      var choices, to, key = chat.keys.name(event);
      if (!this.state.open) { return; }
      choices = this.choices();
      to = chat.keys.along(event, Array.prototype.indexOf.call(choices, document.activeElement), choices.length);
      if (key === "Escape") { this.close(); } else if (key === "Tab") { this.open(false); return; }
      if (to !== null) { choices[to].focus(); }
      if (key === "Escape" || to !== null) {
        event.preventDefault();
        event.stopPropagation();
      }
    },

    render: function (props, state) {
      var self_ = this;
      return el.div({ class: el.cx("menu", props.class), ref: this.attach, onKeyDown: this.key },
        el.button({
          class: "icon-button", type: "button", "aria-label": props.label, title: props.label,
          "aria-haspopup": "true", "aria-expanded": state.open ? "true" : "false", onClick: this.toggle
        }, props.content),
        state.open && el.ul({ class: el.cx("menu__list", state.up && "menu__list--up"), role: "menu", "aria-label": props.label },
          props.items.filter(Boolean).map(function (item) {
            return el.li({ key: item.label, role: "none" }, el.button({
              class: el.cx("menu__item", item.danger && "menu__item--danger"), type: "button", role: "menuitem", tabIndex: -1,
              onClick: function () {
                self_.close();
                item.on();
              }
            }, item.icon && chat.icon(item.icon), item.icon && " ", item.label));
          })));
    }
  });
}());
