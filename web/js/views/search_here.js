// Searching the open conversation, beside it: what, by whom, between which days.
var chat = chat || {};

chat.search_here = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  /** Who may have said it: the members, or whoever said something that is held; oneself first. */
  function speakers(state, conversation) {
    var name_of = chat.select.names(state);
    var found = {};
    (state.members[conversation.id] || []).forEach(function (one) { found[one.id] = one.name; });
    conversation.messages.forEach(function (one) {
      if (one.sender && !found[one.sender]) { found[one.sender] = name_of(one.sender, one.sender_name); }
    });
    if (conversation.peer) { found[conversation.peer] = chat.select.title(conversation, state); }
    delete found[state.me.id];
    return [{ id: state.me.id, name: t("search.me") }].concat(Object.keys(found).map(function (id) {
      return { id: id, name: found[id] };
    }).sort(function (a, b) { return a.name.localeCompare(b.name, "zh-CN"); }));
  }

  function day(name) {
    return el.div({ class: "field here__day" },
      el.label({ "for": "here-" + name }, t("search." + name)),
      el.input({ class: "input", id: "here-" + name, name: name, type: "date", placeholder: "2026-01-31" }));
  }

  return chat.component({
    init: function (props) {
      var self_ = this;
      this.attach = function (root) { self_.root = root; };
      this.opener = document.activeElement;
      this.close = function () { self_.props.act.search.close_here(); };
      this.key = function (event) {
        if (chat.keys.name(event) === "Escape" && !chat.keys.composing(event)) { self_.close(); }
      };
      this.submit = function (event) {
        var fields = self_.root.querySelector("form").elements;
        if (event) { event.preventDefault(); }
        if (!fields.query.value.trim()) { return; }
        self_.props.act.search.here({
          query: fields.query.value, conversation: props.conversation.id,
          sender: fields.sender.value, since: fields.since.value, until: fields.until.value
        });
      };
      // Another filter is another question, once one was asked.
      this.filtered = function () { if (self_.props.state.seeks.here.asked) { self_.submit(null); } };
    },

    componentDidMount: function () { this.root.querySelector("input").focus(); },

    // Whoever has gone on to something else meanwhile is not called back.
    componentWillUnmount: function () {
      if (this.root.contains(document.activeElement)) { chat.focus.give_back(this.opener); }
    },

    render: function (props) {
      // Where it stands alone, as on a phone, it is the main part of the page.
      return el.section({
        class: "panel here", role: props.state.narrow ? "main" : "complementary", "aria-label": t("search.here"),
        ref: this.attach, onKeyDown: this.key
      },
      props.state.narrow && el.h1({ class: "sr" }, chat.select.title(props.conversation, props.state)),
      el.header({ class: "here__head" },
        el.h2(null, t("search.here")),
        el.button({
          class: "icon-button", type: "button", "aria-label": t("search.close"), title: t("search.close"), onClick: this.close
        }, chat.icon("close"))),
      el.form({ role: "search", "aria-label": t("search.here"), onSubmit: this.submit },
        el.label({ class: "sr", "for": "here-query" }, t("search.query")),
        el.div({ class: "bar here__bar" },
          el.input({
            class: "input", id: "here-query", name: "query", type: "text", autocomplete: "off", maxLength: 128,
            placeholder: t("search.query")
          }),
          el.button({ class: "primary", type: "submit" }, t("search.go"))),
        el.div({ class: "field" },
          el.label({ "for": "here-sender" }, t("search.sender")),
          el.select({ class: "input", id: "here-sender", name: "sender", onChange: this.filtered },
            el.option({ value: "" }, t("search.anybody")),
            speakers(props.state, props.conversation).map(function (one) {
              return el.option({ key: one.id, value: one.id }, one.name);
            }))),
        el.div({ class: "here__days", onChange: this.filtered }, day("since"), day("until"))),
      chat.search_results(props, "here"));
    }
  });
}());
