// Contacts: who asks, friends in folders that fold, groups as a folder beside them.
var chat = chat || {};

chat.contacts = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function head(props) {
    function opens(name) { return function () { props.act.dialog({ name: name }); }; }
    return el.header({ class: "side__head contacts__head" },
      el.h2(null, t("contacts.title")),
      el.button({
        class: "icon-button", type: "button", "aria-label": t("people.title"), title: t("people.title"),
        onClick: opens("find_people")
      }, chat.icon("plus")),
      el.view(chat.menu, {
        label: t("contacts.more"), content: chat.icon("more"), items: [
          { label: t("people.title"), icon: "plus", on: opens("find_people") },
          { label: t("folders.title"), icon: "folder", on: opens("folders") },
          { label: t("blocks.title"), icon: "block", on: opens("blocks") }
        ]
      }));
  }

  function filter(props) {
    return el.div({ class: "bar" },
      el.label({ class: "sr", "for": "contacts-filter" }, t("contacts.filter")),
      // The field is the user's: its value is set once and never while they type.
      el.input({
        class: "input", id: "contacts-filter", type: "search", autocomplete: "off", placeholder: t("contacts.filter"),
        defaultValue: props.state.contacts.filter,
        onInput: function (event) { props.act.friends.filter(event.target.value); }
      }));
  }

  /** A heading that folds what stands under it. While something is looked for, nothing is shut. */
  function folder(props, id, name, count, said, rows, none) {
    var filtered = Boolean(props.state.contacts.filter.trim());
    var shut = !filtered && Boolean(props.state.folded[id]);
    if (filtered && !rows.length) { return null; }
    return el.div({ class: "folder", key: id },
      el.h3(null, el.button({
        class: "folder__name", type: "button", "aria-expanded": shut ? "false" : "true",
        onClick: function () { props.act.friends.fold(id, !shut); }
      },
      el.span({ class: "folder__mark", "aria-hidden": "true" }, shut ? "▸" : "▾"), name, " ",
      el.span({ "aria-hidden": "true" }, count), el.span({ class: "sr" }, said))),
      !shut && (rows.length ? el.ul({ "aria-label": name }, rows) : el.p({ class: "folder__empty" }, none)));
  }

  // One may have two thousand friends, and each message that arrives draws the page.
  var friends = chat.still(["friends", "presence", "people", "contacts", "folded", "me"], function (props) {
    return el.div(null, chat.roster.folders(props.state).map(function (one) {
      return folder(props, one.id, one.name, one.online + "/" + one.total,
        t("contacts.folder_count", { online: one.online, total: one.total }),
        one.friends.map(function (friend) { return chat.friend_row(props, friend); }),
        t("contacts.folder_empty"));
    }));
  });

  function group(props, conversation) {
    var state = props.state;
    var known = state.groups[conversation.id];
    var title = chat.select.title(conversation, state);
    return el.li({ class: "contact", key: conversation.id },
      el.button({ class: "row", type: "button", onClick: function () { props.act.groups.open(conversation.id); } },
        chat.avatar(title, false, chat.select.conversation_face(state, conversation)),
        el.span({ class: "who" }, el.strong(null, title),
          el.span(null, t("contacts.members", { count: known ? known.member_count : conversation.member_count })))));
  }

  var groups = chat.still(["conversations", "groups", "contacts", "folded"], function (props) {
    var found = chat.roster.groups(props.state);
    return folder(props, chat.roster.GROUPS, t("contacts.groups"), String(found.length),
      t("contacts.group_count", { count: found.length }),
      found.map(function (one) { return group(props, one); }), t("contacts.no_groups"));
  });

  function nothing_fits(state) {
    return Boolean(state.contacts.filter.trim()) && !chat.roster.groups(state).length &&
      chat.roster.folders(state).every(function (one) { return !one.friends.length; });
  }

  function lists(props) {
    var state = props.state;
    if (!state.friends.loaded) { return el.p({ class: "empty", role: "status" }, t("chat.loading")); }
    if (nothing_fits(state)) {
      return el.p({ class: "empty", role: "status" }, t("contacts.no_match", { text: state.contacts.filter.trim() }));
    }
    return [
      state.friends.friends.length === 0 && !state.contacts.filter.trim() && el.div({ class: "empty", key: "none" },
        el.p(null, t("contacts.none")),
        el.button({ class: "primary", type: "button", onClick: function () {
          props.act.dialog({ name: "find_people" });
        } }, t("people.title"))),
      el.view(friends, { key: "friends", state: state, act: props.act }),
      el.view(groups, { key: "groups", state: state, act: props.act })
    ];
  }

  function contacts(props) {
    var alone = chat.select.side_alone(props.state);
    return el.section({ class: "side", role: alone ? "main" : null, "aria-label": t("contacts.title"), key: "contacts" },
      alone && el.h1({ class: "sr" }, t("app.name")),
      head(props), filter(props),
      el.div({ class: "scroll" }, chat.friend_requests(props), lists(props)));
  }

  return contacts;
}());
