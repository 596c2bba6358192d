// The pages of the people who run the server, one behind each tab. One file per page
// adds itself: chat.admin.add("users", view), in the order of index.html.
var chat = chat || {};

chat.admin = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var names = [];
  var views = {};

  function tab(props, name, current) {
    return el.li({ key: name }, el.button({
      class: "tab", type: "button", "aria-current": current === name ? "page" : null,
      onClick: function () { props.act.admin.page(name); }
    }, t("admin." + name)));
  }

  function admin(props) {
    var asked = props.state.admin_page;
    // An address may name anything.
    var name = names.indexOf(asked) >= 0 ? asked : names[0];
    return el.div({ class: "page__body page__body--wide" },
      el.h1(null, t("rail.admin")),
      !props.state.me.administrator ? el.p({ class: "empty", role: "alert" }, t("admin.not_allowed")) : [
        el.nav({ key: "tabs", "aria-label": t("admin.pages") },
          el.ul({ class: "tabs" }, names.map(function (one) { return tab(props, one, name); }))),
        el.section({ key: name, "aria-label": t("admin." + name) }, views[name](props))
      ]);
  }

  admin.add = function (name, view) {
    names.push(name);
    views[name] = view;
  };

  chat.app.page("admin", admin);
  return admin;
}());
