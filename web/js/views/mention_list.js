// Whom an @ could mean, above the field. The keyboard stays in the field; what is
// chosen there is told by aria-activedescendant.
var chat = chat || {};

chat.mention_list = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** @param {{state: Object, found: Array, at: number, on_choose: Function, on_at: Function}} props */
  function mention_list(props) {
    return el.div({ class: "mentions" },
      el.ul({ class: "mentions__list", id: "mentions", role: "listbox", "aria-label": t("mention.list") },
        props.found.map(function (one, at) {
          // Of somebody who came just now the page knows the name first, and the rest when it was asked for.
          var user = one.member && one.member.user && one.member.user.username;
          return el.li({
            key: one.id, id: mention_list.option(at), role: "option", "aria-selected": at === props.at ? "true" : "false",
            class: el.cx("mentions__one", at === props.at && "mentions__one--at"),
            onMouseMove: function () { if (at !== props.at) { props.on_at(at); } },
            // The field keeps the focus.
            onMouseDown: function (event) {
              event.preventDefault();
              props.on_choose(at);
            }
          },
          one.member ? chat.avatar(one.name, true, chat.select.face(props.state, one.id)) : chat.avatar("@", true, null),
          el.span({ class: "mentions__name" }, one.name),
          user && user !== one.name && el.small({ class: "mentions__user" }, user));
        })),
      el.p({ class: "sr", role: "status" }, t("mention.count", { count: props.found.length })));
  }

  /** The id of an option, for aria-activedescendant. */
  mention_list.option = function (at) { return "mention-" + at; };

  return mention_list;
}());
