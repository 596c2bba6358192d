// What the owner and the admins do: settings, roles, mutes, cards, removing, links,
// hooks; and one's own bots. What happened is told by the feed.
var chat = chat || {};

chat.group_govern = (function () {
  "use strict";

  /** @param {Object} app */
  function group_govern(app) {
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

    return {
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

  return group_govern;
}());
