// The whole state of the page. Everything drawn is a function of this.
var chat = chat || {};

chat.initial = (function () {
  "use strict";

  /** @returns {?} */
  function initial() {
    return {
      phase: "starting", // starting | door | in
      me: null, // own profile: { id, number, username, name, signature, status, administrator, avatar? }
      door: { form: "sign_in", busy: false, problem: null },
      // reason: why there is none; since: when it was last there; retry_at, now: for the countdown
      link: { state: "stopped", route: "", reason: "", since: 0, retry_at: 0, now: 0 },
      offline: false, // the browser says that there is no network
      expired: null, // { open, busy, problem }: the session ended by itself; the page stays
      voice: true, // of all tabs of this browser: is this the one that makes the sounds?
      newer: false, // the server has a newer page
      conversations: {}, // by id, see state/conversations.js
      users: {}, // names by id, learnt from whatever mentions them
      people: {}, // profiles by id, see state/people.js
      presence: {}, // status by user id: friends, and members of groups that were looked at
      // As the server gives them. `stale` counts what happened to them, `asked_at` is the count when they
      // were asked for: while the two differ they are asked for again.
      friends: { loaded: false, stale: 0, asked_at: -1, friends: [], folders: [], requests: [], asked: [] },
      blocks: { loaded: false, asked_at: -1, users: [] }, // whom one blocks; `asked_at` as above
      contacts: { filter: "", finding: null }, // among one's own; { query, busy, users, problem } among everybody
      folded: {}, // folders of the contacts that are shut, by id
      account: { devices: null, busy: "", problem: null, done: "" }, // `busy` and `done` name what is or was asked
      groups: {}, // by id, as the server gives them
      members: {}, // by group id, see state/membership.js
      lists: {}, // read while somebody looks at them, see state/waiting.js
      outbox: [], // what we sent and the log does not hold yet, oldest first, see state/outbox.js
      picked: {}, // files chosen and not sent yet, by conversation, see state/uploads.js
      replies: {}, // seq of the message that the next text answers, by conversation
      redraft: null, // { conversation, text, stamp }: a text that goes back into the field
      drafts: {}, // half-typed text by conversation
      unsaid: {}, // "conversation/seq" -> one's own text, taken back, for this tab to write anew
      quotes: {}, // "conversation/seq" -> { message } or { gone: true }, of replies to what is not held
      schemas: null, // the server's kinds by name, once one was met that the page does not know
      jump: null, // { conversation, seq, stamp, quiet? }: where the timeline is to go
      said: null, // { text, stamp }: the newest sentence for those who listen
      view: "chats", // chats | contacts | settings | admin
      open: null, // id of the conversation in the pane
      attentive: false, // is somebody looking at this page?
      narrow: false, // one pane at a time, as on a phone
      panel: false,
      dialog: null, // { name, … } of the open dialogue, see views/dialogs.js
      join: null, // code of an invitation link that the address holds
      settings: {}, // of this browser, see effects/remember.js
      search: null, // { query, busy, groups, problem } while looking for groups
      finder: "", // what stands in the search box, see state/seek.js
      seeks: { all: null, here: null }, // what was asked and found, by place
      admin_page: "figures", // of the administrator's: figures | users | groups | reports | invitations | audit
      admin: chat.admin_state ? chat.admin_state.fresh() : null, // what they hold, see state/admin_state.js
      later: { there: false, problem: null }, // what comes when it is wanted, see actions/later.js
      notice: null // a problem that belongs to no form
    };
  }

  return initial;
}());
