// Time passes for whoever waits: while the link is down, the state learns every
// second what time it is. When all is well no clock runs.
var chat = chat || {};

chat.clock = (function () {
  "use strict";

  /** @param {{store: Object}} app */
  function clock(app) {
    var timer = null;

    function due(state) {
      return state.phase === "in" && state.link.since > 0 && !state.expired;
    }

    function tick() {
      timer = null;
      if (due(app.store.state())) { app.store.dispatch({ type: "tick", now: Date.now() }); }
    }

    return {
      follow: function (before, after) {
        if (!due(after)) {
          clearTimeout(timer);
          timer = null;
        } else if (timer === null) {
          timer = setTimeout(tick, chat.limits.banner_tick_ms);
        }
      }
    };
  }

  return clock;
}());
