// The audit log: who did what to whom, and from where.
var chat = chat || {};

chat.admin_audit = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var ACTS = [
    "user.create", "user.disable", "user.enable", "user.password", "user.administrator", "invitation.create", "invitation.end",
    "report.close", "group.limit", "group.dissolve"
  ];

  /** What the act says of itself, as the server gives it: `member_limit: 500`. */
  function detail(told) {
    return Object.keys(told || {}).filter(function (name) { return told[name] !== "" && told[name] !== null; }).map(function (name) {
      return name + ": " + (typeof told[name] === "object" ? JSON.stringify(told[name]) : told[name]);
    }).join(", ");
  }

  function cell(entry, name) {
    if (name === "at") { return chat.admin_list.moment(entry.at); }
    if (name === "by") { return chat.admin_list.person(entry.administrator, t("admin.command_line")); }
    // An act of a newer server keeps the name that the server gives it.
    if (name === "act") { return ACTS.indexOf(entry.act) >= 0 ? t("admin.act." + entry.act) : entry.act; }
    if (name === "target") { return chat.admin_list.person(entry.user, entry.target ? entry.target.slice(0, 8) : "—"); }
    return el.span({ class: "person__more" }, detail(entry.detail), entry.address && " (" + entry.address + ")");
  }

  function admin_audit(props) {
    return chat.admin_list.table(props, "audit", ["at", "by", "act", "target", "detail"], cell);
  }

  chat.admin.add("audit", admin_audit);
  return admin_audit;
}());
