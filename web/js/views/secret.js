// Something that the server tells only once: to be copied now.
var chat = chat || {};

chat.secret = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  return chat.component({
    init: function () {
      var self_ = this;
      this.attach = function (field) { self_.field = field; };
      this.all = function () { self_.field.select(); };
      this.copy = function () {
        chat.copy(self_.props.value, function (copied) {
          // What is to be copied by hand is marked for that.
          if (!copied) { self_.field.select(); }
          self_.setState({ said: t(copied ? "secret.copied" : "secret.by_hand") });
        });
      };
    },

    componentDidMount: function () {
      this.field.focus();
      this.field.select();
    },

    /** props: { label, value, hint?, quiet?: is the label said elsewhere already? } */
    render: function (props, state) {
      return el.div({ class: "secret" },
        el.label({ class: props.quiet ? "sr" : null, "for": "secret" }, props.label),
        el.div({ class: "secret__row" },
          el.input({
            class: "input secret__value", id: "secret", type: "text", readOnly: true, value: props.value,
            ref: this.attach, onFocus: this.all
          }),
          el.button({ class: "primary", type: "button", onClick: this.copy }, t("secret.copy"))),
        el.p({ class: "soft" }, props.hint || t("secret.once")),
        el.p({ class: "soft", role: "status" }, state.said || ""));
    }
  });
}());
