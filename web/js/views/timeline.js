// The messages of one conversation. At the bottom it follows the news; scrolled
// up it stands still, whatever arrives above or below: the first row in sight
// keeps its place, in every engine, without help from the browser.
var chat = chat || {};

chat.timeline = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var NEAR_PX = 48;

  /** Where drawing starts: the last rows while following, else a fixed seq. */
  function start(messages, top) {
    var i;
    if (top === null) { return Math.max(0, messages.length - chat.limits.drawn_rows); }
    for (i = 0; i < messages.length && messages[i].seq < top; i += 1) { continue; }
    return i;
  }

  /** Only rows of messages: a day line goes when earlier ones of its day come. */
  function first_in_sight(log) {
    var rows = log.querySelectorAll("li[data-seq]"), i;
    for (i = 0; i < rows.length; i += 1) {
      if (rows[i].offsetTop + rows[i].offsetHeight > log.scrollTop) { return rows[i]; }
    }
    return null;
  }

  return chat.component({
    init: function () {
      var self_ = this;
      this.top = null;
      this.following = true;
      this.attach = function (log) { self_.log = log; };
      this.scrolled = function () { self_.look(); };
      this.older = function () { self_.more(); };
    },

    /** After scrolling: still following? Near the top: what comes before? */
    look: function () {
      var log = this.log;
      var conversation = this.props.conversation;
      var was = this.following;
      this.following = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
      if (this.following) {
        this.top = null;
      } else if (was || this.top === null) {
        this.top = (conversation.messages[start(conversation.messages, null)] || { seq: 0 }).seq;
      }
      if (!this.following && log.scrollTop < NEAR_PX) { this.more(); }
    },

    more: function () {
      var conversation = this.props.conversation;
      var at = start(conversation.messages, this.top);
      this.following = false;
      if (at > 0) {
        this.top = conversation.messages[Math.max(0, at - chat.limits.page_messages)].seq;
        this.setState({});
      } else {
        // What comes will be before all that is held.
        this.top = 0;
        this.props.act.history.older(conversation.id);
      }
    },

    componentDidMount: function () {
      this.log.scrollTop = this.log.scrollHeight;
    },

    getSnapshotBeforeUpdate: function () {
      if (this.following) { return null; }
      var row = first_in_sight(this.log);
      return row && { row: row, at: row.offsetTop - this.log.scrollTop };
    },

    componentDidUpdate: function (props, state, before) {
      if (this.following) {
        this.log.scrollTop = this.log.scrollHeight;
      } else if (before && before.row.parentNode) {
        this.log.scrollTop = before.row.offsetTop - before.at;
      }
    },

    render: function (props) {
      var conversation = props.conversation;
      var rows = chat.select.rows(props.state, conversation, start(conversation.messages, this.top));
      var title = chat.select.title(conversation, props.state);
      return el.div({
        // The role is not on the list itself, whose items would lose their parent.
        class: "log", role: "log", "aria-live": "off", tabIndex: 0,
        "aria-label": t("chat.messages_of", { name: title }), ref: this.attach, onScroll: this.scrolled
      },
      conversation.older && el.p({ class: "notice" }, el.button({
        class: "link", type: "button", disabled: conversation.loading, onClick: this.older
      }, t(conversation.loading ? "chat.loading" : "chat.older"))),
      conversation.trouble && el.p({ class: "notice", role: "alert" },
        chat.i18n.problem(conversation.trouble), " ",
        el.button({ class: "link", type: "button", onClick: function () {
          props.act.history.newest(conversation.id);
        } }, t("chat.retry"))),
      conversation.loaded && !rows.length && el.p({ class: "notice" }, t("chat.empty")),
      el.ol(null, rows.map(function (row) { return chat.message(row, props.state, props.act); })));
    }
  });
}());
