// Where text is written. The field is the user's while they type: we set its
// value when a conversation opens and after sending, and never in between, or
// an input method loses what it composes.
var chat = chat || {};

chat.composer = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  return chat.component({
    init: function (props) {
      var self_ = this;
      this.text = props.draft;
      this.attach = function (field) { self_.field = field; };
      this.key = function (event) { self_.pressed(event); };
      this.input = function () { self_.changed(); };
      this.submit = function (event) {
        event.preventDefault();
        self_.send();
      };
    },

    componentDidMount: function () {
      this.field.value = this.text;
      this.field.focus();
    },

    // The value is not a prop: drawing again must not touch the field.
    shouldComponentUpdate: function (props, state) {
      return props.title !== this.props.title || state.problem !== this.state.problem;
    },

    changed: function () {
      // Some engines tell of input that changed nothing (focus, placeholder).
      if (this.field.value === this.text) { return; }
      this.text = this.field.value;
      if (this.state.problem) { this.setState({ problem: null }); }
      this.props.act.typing.typed(this.props.conversation, this.text);
    },

    pressed: function (event) {
      if (!chat.keys.sends(event)) { return; }
      event.preventDefault();
      this.send();
    },

    send: function () {
      var text = this.field.value;
      // The limit counts characters; one beyond the basic plane has two units here.
      var length = text.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, "x").length;
      if (!text.trim()) { return; }
      if (length > chat.limits.text_chars) {
        this.setState({ problem: t("composer.too_long", { limit: chat.limits.text_chars, length: length }) });
        return;
      }
      this.text = this.field.value = "";
      this.props.act.typing.sent(this.props.conversation);
      this.props.act.send.text(this.props.conversation, text);
      this.field.focus();
    },

    render: function (props, state) {
      return el.form({ class: "composer", onSubmit: this.submit, "aria-label": t("composer.form") },
        state.problem && el.p({ class: "problem", role: "alert" }, state.problem),
        el.textarea({
          class: "input", rows: 2, ref: this.attach, onKeyDown: this.key, onInput: this.input,
          "aria-label": t("composer.to", { name: props.title })
        }),
        el.div({ class: "composer__foot" },
          el.span({ class: "hint" }, t("composer.hint")),
          el.button({ class: "primary", type: "submit" }, t("composer.send"))));
    }
  });
}());
