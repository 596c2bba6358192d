// A conversation is chosen: a field that narrows the list down, and the list.
// Arrows walk from the field into it, Enter takes the first.
//   el.view(chat.choose, { state, name, on_close, on_choose, may?(conversation), problem? })
var chat = chat || {};

chat.choose = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var SHOWN = 30; // whoever looks for one beyond these types more of its name

  return chat.component({
    init: function () {
      var self_ = this;
      this.attach = function (root) { self_.root = root; };
      this.typed = function (event) { self_.setState({ query: event.target.value }); };
      this.submit = function (event) {
        var first = self_.found()[0];
        event.preventDefault();
        if (first) { self_.props.on_choose(first.id); }
      };
      this.key = function (event) {
        var stops = self_.root.querySelectorAll("input, .row");
        var to = event.target.tagName === "INPUT" && /^(Home|End)$/.test(chat.keys.name(event)) ? null
          : chat.keys.along(event, Array.prototype.indexOf.call(stops, document.activeElement), stops.length);
        if (to === null) { return; }
        event.preventDefault();
        stops[to].focus();
      };
    },

    found: function () {
      var props = this.props, query = (this.state.query || "").trim().toLowerCase();
      return chat.select.list(props.state).filter(function (one) {
        return (!props.may || props.may(one)) && chat.select.title(one, props.state).toLowerCase().indexOf(query) >= 0;
      }).slice(0, SHOWN);
    },

    render: function (props) {
      var found = this.found();
      return el.view(chat.dialog, { name: props.name, on_close: props.on_close },
        el.form({ class: "choose", ref: this.attach, onKeyDown: this.key, onSubmit: this.submit },
          el.input({
            class: "input", type: "text", "data-first": true, autocomplete: "off", onInput: this.typed,
            "aria-label": t("choose.filter"), placeholder: t("choose.filter")
          }),
          chat.trouble(props.problem),
          el.p({ class: "sr", role: "status" }, t("choose.count", { count: found.length })),
          found.length ? el.ul({ class: "choose__list", "aria-label": props.name }, found.map(function (one) {
            var title = chat.select.title(one, props.state);
            return el.li({ key: one.id }, el.button({
              class: "row", type: "button", onClick: function () { props.on_choose(one.id); }
            },
            chat.avatar(title, false, chat.select.conversation_face(props.state, one)),
            el.span({ class: "who" }, el.strong(null, el.bdi(null, title)),
              el.span(null, t(one.type === "group" ? "choose.group" : "choose.direct")))));
          })) : el.p({ class: "empty" }, t("choose.none"))));
    }
  });
}());
