// The place below the timeline: the composer, or a sentence that says why there is none.
var chat = chat || {};

chat.composer_place = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var TICK_MS = 1000;

  /** Why nothing can be posted here, as { key, holes }; null if it can. */
  function silence(state, conversation) {
    var rules = /** @type {?} */ (chat).select_group;
    if (rules && rules.silence) { return rules.silence(state, conversation, Date.now()); }
    return conversation.left ? { key: "chat.left", holes: {} } : null;
  }

  return chat.component({
    // A mute runs out while nothing else happens.
    tick: function () {
      var self_ = this;
      clearTimeout(this.timer);
      if (silence(this.props.state, this.props.conversation)) {
        this.timer = setTimeout(function () { self_.setState({}); }, TICK_MS);
      }
    },

    componentDidMount: function () { this.tick(); },
    componentDidUpdate: function () { this.tick(); },
    componentWillUnmount: function () { clearTimeout(this.timer); },

    render: function (props) {
      var why = silence(props.state, props.conversation);
      return why ? el.p({ class: "composer composer--closed" }, t(why.key, why.holes))
        : el.view(chat.composer, { state: props.state, act: props.act, conversation: props.conversation });
    }
  });
}());
