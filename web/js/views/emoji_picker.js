// Emoji to choose from: a small dialogue beside the field that blocks nothing. One
// stop for the Tab key; the arrows walk the grid.
var chat = chat || {};

chat.emoji_picker = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** From a place in the rows to the next one; null for keys that lead nowhere. */
  function walk(rows, row, column, key) {
    var to = { row: row, column: column };
    if (key === "ArrowLeft") { to.column -= 1; }
    if (key === "ArrowRight") { to.column += 1; }
    if (key === "ArrowUp") { to.row -= 1; }
    if (key === "ArrowDown") { to.row += 1; }
    if (key === "Home") { to.column = 0; }
    if (key === "End") { to.column = rows[row].length - 1; }
    if (to.column < 0 && to.row > 0) {
      to.row -= 1;
      to.column = rows[to.row].length - 1;
    } else if (key === "ArrowRight" && to.column >= rows[row].length && row < rows.length - 1) {
      to.row += 1;
      to.column = 0;
    }
    to.row = Math.max(0, Math.min(rows.length - 1, to.row));
    to.column = Math.max(0, Math.min(rows[to.row].length - 1, to.column));
    return to.row === row && to.column === column ? null : to;
  }

  var picker = /** @type {?} */ (chat.component({
    init: function (props) {
      var self_ = this;
      // What was used lately stays as it is while this is open: nothing moves under the hand.
      this.sections = chat.emojis.sections(chat.emojis.recent(props.user));
      this.rows = this.sections.reduce(function (all, section) { return all.concat(section.rows); }, []);
      this.state = { row: 0, column: 0, big: false };
      this.attach = function (root) { self_.root = root; };
      this.key = function (event) { self_.pressed(event); };
      this.toggle = function (event) { self_.setState({ big: event.target.checked }); };
    },

    componentDidMount: function () { this.focus(); },

    focus: function () {
      var at = this.root.querySelector(".emojis [tabindex='0']");
      if (at) { at.focus(); }
    },

    pressed: function (event) {
      var key = chat.keys.name(event);
      var self_ = this, to;
      if (key === "Escape") {
        event.stopPropagation();
        this.props.on_close();
        return;
      }
      if (event.target.tagName !== "BUTTON" || event.target.getAttribute("role") === "checkbox") { return; }
      to = walk(this.rows, this.state.row, this.state.column, key);
      if (!to) { return; }
      event.preventDefault();
      this.setState(to, function () { self_.focus(); });
    },

    choose: function (item, row, column) {
      chat.emojis.used(this.props.user, item.emoji);
      this.setState({ row: row, column: column });
      this.props.on_choose(item.emoji, this.state.big);
    },

    cell: function (item, row, column) {
      var self_ = this;
      var here = this.state.row === row && this.state.column === column;
      return el.div({ key: item.emoji, class: "emojis__cell", role: "gridcell" }, el.button({
        class: "emojis__one", type: "button", tabIndex: here ? 0 : -1, "aria-label": item.name, title: item.name,
        onClick: function () { self_.choose(item, row, column); }
      }, item.emoji));
    },

    render: function (props, state) {
      var self_ = this;
      var row = -1;
      return el.div({ class: "picker", role: "dialog", "aria-label": t("emoji.title"), ref: this.attach, onKeyDown: this.key },
        el.div({ class: "emojis", role: "grid", "aria-label": t("emoji.title") }, this.sections.map(function (section) {
          return el.div({ key: section.key, role: "rowgroup", "aria-label": t("emoji." + section.key) },
            el.div({ class: "emojis__head", "aria-hidden": "true" }, t("emoji." + section.key)),
            section.rows.map(function (items) {
              row += 1;
              var mine = row;
              return el.div({ key: mine, class: "emojis__row", role: "row" }, items.map(function (item, column) {
                return self_.cell(item, mine, column);
              }));
            }));
        })),
        el.label({ class: "picker__big" },
          el.input({ type: "checkbox", checked: state.big, onChange: this.toggle }), " ", t("emoji.big")));
    }
  }));

  picker.walk = walk;
  return picker;
}());
