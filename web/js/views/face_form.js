// One's own picture: choose one, look at it, then send it. The chosen file lives
// here until it is sent or put away.
var chat = chat || {};

chat.face_form = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  return chat.component({
    init: function () {
      var self_ = this;
      this.choose = function (event) {
        var file = event.target.files && event.target.files[0];
        if (!file) { return; }
        self_.drop();
        self_.setState({ file: file, url: self.URL ? self.URL.createObjectURL(file) : null, problem: null, share: null });
        event.target.value = ""; // the same file chosen again is a choice, too
      };
      this.send = function () { self_.upload(); };
      this.put_away = function () {
        self_.drop();
        self_.setState({ file: null, url: null, problem: null, share: null });
      };
    },

    componentWillUnmount: function () {
      this.gone = true;
      this.drop();
    },

    /** Ends what is under way and gives the preview's memory back. */
    drop: function () {
      if (this.request) { this.request.abort(); }
      this.request = null;
      if (this.state.url) { self.URL.revokeObjectURL(this.state.url); }
    },

    upload: function () {
      var self_ = this;
      this.setState({ share: 0, problem: null });
      this.request = this.props.act.account.set_face(this.state.file, {
        progress: function (sent, total) { self_.setState({ share: total ? sent / total : 0 }); },
        done: function (problem) {
          self_.request = null;
          if (self_.gone) { return; }
          if (problem) { self_.setState({ share: null, problem: problem }); } else { self_.put_away(); }
        }
      });
    },

    chosen: function (state) {
      var busy = state.share !== null && state.share !== undefined;
      return [
        busy && el.progress({ class: "share", max: 100, value: Math.round(state.share * 100), "aria-label": t("me.sending_face") }),
        !busy && el.button({ class: "primary", type: "button", onClick: this.send }, t("me.send_face")), " ",
        el.button({ class: "secondary", type: "button", onClick: this.put_away }, t("dialog.cancel")), " "
      ];
    },

    render: function (props, state) {
      var me = props.state.me;
      return el.div({ class: "person" },
        el.span({ class: "portrait" }, chat.avatar(me.name, false, state.url || chat.roster.portrait(props.state, me.id))),
        el.div({ class: "person__words" },
          el.p({ class: "person__soft" }, t("me.username", { name: me.username })),
          el.p({ class: "person__soft" }, t("me.number", { number: me.number })),
          state.problem && el.p({ class: "problem", role: "alert" }, chat.i18n.problem(state.problem)),
          el.input({
            class: "sr", id: "me-face", type: "file", accept: "image/png,image/jpeg,image/gif,image/webp", onChange: this.choose
          }),
          el.div({ class: "person__buttons" },
            state.file && this.chosen(state),
            el.label({ class: "secondary as-button", "for": "me-face" }, t(state.file ? "me.choose_other" : "me.choose_face")), " ",
            !state.file && me.avatar && el.button({
              class: "secondary", type: "button", onClick: props.act.account.remove_face
            }, t("me.remove_face")))));
    }
  });
}());
