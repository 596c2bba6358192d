// Searching: what stands in the box, and what was found. There are two places to
// search from, each with a question and an answer of its own: "all" is the box
// above the list, "here" the open conversation.
var chat = chat || {};

chat.seek = (function () {
  "use strict";

  var change = chat.change;

  /**
   * @param {Object} form { query, conversation, sender, since, until }: what is asked; "" or null is no filter
   * @returns {?}
   */
  function fresh(form) {
    return {
      form: form, busy: false, asked: false, // asked: was there an answer, or is one on its way?
      results: [], next: null, // where the next page begins; null: that was all
      indexed: true, problem: null
    };
  }

  function put(state, place, values) {
    var held = state.seeks[place];
    return !held ? state : change(state, { seeks: change.key(state.seeks, place, change(held, values)) });
  }

  /** A message was taken back: no hit shows it any more. */
  function forgotten(state, conversation, seq) {
    return Object.keys(state.seeks).reduce(function (so_far, place) {
      var held = so_far.seeks[place];
      var left = held && held.results.filter(function (one) {
        return one.message.conversation !== conversation || one.message.seq !== seq;
      });
      return held && left.length < held.results.length ? put(so_far, place, { results: left }) : so_far;
    }, state);
  }

  return {
    fresh: fresh, forgotten: forgotten,
    finder: function (state, action) { return change(state, { finder: action.text }); },
    /** A new question, or none: form is null. */
    seek: function (state, action) {
      var held = action.form && fresh(action.form);
      return change(state, { seeks: change.key(state.seeks, action.place, held) });
    },
    seeking: function (state, action) { return put(state, action.place, { busy: true, asked: true, problem: null }); },
    /** A page of the answer. A message may come twice where pages meet. */
    sought: function (state, action) {
      var held = state.seeks[action.place];
      var known = {};
      if (!held) { return state; }
      held.results.forEach(function (one) { known[one.message.conversation + " " + one.message.seq] = true; });
      return put(state, action.place, {
        busy: false, next: action.answer.next, indexed: held.indexed && action.answer.indexed !== false,
        results: held.results.concat(action.answer.results.filter(function (one) {
          return !known[one.message.conversation + " " + one.message.seq];
        }))
      });
    },
    not_sought: function (state, action) {
      return put(state, action.place, { busy: false, problem: action.problem });
    }
  };
}());
