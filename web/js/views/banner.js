// What is wrong right now and what helps, above everything else. Silent when
// all is well, and during what passes in a moment.
var chat = chat || {};

chat.banner = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function line(key, text, label, action) {
    return el.p({ class: "banner", role: "status", key: key }, text, " ",
      el.button({ class: "link", type: "button", onClick: action }, label));
  }

  /** Read out once; the seconds are for the eyes, or they would be read out each. */
  function counting(key, seconds) {
    return [
      el.span({ key: "said" }, t(key)), " ",
      el.span({ "aria-hidden": "true", key: "seen" }, t("banner.seconds", { count: seconds }))
    ];
  }

  function link_line(props) {
    var link = props.state.link;
    var seconds = Math.ceil((link.retry_at - link.now) / 1000);
    var key = "banner." + (link.reason === "draining" ? "restarting" : "waiting");
    if (link.state === "superseded") {
      return line("link", t("banner.superseded"), t("banner.connect"), props.act.wake);
    }
    // A link that is young or was only changed for a fresh one is no news.
    if (!link.since || link.now - link.since < chat.limits.banner_grace_ms || link.reason === "rotated") { return null; }
    if (props.state.offline) { return line("link", t("banner.offline"), t("banner.try_now"), props.act.wake); }
    if (link.state === "waiting" && seconds > 0) {
      return line("link", counting(key, seconds), t("banner.try_now"), props.act.wake);
    }
    return el.p({ class: "banner", role: "status", key: "link" }, t("banner.connecting"));
  }

  function banner(props) {
    var state = props.state;
    var lines = [];
    if (state.expired && !state.expired.open) {
      lines.push(line("expired", t("banner.expired"), t("banner.sign_in"), function () {
        props.act.session.show_expired(true);
      }));
    } else if (state.phase === "in" && !state.expired) {
      lines.push(link_line(props));
    }
    if (state.notice) {
      lines.push(line("notice", chat.i18n.problem(state.notice), t("banner.close"), props.act.dismiss));
    }
    if (state.newer) {
      lines.push(line("newer", t("banner.newer"), t("banner.reload"), props.act.reload));
    }
    return lines.filter(Boolean);
  }

  return banner;
}());
