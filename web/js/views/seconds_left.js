// "In 7 seconds", counted down. `key` names the words, which get { count }; the
// seconds are for the eyes, or each of them would be read out.
var chat = chat || {};

chat.seconds_left = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  return chat.component({
    init: function (props) {
      this.until = Date.now() + props.ms;
      this.state = { left: Math.ceil(props.ms / 1000) };
    },

    componentDidMount: function () { this.tick(); },

    tick: function () {
      var self_ = this;
      clearTimeout(this.timer);
      this.timer = setTimeout(function () {
        var left = Math.ceil((self_.until - Date.now()) / 1000);
        self_.setState({ left: Math.max(0, left) });
        if (left > 0) { self_.tick(); } else if (self_.props.on_end) { self_.props.on_end(); }
      }, 500);
    },

    componentWillUnmount: function () { clearTimeout(this.timer); },

    render: function (props, state) {
      return state.left > 0 ? el.span({ "aria-hidden": "true" }, t(props.words, { count: state.left })) : null;
    }
  });
}());
