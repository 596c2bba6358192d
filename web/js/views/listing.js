// A list that a dialogue reads from the server: still loading, failed, empty, or its
// items; a long one by pieces.
var chat = chat || {};

chat.listing = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  return chat.component({
    init: function () {
      var self_ = this;
      this.state.shown = chat.limits.list_rows;
      this.more = function () { self_.setState({ shown: self_.state.shown + chat.limits.list_rows }); };
    },

    /** props: { list, name, empty, item(one), again() }; `list` as in state/waiting.js */
    render: function (props, state) {
      var list = props.list;
      if (!list || (!list.items && !list.problem)) { return el.p({ class: "soft", role: "status" }, t("chat.loading")); }
      if (!list.items) {
        return el.p({ class: "problem", role: "alert" }, chat.i18n.problem(list.problem));
      }
      if (!list.items.length) { return el.p({ class: "soft" }, props.empty); }
      return el.div(null,
        el.ul({ class: "items", "aria-label": props.name }, list.items.slice(0, state.shown).map(props.item)),
        list.items.length > state.shown && el.button({ class: "secondary", type: "button", onClick: this.more },
          t("panel.more", { count: list.items.length - state.shown })));
    }
  });
}());
