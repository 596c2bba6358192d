// What the composer looks like; how it behaves is in views/composer.js.
var chat = chat || {};

chat.composer_form = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function field(composer, state, title) {
    var open = state.found.length > 0;
    return el.textarea({
      class: "input", rows: 2, ref: composer.attach, "aria-label": t("composer.to", { name: title }),
      onKeyDown: composer.key, onKeyUp: composer.look, onClick: composer.look, onInput: composer.input, onPaste: composer.paste,
      onBlur: composer.blurred,
      "aria-autocomplete": open ? "list" : null, "aria-controls": open ? "mentions" : null,
      "aria-activedescendant": open ? chat.mention_list.option(state.at) : null
    });
  }

  /** The count near the limit, else how long slow mode lasts for me, else which key sends. */
  function hint(length, how, slow) {
    var limit = chat.limits.text_chars;
    if (length > limit - chat.limits.text_chars_near) {
      return el.span({ class: el.cx("count", length > limit && "count--over") }, t("composer.count", { length: length, limit: limit }));
    }
    if (slow) { return el.span({ class: "count" }, t("composer.slow", { count: slow })); }
    return el.span({ class: "hint" }, t(how === "ctrl" ? "composer.hint.ctrl" : "composer.hint.enter"));
  }

  function composer_form(composer, props, state, length) {
    var all = props.state;
    var conversation = props.conversation;
    var title = chat.select.title(conversation, all);
    var reply = all.replies[conversation.id];
    return el.form({
      class: el.cx("composer", state.drop && "composer--drop"), "aria-label": t("composer.form"), ref: composer.root,
      onSubmit: composer.submit
    },
    state.drop && el.p({ class: "composer__drop" }, t("composer.drop", { name: title })),
    chat.composer_tools({ conversation: conversation, name: title, emoji: state.emoji, on: composer.on }),
    state.emoji && chat.part(props, function () {
      return el.view(chat.emoji_picker, { user: all.me.id, on_choose: composer.emoji, on_close: composer.close_emoji });
    }, function (waiting) { return el.div({ class: "picker" }, waiting); }),
    reply && chat.reply_bar({ state: all, conversation: conversation, seq: reply, on_cancel: composer.cancel_reply }),
    chat.tray({ items: chat.uploads.tray(all, conversation.id), on_remove: function (id) {
      props.act.files.unpick(conversation.id, id);
    } }),
    state.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(state.problem)),
    el.div({ class: "composer__field", key: "field" },
      state.found.length > 0 && chat.mention_list({
        state: all, found: state.found, at: state.at,
        on_choose: function (at) { composer.choose(at); }, on_at: function (at) { composer.setState({ at: at }); }
      }),
      field(composer, state, title)),
    el.div({ class: "composer__foot", key: "foot" },
      hint(length, all.settings.send, chat.select_group.slow(all, conversation, Date.now())),
      el.button({ class: "primary", type: "submit" }, t("composer.send"))));
  }

  return composer_form;
}());
