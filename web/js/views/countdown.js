// Something that changes each second until a moment: `say(ms)` draws what is left.
var chat = chat || {};

chat.countdown = (function () {
  "use strict";

  return chat.component({
    init: function () {
      var self_ = this;
      this.timer = null;
      this.tick = function () {
        self_.timer = null;
        self_.setState({});
      };
    },

    /** The next whole second of what is left, not of the wall clock. */
    arm: function () {
      var left = chat.select_group.left(this.props.until, Date.now());
      if (this.timer === null && left) { this.timer = setTimeout(this.tick, left % 1000 || 1000); }
    },

    componentDidMount: function () { this.arm(); },

    componentDidUpdate: function () { this.arm(); },

    componentWillUnmount: function () { clearTimeout(this.timer); },

    render: function (props) {
      return props.say(chat.select_group.left(props.until, Date.now()));
    }
  });
}());
