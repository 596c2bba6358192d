// The place below the timeline: the composer, or a sentence that says why there is none.
var chat = chat || {};

chat.composer_place = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;
  var TICK_MS = 1000;

  return chat.component({
    // A mute and a pause run out while nothing else happens.
    tick: function () {
      var self_ = this;
      var state = this.props.state, conversation = this.props.conversation, now = Date.now();
      clearTimeout(this.timer);
      if (chat.select_group.silence(state, conversation, now) || chat.select_group.slow(state, conversation, now)) {
        this.timer = setTimeout(function () { self_.setState({}); }, TICK_MS);
      }
    },

    componentDidMount: function () { this.tick(); },
    componentDidUpdate: function () { this.tick(); },
    componentWillUnmount: function () { clearTimeout(this.timer); },

    render: function (props) {
      var why = chat.select_group.silence(props.state, props.conversation, Date.now());
      return why ? el.p({ class: "composer composer--closed" }, t(why.key, why.holes))
        : el.view(chat.composer, { state: props.state, act: props.act, conversation: props.conversation });
    }
  });
}());
