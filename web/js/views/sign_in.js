// The door: sign in, or sign up. What went wrong stands at the field it is about,
// and the focus goes there.
var chat = chat || {};

chat.sign_in = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** Which field a refusal is about; what is not here belongs to the form. */
  var FIELD_OF = {
    wrong_credentials: "password", username_taken: "username", username_lookalike: "username",
    invitation_required: "invitation", invitation_invalid: "invitation"
  };
  var LEAST = { username: 2, password: 8 };

  function about(problem) {
    var told = problem && problem.fields && problem.fields[0] && problem.fields[0].field;
    if (told === "name") { return "display_name"; }
    return problem ? FIELD_OF[problem.code] || told || "" : "";
  }

  return chat.component({
    init: function () {
      var self_ = this;
      this.attach = function (form) { self_.form = form; };
      this.submit = function (event) {
        if (event) { event.preventDefault(); }
        self_.send();
      };
      this.invited = function () { self_.point("invitation"); };
      this.other = function () { self_.props.act.session.show(self_.props.state.door.form === "sign_up" ? "sign_in" : "sign_up"); };
      this.look = function () { self_.setState({ open: !self_.state.open }); };
    },

    componentDidMount: function () {
      this.form.elements.username.focus();
    },

    componentDidUpdate: function (props) {
      var door = this.props.state.door;
      var was = props.state.door;
      // A code is asked for once the server wants one.
      if (door.problem && door.problem !== was.problem) { this.point(about(door.problem)); }
      if (door.form !== was.form) { this.form.elements.username.focus(); }
    },

    point: function (name) {
      var self_ = this;
      var invitation = name === "invitation" || this.state.invitation;
      function focus() {
        var field = self_.form && self_.form.elements[name];
        if (field) { field.focus(); }
      }
      this.setState({ early: null, invitation: invitation }, focus);
    },

    send: function () {
      var door = this.props.state.door;
      var act = this.props.act.session;
      var fields = this.form.elements;
      var asked = { username: fields.username.value.trim(), password: fields.password.value };
      var early = null;
      if (door.busy) { return; }
      if (door.form !== "sign_up") { return act.sign_in(asked); }
      // What is too short in any case need not be asked.
      Object.keys(LEAST).forEach(function (name) { if (!early && asked[name].length < LEAST[name]) { early = name; } });
      if (early) {
        this.setState({ early: early });
        return fields[early].focus();
      }
      // A name is what others see; nobody should be stopped for want of one.
      asked.name = fields.display_name.value.trim() || asked.username;
      if (fields.invitation && fields.invitation.value.trim()) { asked.invitation = fields.invitation.value.trim(); }
      act.sign_up(asked);
    },

    /** A field with its name, its rule where there is one, and what is wrong with it. */
    field: function (name, attributes, extra) {
      var door = this.props.state.door;
      var rule = door.form === "sign_up" && LEAST[name] ? t("door." + name + "_rule") : "";
      var early = this.state.early === name;
      var wrong = early ? rule : about(door.problem) === name ? chat.i18n.problem(door.problem) : "";
      attributes.id = "door-" + name;
      attributes.name = name;
      attributes.class = "input";
      attributes["aria-invalid"] = wrong ? "true" : null;
      attributes["aria-describedby"] = wrong || rule ? "door-" + name + "-note" : null;
      return el.div({ class: "field", key: name },
        el.label({ "for": attributes.id }, t("door." + name)),
        el.div({ class: "door__input" }, el.input(attributes), extra),
        (wrong || rule) && el.p({
          class: wrong ? "problem door__note" : "door__note", id: "door-" + name + "-note", role: wrong ? "alert" : null,
          key: wrong ? "wrong" : "rule"
        }, wrong || rule));
    },

    /** What is wrong with all of it: how long to wait, or that nobody is there. */
    trouble: function (problem) {
      if (!problem || this.state.early || about(problem)) { return null; }
      return el.div({ class: "problem", role: "alert" }, chat.i18n.problem(problem), " ",
        problem.retry_ms > 0 && el.view(chat.seconds_left, {
          key: "wait" + problem.retry_ms, ms: problem.retry_ms, words: "door.wait", on_end: this.props.act.session.calm
        }),
        chat.http.passing(problem) && !problem.retry_ms &&
          el.button({ class: "link", type: "button", onClick: this.submit }, t("chat.retry")));
    },

    languages: function () {
      var props = this.props;
      return el.p({ class: "door__languages" }, ["zh-CN", "en"].map(function (language) {
        return el.button({
          key: language, class: "link", type: "button", lang: language,
          "aria-pressed": props.state.settings.language === language ? "true" : "false",
          onClick: function () { props.act.setting("language", language); }
        }, t("settings.language." + language));
      }));
    },

    render: function (props, state) {
      var door = props.state.door;
      var up = door.form === "sign_up";
      var waiting = door.problem && door.problem.retry_ms > 0 && !state.early;
      return el.main({ class: "door" },
        el.div({ class: "door__inside" },
          el.header({ class: "door__head" },
            el.p({ class: "door__name" }, t("app.name")),
            el.p({ class: "door__what" }, t("app.what"))),
          el.form({ class: "card", ref: this.attach, onSubmit: this.submit, noValidate: true, "aria-labelledby": "door-title" },
            el.h1({ id: "door-title" }, t(up ? "door.sign_up" : "door.sign_in")),
            this.trouble(door.problem),
            this.field("username", {
              type: "text", autocomplete: "username", autocapitalize: "none", spellcheck: false, required: true, maxLength: 32
            }),
            up && this.field("display_name", { type: "text", autocomplete: "nickname", maxLength: 32 }),
            this.field("password", {
              type: state.open ? "text" : "password", autocomplete: up ? "new-password" : "current-password", required: true, maxLength: 128
            }, el.button({ class: "link door__look", type: "button", onClick: this.look },
              t(state.open ? "door.hide" : "door.show"), el.span({ class: "sr" }, t("door.typed")))),
            up && (state.invitation || about(door.problem) === "invitation") &&
              this.field("invitation", { type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: false }),
            el.button({ class: "primary", type: "submit", disabled: waiting },
              t(door.busy ? "door.busy" : up ? "door.sign_up" : "door.sign_in")),
            !up && el.p({ class: "door__note" }, t("door.forgot")),
            up && !state.invitation && el.button({ class: "link", type: "button", onClick: this.invited }, t("door.have_invitation")),
            el.button({ class: "link", type: "button", onClick: this.other }, t(up ? "door.have_account" : "door.no_account"))),
          this.languages()));
    }
  });
}());
