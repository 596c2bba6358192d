// What is wrong right now and what helps, above everything else. Silent when
// all is well.
var chat = chat || {};

chat.banner = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function line(text, label, action) {
    return el.p({ class: "banner", role: "status" }, text, " ",
      el.button({ class: "link", type: "button", onClick: action }, label));
  }

  function banner(props) {
    var link = props.state.link.state;
    if (props.state.notice) {
      return line(chat.i18n.problem(props.state.notice), t("banner.close"), props.act.dismiss);
    }
    if (link === "waiting") { return line(t("banner.waiting"), t("banner.try_now"), props.act.wake); }
    if (link === "superseded") { return line(t("banner.superseded"), t("banner.connect"), props.act.wake); }
    return null;
  }

  return banner;
}());
