// Full jitter: clients that lost the same server do not come back together.
var chat = chat || {};

chat.backoff = (function () {
  "use strict";

  /** How long to wait before the attempt after `failures` failed ones. */
  function backoff(failures, random) {
    var limits = chat.limits;
    var ceiling = Math.min(limits.backoff_cap_ms, limits.backoff_first_ms * Math.pow(2, failures));
    return limits.backoff_floor_ms + Math.floor((random || Math.random)() * ceiling);
  }

  return backoff;
}());
