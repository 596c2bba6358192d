// The place of something whose scripts come later: chat.part(props, draw) draws it
// if it is there; else it asks for it and says so, as a part of the page or, where
// `frame` says so, as a dialogue.
var chat = chat || {};

chat.part = (function () {
  "use strict";

  var el = chat.el;
  var t = chat.i18n.t;

  var waiting = chat.component({
    componentDidMount: function () { this.props.act.later(); },

    render: function (props) {
      var problem = props.state.later.problem;
      if (!problem) { return el.p({ class: "soft", role: "status" }, t("chat.loading")); }
      return el.p({ class: "problem", role: "alert" }, chat.i18n.problem(problem), " ",
        el.button({ class: "link", type: "button", onClick: props.act.later }, t("banner.try_now")), " ",
        el.button({ class: "link", type: "button", onClick: props.act.reload }, t("banner.reload")));
    }
  });

  /**
   * @param {{state: Object, act: Object}} props
   * @param {function(): ?} draw
   * @param {function(?): ?} [frame] around what stands there meanwhile
   */
  function part(props, draw, frame) {
    if (props.state.later.there) { return draw(); }
    var here = el.view(waiting, { state: props.state, act: props.act });
    return frame ? frame(here) : here;
  }

  return part;
}());
