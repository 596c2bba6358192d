// Where text is written. The field is the user's while they type: we set its
// value when a conversation opens, after sending and where they asked for something
// to go in, and never else, or an input method loses what it composes.
var chat = chat || {};

chat.composer = (function () {
  "use strict";

  var t = chat.i18n.t;

  /** Characters as the limit counts them; one beyond the basic plane has two units here. */
  function length_of(text) {
    return text.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, "x").length;
  }

  return chat.component({
    init: function (props) {
      var self_ = this;
      this.text = props.state.drafts[props.conversation.id] || "";
      this.dismissed = null; // where an @ stands whose list was closed
      this.state = { problem: null, emoji: false, found: [], at: 0, drop: false };
      this.attach = function (field) { self_.field = field; };
      this.root = function (form) { self_.form = form; };
      this.key = function (event) { self_.pressed(event); };
      this.input = function () { self_.changed(); };
      this.look = function () { self_.mention(); };
      this.blurred = function () {
        self_.asked = null;
        if (self_.state.found.length) { self_.setState({ found: [] }); }
      };
      this.paste = function (event) { chat.dropping.paste(event, function (files) { self_.pick(files); }); };
      this.cancel_reply = function () { self_.reply(null); };
      this.beside = function (event) {
        if (self_.state.emoji && !self_.form.contains(event.target)) { self_.setState({ emoji: false }); }
      };
      this.submit = function (event) {
        event.preventDefault();
        self_.send();
      };
      this.on = {
        emoji: function () { self_.setState({ emoji: !self_.state.emoji }); },
        files: function (as) {
          chat.choose_files({ accept: as === "image" ? chat.uploading.ACCEPT : "", multiple: true }, function (files) {
            self_.pick(files, as === "file" ? "file" : null);
          });
        },
        mention: function () { self_.insert("@"); },
        nudge: function () { self_.told(props.act.send.nudge(self_.props.conversation.id)); }
      };
      this.emoji = function (emoji, big) {
        if (!big) { return self_.insert(emoji, true); }
        self_.told(props.act.send.emoji(self_.props.conversation.id, emoji));
        self_.close_emoji();
      };
      this.close_emoji = function () {
        self_.setState({ emoji: false });
        self_.field.focus();
      };
    },

    componentDidMount: function () {
      var self_ = this;
      this.field.value = this.text;
      // Where a finger points, the focus would bring up a keyboard over what is to be read.
      if (!chat.media("(pointer: coarse)", false)) { this.field.focus(); }
      this.stop_dropping = chat.dropping(function (over) { self_.setState({ drop: over }); }, function (files) { self_.pick(files); });
      document.addEventListener("mousedown", this.beside);
      this.redraft();
    },

    componentWillUnmount: function () {
      this.stop_dropping();
      document.removeEventListener("mousedown", this.beside);
    },

    componentDidUpdate: function (before) {
      var id = this.props.conversation.id;
      var reply = this.props.state.replies[id];
      if (reply && reply !== before.state.replies[id]) { this.field.focus(); }
      if (before.state.members[id] !== this.props.state.members[id]) { this.mention(); }
      this.redraft();
    },

    /** A text that was taken back comes into the field, after what is there. */
    redraft: function () {
      var asked = this.props.state.redraft;
      if (!asked || asked.conversation !== this.props.conversation.id) { return; }
      this.props.act.redraft(null);
      this.field.value = this.field.value ? this.field.value + "\n" + asked.text : asked.text;
      this.field.focus();
      this.changed();
    },

    told: function (problem) { this.setState({ problem: problem }); },

    reply: function (seq) {
      this.props.act.send.reply(this.props.conversation.id, seq);
      this.field.focus();
    },

    pick: function (files, as) {
      this.told(this.props.act.files.pick(this.props.conversation.id, files, as));
      if (!this.state.emoji) { this.field.focus(); }
    },

    changed: function () {
      // Some engines tell of input that changed nothing (focus, placeholder).
      if (this.field.value === this.text) { return; }
      this.text = this.field.value;
      if (this.state.problem) { this.told(null); }
      this.props.act.typing.typed(this.props.conversation.id, this.text);
      this.mention();
    },

    /** At the caret. `quietly`: the keyboard is elsewhere and stays there. */
    insert: function (text, quietly) {
      var field = this.field;
      var from = field.selectionStart, to = field.selectionEnd;
      field.value = field.value.slice(0, from) + text + field.value.slice(to);
      if (!quietly) { field.focus(); }
      field.setSelectionRange(from + text.length, from + text.length);
      this.changed();
    },

    // Is a name being typed behind an @? Then whom it could mean.
    mention: function () {
      var conversation = this.props.conversation;
      var typed = conversation.type === "group" && document.activeElement === this.field
        ? chat.mentions.at(this.field.value, this.field.selectionEnd) : null;
      var members, governs, same, chosen, at;
      if (!typed) { this.dismissed = null; }
      if (!typed || typed.start === this.dismissed) {
        this.asked = null;
        return this.state.found.length && this.setState({ found: [] });
      }
      members = this.props.state.members[conversation.id];
      // The arrows of the list change nothing in the text: then it stays where it is.
      same = this.asked && this.asked.query === typed.query && this.asked.start === typed.start;
      if (same && this.asked.members === members) { return; }
      this.asked = { start: typed.start, query: typed.query, members: members };
      if (!members) { this.props.act.mentions.need(conversation.id); }
      governs = conversation.role === "owner" || conversation.role === "admin" || (members || []).some(function (one) {
        return one.id === this.props.state.me.id && one.role !== "member";
      }, this);
      var found = chat.mentions.match(members || [], typed.query, this.props.state.me.id, governs ? t("mention.all") : null);
      // Who is there changes while one chooses: that moves nobody's choice.
      chosen = same && this.state.found[this.state.at];
      at = chosen ? found.map(function (one) { return one.id; }).indexOf(chosen.id) : 0;
      if (found.length || this.state.found.length) { this.setState({ found: found, at: Math.max(at, 0) }); }
    },

    choose: function (at) {
      var typed = chat.mentions.at(this.field.value, this.field.selectionEnd);
      if (!typed) { return; }
      var made = chat.mentions.insert(this.field.value, this.field.selectionEnd, typed.start, this.state.found[at].name);
      this.dismissed = typed.start;
      this.field.value = made.text;
      this.field.setSelectionRange(made.caret, made.caret);
      this.changed();
    },

    /** Keys that belong to the list while it is open; true if it took one. */
    pressed_in_list: function (event) {
      var key = chat.keys.name(event);
      var to = key === "Home" || key === "End" ? null : chat.keys.along(event, this.state.at, this.state.found.length);
      if (to !== null) { this.setState({ at: to }); } else if (key === "Escape") {
        this.dismissed = (chat.mentions.at(this.field.value, this.field.selectionEnd) || { start: null }).start;
        this.setState({ found: [] });
      } else if ((key === "Enter" || key === "Tab") && !event.shiftKey) { this.choose(this.state.at); } else { return false; }
      event.preventDefault();
      event.stopPropagation();
      return true;
    },

    pressed: function (event) {
      if (chat.keys.composing(event) || (this.state.found.length && this.pressed_in_list(event))) { return; }
      if (chat.keys.name(event) === "Escape" && this.props.state.replies[this.props.conversation.id]) {
        event.stopPropagation();
        this.reply(null);
      }
      if (!chat.keys.sends(event, this.props.state.settings.send)) { return; }
      event.preventDefault();
      this.send();
    },

    send: function () {
      var act = this.props.act, id = this.props.conversation.id;
      var text = this.field.value, reply = this.props.state.replies[id];
      var problem = null, files = chat.uploads.tray(this.props.state, id);
      if (length_of(text) > chat.limits.text_chars) {
        return this.told({ code: "text_too_long", holes: { limit: chat.limits.text_chars, length: length_of(text) } });
      }
      if (files.length) { problem = act.files.send(id); }
      if (!problem && text.trim()) {
        problem = act.send.text(id, text, reply, files.length ? files[files.length - 1].id : null);
        if (!problem) {
          this.text = this.field.value = "";
          act.typing.sent(id);
          if (reply) { act.send.reply(id, null); }
        }
      }
      this.told(problem);
      this.field.focus();
    },

    render: function (props, state) {
      return chat.composer_form(this, props, state, length_of(this.text));
    }
  });
}());
