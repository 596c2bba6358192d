// What went wrong with the form it stands in.
var chat = chat || {};

chat.trouble = (function () {
  "use strict";

  /** `problem` as requests give it; nothing where there is none. */
  function trouble(problem) {
    return problem ? chat.el.p({ class: "problem", role: "alert" }, chat.i18n.problem(problem)) : null;
  }

  return trouble;
}());
