// What the owner and the admins do: settings, roles, mutes, cards, removing, links,
// hooks; and one's own bots. What happened is told by the feed.
var chat = chat || {};

chat.group_govern = (function () {
  "use strict";

  // Lists that a dialogue needs while it is open.
  var NEEDS = {
    group_requests: ["requests"], group_bans: ["bans"], group_links: ["links"], group_hooks: ["hooks", "bots"], bots: ["bots"]
  };

  /** Keys of the lists that somebody looks at. */
  function wanted(state) {
    var open = state.conversations[state.open];
    var dialog = state.dialog || {};
    var keys = (Object.prototype.hasOwnProperty.call(NEEDS, dialog.name) ? NEEDS[dialog.name] : []).map(function (name) {
      return chat.waiting.key(name, name === "bots" ? null : dialog.group);
    });
    // Who waits is shown beside the group itself.
    if (open && open.type === "group" && chat.select_group.governs(chat.select_group.role(state, open.id)) &&
        !chat.select_group.dissolved(state, open.id) && keys.indexOf(chat.waiting.key("requests", open.id)) < 0) {
      keys.push(chat.waiting.key("requests", open.id));
    }
    return keys;
  }

  /** @param {Object} app */
  function group_govern(app) {
    var reading = {};

    function dispatch(action) { app.store.dispatch(action); }

    function ask(request, then) { chat.asking(app, request, then); }

    /** Secrets are told once: they stand in the dialogue that asked for them, nowhere else. */
    function told_once(values) {
      var dialog = app.store.state().dialog;
      if (dialog) { dispatch({ type: "dialog", dialog: chat.change(dialog, values) }); }
    }

    function stale(name) {
      return function () { dispatch({ type: "list_wanted", key: name }); };
    }

    function read(key) {
      var stamp = app.store.state().lists[key].stale;
      var name = key.split(" ")[0], id = key.split(" ")[1];
      if (reading[key]) { return; }
      reading[key] = true;
      function done(problem, answer) {
        delete reading[key];
        if (app.store.state().phase !== "in") { return; }
        dispatch({ type: "list_read", key: key, stale: stamp, items: problem ? null : answer[name], problem: problem });
      }
      if (name === "requests") { app.api.join_requests(id, done); } else if (id) { app.api[name](id, done); } else { app.api[name](done); }
    }

    /** Effect: lists that somebody looks at are read, again when something happened to them. */
    function follow(before, after) {
      var keys = after.phase === "in" ? wanted(after) : [];
      if (before.lists === after.lists && before.dialog === after.dialog && before.open === after.open &&
          before.conversations === after.conversations && before.groups === after.groups) { return; }
      Object.keys(after.lists).forEach(function (key) {
        if (keys.indexOf(key) < 0) { dispatch({ type: "list_closed", key: key }); }
      });
      keys.forEach(function (key) {
        var held = app.store.state().lists[key];
        if (!held) {
          dispatch({ type: "list_wanted", key: key });
          held = app.store.state().lists[key];
        }
        if (held.stale !== held.asked_at) { read(key); }
      });
    }

    return {
      follow: follow,
      /** Only what differs is sent. */
      change: function (id, fields, then) {
        ask(function (done) { app.api.change_group(id, fields, done); }, function (answer) {
          dispatch({ type: "group", id: id, value: answer.group });
          if (then) { then(); }
        });
      },
      avatar: function (id, picture) {
        ask(function (done) { app.api.set_group_avatar(id, picture, done); });
      },
      dissolve: function (id) { ask(function (done) { app.api.dissolve_group(id, done); }); },
      /** `change`: exactly one of { role }, { muted_seconds }, { card } */
      member: function (id, user, change, then) {
        ask(function (done) { app.api.change_member(id, user, change, done); }, then);
      },
      expel: function (id, user, ban) { ask(function (done) { app.api.remove_member(id, user, ban, done); }); },
      answer: function (id, user, accept) { ask(function (done) { app.api.answer_join(id, user, accept, done); }); },
      unban: function (id, user) { ask(function (done) { app.api.unban(id, user, done); }); },
      make_link: function (id, form) {
        ask(function (done) { app.api.make_link(id, form, done); }, function (answer) { told_once({ code: answer.code }); });
      },
      end_link: function (id, link) { ask(function (done) { app.api.end_link(id, link, done); }); },
      make_hook: function (id, form) {
        ask(function (done) { app.api.make_hook(id, form, done); }, function (answer) { told_once({ code: answer.code }); });
      },
      end_hook: function (id, hook) { ask(function (done) { app.api.end_hook(id, hook, done); }); },
      make_bot: function (form) {
        ask(function (done) { app.api.make_bot(form, done); }, function (answer) {
          told_once({ token: answer.token, token_of: answer.bot.name });
          stale("bots")();
        });
      },
      renew_bot: function (bot) {
        ask(function (done) { app.api.renew_bot(bot.id, done); }, function (answer) {
          told_once({ token: answer.token, token_of: bot.name });
        });
      },
      remove_bot: function (bot) { ask(function (done) { app.api.remove_bot(bot.id, done); }, stale("bots")); }
    };
  }

  group_govern.wanted = wanted;
  return group_govern;
}());
