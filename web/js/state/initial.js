// The whole state of the page. Everything drawn is a function of this.
var chat = chat || {};

chat.initial = (function () {
  "use strict";

  function initial() {
    return {
      phase: "starting", // starting | door | in
      me: null, // { id, username, name }
      door: { form: "sign_in", busy: false, problem: null },
      link: { state: "stopped", route: "" },
      conversations: {}, // by id, see state/conversations.js
      users: {}, // names by id, learnt from whatever mentions them
      groups: {}, // by id, as the server gives them
      members: {}, // by group id
      outbox: [], // what we sent and the log does not hold yet, oldest first
      drafts: {}, // half-typed text by conversation
      open: null, // id of the conversation in the pane
      attentive: false, // is somebody looking at this page?
      panel: false,
      search: null, // { query, busy, groups, problem } while looking for groups
      create: null, // { busy, problem } while making one
      notice: null // a problem that belongs to no form
    };
  }

  return initial;
}());
