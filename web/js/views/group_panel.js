// Who is in the group, and what one can do there. Of a large group some rows are
// drawn and the rest on demand: two thousand must stay fast.
var chat = chat || {};

chat.group_panel = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var FILTER_FROM = 20; // members; fewer are seen at a glance

  return chat.component({
    init: function () {
      var self_ = this;
      this.state.shown = chat.limits.list_rows;
      this.state.query = "";
      this.sorted = null;
      this.more = function () { self_.setState({ shown: self_.state.shown + chat.limits.list_rows }); };
      this.look = function (event) { self_.setState({ query: event.target.value, shown: chat.limits.list_rows }); };
    },

    /** Sorted once for each change of what it depends on, not for each drawing. */
    members: function (state, id, query) {
      var held = this.sorted;
      if (!held || held.list !== state.members[id] || held.presence !== state.presence || held.me !== state.me || held.query !== query) {
        held = this.sorted = {
          list: state.members[id], presence: state.presence, me: state.me, query: query,
          found: chat.select_group.members(state, id, query)
        };
      }
      return held.found;
    },

    list: function (props, id, query, shown) {
      var found = this.members(props.state, id, query);
      var all = props.state.members[id].length;
      return el.div(null,
        all > FILTER_FROM && el.input({
          class: "input panel__filter", type: "search", "aria-label": t("panel.filter"), placeholder: t("panel.filter"), onInput: this.look
        }),
        query.trim() && el.p({ class: "soft", role: "status" }, t("panel.found", { count: found.length })),
        el.ul({ class: "members", "aria-label": t("panel.members") },
          found.slice(0, shown).map(function (one) { return chat.group_member(props, id, one); })),
        found.length > shown && el.div({ class: "panel__more" },
          el.p({ class: "soft" }, t("panel.shown", { shown: shown, count: found.length })),
          el.button({ class: "secondary", type: "button", onClick: this.more }, t("panel.more", { count: found.length - shown }))));
    },

    render: function (props, state) {
      var page = props.state, conversation = props.conversation, id = conversation.id;
      var group = page.groups[id], members = page.members[id];
      // Where it stands alone, as on a phone, it is the main part of the page.
      return el.section({ class: "panel", role: page.narrow ? "main" : "complementary", "aria-label": t("panel.title") },
        page.narrow && el.h1({ class: "sr" }, chat.select.title(conversation, page)),
        el.header({ class: "panel__head" },
          el.button({
            class: "back", type: "button", "aria-label": t("panel.close"),
            onClick: function () { props.act.groups.panel(false); }
          }, chat.icon("back")),
          el.h2(null, t("panel.members"), " ", group && members &&
            el.span({ class: "panel__count" }, members.length + "/" + group.member_limit)),
          chat.group_tools.menu(props, conversation)),
        chat.group_tools.bar(props, conversation),
        group && group.announcement && el.div({ class: "panel__news" },
          el.h3(null, t("announcement.title")),
          el.p({ class: "panel__text" }, group.announcement),
          el.p({ class: "soft" }, chat.announcement.by(page, group))),
        group && group.description && el.p({ class: "soft panel__text" }, group.description),
        members ? this.list(props, id, state.query, state.shown) : el.p({ class: "empty" }, t("chat.loading")));
    }
  });
}());
