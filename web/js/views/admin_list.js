// A list of one of the administrator's pages: what may be asked for, the rows as a
// table that becomes a pile of cards on a phone, more of them, or why there are none.
var chat = chat || {};

chat.admin_list = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** A field to find by; what stands in it is the user's until they press Enter. */
  function search(props, room) {
    var held = props.state.admin[room];
    function submit(event) {
      event.preventDefault();
      props.act.admin.look_for(room, event.target.elements.query.value.trim());
    }
    return el.form({ class: "bar admin__search", role: "search", "aria-label": t("find.go"), onSubmit: submit },
      el.label({ class: "sr", "for": "admin-query" }, t("admin." + room + ".query")),
      el.input({
        class: "input", id: "admin-query", name: "query", type: "text", autocomplete: "off", maxLength: 64, defaultValue: held.asked,
        placeholder: t("admin." + room + ".query")
      }),
      el.button({ class: "primary", type: "submit" }, t("find.go")));
  }

  /**
   * @param {?} props
   * @param {string} room
   * @param {Array} columns names of the columns; their words are admin.<room>.<name>
   * @param {function(?, string): ?} cell what stands in a column of a row
   */
  function table(props, room, columns, cell) {
    var held = props.state.admin[room];
    var shown = held.loaded && held.rows.length;
    return [
      held.problem && el.p({ key: "problem", class: "problem", role: "alert" }, chat.i18n.problem(held.problem), " ",
        el.button({
          class: "link", type: "button", onClick: function () { props.act.admin.look_for(room, held.asked); }
        }, t("chat.retry"))),
      held.busy && el.p({ key: "busy", class: "empty", role: "status" }, t("chat.loading")),
      held.loaded && !held.rows.length && !held.busy && !held.problem &&
        el.p({ key: "none", class: "empty", role: "status" }, t("admin." + room + ".none")),
      shown && el.table({ key: "table", class: "table" },
        el.thead(null, el.tr(null, columns.map(function (name) {
          return el.th({ key: name, scope: "col" }, t("admin." + room + "." + name));
        }))),
        el.tbody(null, held.rows.map(function (row) {
          return el.tr({ key: row.id }, columns.map(function (name) {
            var content = cell(row, name);
            var none = !content || content.length === 0;
            return el.td({ key: name, class: el.cx("cell--" + name, none && "cell--none") },
              el.span({ class: "table__label", "aria-hidden": "true" }, t("admin." + room + "." + name)), content);
          }));
        }))),
      shown && held.more && el.p({ key: "more", class: "finds__more" }, el.button({
        class: "secondary", type: "button", onClick: function () { props.act.admin.more(room); }
      }, t("admin.more")))
    ];
  }

  /** Somebody, or `otherwise` where there is nobody; `brief`: the number stands elsewhere. */
  function person(one, otherwise, brief) {
    if (!one) { return otherwise; }
    return el.span({ class: "person" }, el.strong(null, one.deleted ? t("admin.deleted") : one.name), " ",
      el.span({ class: "person__more" }, one.username, brief ? "" : " · " + one.number));
  }

  function moment(text) {
    return el.time({ dateTime: text, title: text }, chat.time.day(text, Date.now()) + " " + chat.time.clock(text));
  }

  return { search: search, table: table, person: person, moment: moment };
}());
