// What the style sheet may ask, asked from a script: motion, touch, contrast.
var chat = chat || {};

chat.media = (function () {
  "use strict";

  /**
   * @param {string} query as in `@media`
   * @param {boolean} otherwise the answer of browsers that cannot be asked
   */
  function media(query, otherwise) {
    var asked = self.matchMedia && self.matchMedia(query);
    // eslint-disable-next-line no-restricted-properties -- of a query, not of an element
    return asked ? asked.matches : otherwise;
  }

  return media;
}());
