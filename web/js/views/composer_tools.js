// The row of buttons above the field.
var chat = chat || {};

chat.composer_tools = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function tool(name, label, on_click, more) {
    return el.button(chat.change({
      class: "icon-button tool", type: "button", "aria-label": label, title: label, onClick: on_click
    }, more || {}), chat.icon(name));
  }

  /** @param {{conversation: Object, name: string, emoji: boolean, on: Object}} props `on`: emoji, files(as), mention, nudge */
  function composer_tools(props) {
    var limit = { limit: chat.size(chat.limits.file_bytes) };
    return el.div({ class: "tools", role: "group", "aria-label": t("composer.tools") },
      tool("emoji", t("composer.emoji"), props.on.emoji, { "aria-expanded": props.emoji ? "true" : "false", "aria-haspopup": "dialog" }),
      tool("picture", t("composer.picture", limit), function () { props.on.files("image"); }),
      tool("file", t("composer.file", limit), function () { props.on.files("file"); }),
      props.conversation.type === "group" && tool("mention", t("composer.mention"), props.on.mention),
      props.conversation.type === "direct" && tool("nudge", t("composer.nudge", { name: props.name }), props.on.nudge));
  }

  return composer_tools;
}());
