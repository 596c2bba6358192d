// The messages of one conversation. At the bottom it follows the news; scrolled
// up it stands still, whatever arrives above or below. Only a window of rows is
// drawn; near its ends the window moves, and where nothing more is held, history
// is asked for.
var chat = chat || {};

chat.timeline = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  function newest_sent(props) {
    var mine = props.state.outbox.filter(function (item) { return item.conversation === props.conversation.id; });
    return mine.length ? mine[mine.length - 1].client_id : null;
  }

  return chat.component({
    init: function (props) {
      var self_ = this;
      var conversation = props.conversation;
      this.top = null; // seq of the first row drawn; null while following
      this.following = true;
      this.left_at = 0; // the newest seq when following ended
      this.jumped = 0; // stamp of the jump that was made last
      this.goal = null; // where to scroll after the next drawing
      // The line stays where it was at opening until the conversation is left.
      this.line = conversation.unread > 0 ? conversation.read_seq : null;
      this.unread = conversation.unread;
      this.pill = this.line === null ? false : null; // null: not known yet; false: of no use any more
      this.attach = function (log) { self_.log = log; };
      this.scrolled = function () { self_.look(); };
      this.settle = function () {
        if (!self_.following || !self_.log) { return; }
        self_.log.scrollTop = self_.log.scrollHeight;
        self_.set_at = self_.log.scrollTop;
      };
      this.key = function (event) { chat.roving.pressed(self_, event); };
      this.focused = function (event) { chat.roving.focused(self_, event); };
      this.end = function () { self_.to_end(); };
      this.to_new = function () {
        self_.pill = false;
        self_.props.act.history.jump(self_.props.conversation.id, self_.line + 1, true);
        self_.setState({});
      };
      this.again = function () { self_.more(); };
    },

    list: function () { return chat.rows.list(this.props.conversation); },
    part: function () { return chat.rows.window(this.list(), this.top); },

    /** Is the newest message within what is drawn? */
    at_end: function () {
      return !this.props.conversation.around && this.part().to === this.list().length;
    },

    /** Stands still from now on, with the window as it is. */
    hold: function () {
      var held = this.props.conversation.messages, part = this.part();
      if (!this.following) { return; }
      this.following = false;
      this.top = this.list().length ? this.list()[part.at].seq : 0;
      this.left_at = held.length ? held[held.length - 1].seq : 0;
    },

    /** After scrolling: still following? Near an end: what lies beyond? */
    look: function () {
      var log = this.log;
      var below = log.scrollHeight - log.scrollTop - log.clientHeight;
      if (below < chat.limits.bottom_px && this.at_end()) {
        if (!this.following) {
          this.following = true;
          this.top = null;
          this.setState({});
        }
      } else {
        if (this.following || this.late) { this.setState({}); } // the button that leads back
        this.late = false;
        this.hold();
        // What failed is asked for again by whoever presses, not by every move.
        if (!(this.props.conversation.around || this.props.conversation).trouble) {
          if (log.scrollTop < chat.limits.edge_px) { this.more(); }
          if (below < chat.limits.edge_px) { this.onward(); }
        }
      }
      chat.sight.tell(this);
      chat.sight.pill(this);
    },

    /** Upward: rows that are held, else a page of history. */
    more: function () {
      var conversation = this.props.conversation;
      var list = this.list(), at = this.part().at;
      this.hold();
      if (at > 0) {
        this.top = list[Math.max(0, at - chat.limits.page_messages)].seq;
        this.setState({});
      } else {
        // What comes will be before all that is held.
        this.top = 0;
        if (conversation.loaded || conversation.around) { this.props.act.history.older(conversation.id); }
      }
    },

    /** Downward, in a window that stands still. */
    onward: function () {
      var list = this.list(), part = this.part();
      var room = chat.limits.window_rows - chat.limits.page_messages;
      if (part.to < list.length) {
        this.top = list[Math.max(0, Math.min(part.to, list.length) - room)].seq;
        this.setState({});
      } else if (this.props.conversation.around) {
        this.props.act.history.newer(this.props.conversation.id);
      }
    },

    to_end: function () {
      this.following = true;
      this.top = null;
      if (this.props.conversation.around) { this.props.act.history.end(this.props.conversation.id); }
      this.setState({});
      this.settle();
    },

    /** Goes where state.jump says, once for each. */
    jump: function () {
      var jump = this.props.state.jump, list = this.list(), at;
      if (!jump || jump.stamp === this.jumped || jump.conversation !== this.props.conversation.id) { return; }
      at = chat.held.place(list, jump.seq);
      if (!list.length) { return; }
      this.jumped = jump.stamp;
      at = Math.min(at, list.length - 1);
      this.hold();
      this.top = list[Math.max(0, at - chat.limits.window_rows / 2)].seq;
      this.goal = { seq: list[at].seq, quiet: jump.quiet };
    },

    reach: function () {
      var goal = this.goal, self_ = this;
      var row = this.log.querySelector("li[data-seq=\"" + goal.seq + "\"]");
      this.goal = null;
      this.props.act.history.arrived();
      if (!row) { return; }
      this.log.scrollTop += row.getBoundingClientRect().top - this.log.getBoundingClientRect().top - this.log.clientHeight / 3;
      if (goal.quiet) { return this.look(); }
      this.setState({ hit: goal.seq });
      chat.roving.focus(this, row);
      setTimeout(function () {
        if (self_.state.hit === goal.seq) { self_.setState({ hit: null }); }
      }, chat.limits.highlight_ms);
      this.look();
    },

    componentDidMount: function () {
      // The composer below grows with what it has to say, and by hand.
      this.unwatch = chat.resized(this.log, this.settle);
      this.settle();
      chat.sight.tell(this);
      if (this.goal) { this.reach(); } else { chat.sight.pill(this); }
      chat.sight.fill_up(this);
    },

    componentWillUnmount: function () { this.unwatch(); },

    getSnapshotBeforeUpdate: function () {
      var log = this.log, bound = chat.limits.bottom_px;
      // Somebody scrolled up, and the browser has not told yet: that wins over the news.
      if (this.following && log.scrollTop < this.set_at - bound && log.scrollHeight - log.scrollTop - log.clientHeight >= bound) {
        this.hold();
        this.late = true;
      }
      return this.following || this.goal ? null : chat.anchor.take(this.log);
    },

    componentDidUpdate: function (props, state, anchor) {
      var sent = newest_sent(this.props);
      if (sent && sent !== newest_sent(props)) { return this.to_end(); }
      if (this.goal) { return this.reach(); }
      if (this.following) { this.settle(); } else { chat.anchor.keep(this.log, anchor); }
      chat.roving.restore(this);
      chat.sight.pill(this);
      chat.sight.tell(this);
      chat.sight.fill_up(this);
    },

    render: function (props) {
      var self_ = this, conversation = props.conversation;
      var title = chat.select.title(conversation, props.state);
      var rows, part;
      this.jump();
      part = this.part();
      rows = chat.rows(props.state, conversation, part, this.line);
      this.keys = rows.filter(function (row) { return row.message; }).map(function (row) { return row.key; });
      return el.div({ class: "timeline" },
        el.div({
          // The role is not on the list itself, whose items would lose their parent.
          class: "log", role: "log", "aria-live": "off", tabIndex: 0, "aria-label": t("chat.messages_of", { name: title }),
          ref: this.attach, onScroll: this.scrolled, onKeyDown: this.key, onFocusIn: this.focused, onLoadCapture: this.settle
        },
        chat.log_edge.above(props, part, this.again),
        conversation.loaded && !rows.length && el.p({ class: "notice" }, t("chat.empty")),
        el.ol(null, rows.map(function (row) {
          if (row.day) { return el.li({ class: "notice notice--day", key: row.key }, chat.time.day_line(row.day, Date.now())); }
          if (row.line) { return el.li({ class: "new", key: row.key }, el.span(null, t("chat.new_line"))); }
          return el.view(chat.message, {
            key: row.key, row: row, state: props.state, act: props.act, conversation: conversation,
            active: self_.state.active === row.key, hit: Boolean(self_.state.hit) && self_.state.hit === row.message.seq
          });
        })),
        chat.log_edge.below(props, this.onward.bind(this))),
        this.pill && this.unread > 0 && el.button({ class: "jump jump--new", type: "button", onClick: this.to_new },
          t("chat.new_above", { count: this.unread })),
        !this.following && chat.log_edge.newest(chat.sight.arrived(conversation, this.left_at, props.state.me.id), this.end));
    }
  });
}());
