// The box above the list: conversations and friends fit at once, messages are
// asked for after a pause or on Enter. Escape empties it. The field is the user's
// while they type, or an input method would lose what it composes.
var chat = chat || {};

chat.finder = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  return chat.component({
    init: function () {
      var self_ = this;
      this.attach = function (field) { self_.field = field; };
      this.input = function () {
        // Some engines tell of input that changed nothing.
        if (self_.field.value === self_.text) { return; }
        self_.text = self_.field.value;
        self_.props.act.search.typed(self_.text);
      };
      this.key = function (event) { self_.pressed(event); };
      this.submit = function (event) {
        event.preventDefault();
        self_.props.act.search.everywhere(self_.field.value);
      };
      this.clear = function () {
        self_.text = self_.field.value = "";
        self_.props.act.search.clear();
        self_.field.focus();
      };
    },

    componentDidMount: function () { this.text = this.field.value = this.props.text; },

    componentDidUpdate: function (props) {
      // Emptied from elsewhere.
      if (props.text && !this.props.text) { this.text = this.field.value = ""; }
    },

    pressed: function (event) {
      var key = chat.keys.name(event), first;
      if (chat.keys.composing(event)) { return; }
      if (key === "Escape" && this.field.value) {
        event.preventDefault();
        event.stopPropagation();
        this.clear();
      }
      if (key === "ArrowDown") {
        first = /** @type {HTMLElement} */ (document.querySelector(".side .row"));
        if (!first) { return; }
        event.preventDefault();
        first.focus();
      }
    },

    render: function (props) {
      return el.form({ class: "finder", role: "search", "aria-label": t("search.go"), onSubmit: this.submit },
        chat.icon("search"),
        el.label({ class: "sr", "for": "finder" }, t("search.box")),
        el.input({
          class: el.cx("input finder__field", props.text && "finder__field--full"), id: "finder", type: "text",
          autocomplete: "off", maxLength: 128, ref: this.attach, placeholder: t("search.box"), onInput: this.input, onKeyDown: this.key
        }),
        props.text && el.button({
          class: "icon-button finder__clear", type: "button", "aria-label": t("search.clear"), title: t("search.clear"), onClick: this.clear
        }, chat.icon("close")));
    }
  });
}());
