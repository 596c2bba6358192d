// Files: chosen, shown before they are sent, uploaded two at a time, and then posted
// like any message. The bytes are held here by id, as long as the state knows the id.
var chat = chat || {};

chat.uploading = (function () {
  "use strict";

  var PICTURES = /^image\/(png|jpeg|gif|webp)$/;

  /** Every address made of a file of ours that the state still shows. */
  function addresses(state) {
    var found = {};
    Object.keys(state.picked).forEach(function (id) {
      state.picked[id].forEach(function (one) { if (one.url) { found[one.url] = true; } });
    });
    state.outbox.forEach(function (item) { if (item.upload && item.upload.url) { found[item.upload.url] = true; } });
    return found;
  }

  // A clear no of our own: trying again would change nothing.
  function trouble(code, holes) {
    return { status: 422, code: code, detail: "", retry_ms: 0, holes: holes };
  }

  /** @param {{store: Object, session: Object, send: Object}} app */
  function uploading(app) {
    var files = {}; // by id of what was chosen, which becomes the client id
    var running = {}; // uploads under way, by client id

    function dispatch(action) { app.store.dispatch(action); }

    function measure(id, url) {
      var picture = document.createElement("img");
      picture.onload = function () {
        dispatch({ type: "measured", id: id, width: picture.naturalWidth, height: picture.naturalHeight });
      };
      picture.src = url;
    }

    function describe(file, as) {
      var picture = PICTURES.test(file.type);
      var id = chat.id();
      var urls = self.URL || self.webkitURL;
      var url = picture && urls && urls.createObjectURL ? urls.createObjectURL(file) : null;
      files[id] = file;
      return {
        id: id, name: file.name || chat.i18n.t("file.unnamed"), size: file.size, picture: picture,
        as: as || (picture ? "image" : "file"), url: url, width: 0, height: 0
      };
    }

    /** What cannot be taken is said at once, before any byte has travelled. */
    function wrong(file) {
      if (!file.size) { return trouble("empty_file", { name: file.name }); }
      return file.size > chat.limits.file_bytes
        ? trouble("file_too_large", { name: file.name, limit: chat.size(chat.limits.file_bytes) }) : null;
    }

    function pick(conversation, chosen, as) {
      var room = chat.limits.picked_files - chat.uploads.tray(app.store.state(), conversation).length;
      var problem = null;
      var good = chosen.filter(function (file) {
        var found = wrong(file);
        problem = problem || found;
        return !found;
      });
      if (good.length > room) { problem = trouble("too_many_files", { limit: chat.limits.picked_files }); }
      var items = good.slice(0, Math.max(0, room)).map(function (file) { return describe(file, as); });
      if (items.length) { dispatch({ type: "picked", conversation: conversation, items: items }); }
      items.forEach(function (one) { if (one.url) { measure(one.id, one.url); } });
      return problem;
    }

    function queue(conversation, one) {
      return app.send.queue(conversation, one.as, { name: one.name, size: one.size, width: one.width, height: one.height }, {
        client_id: one.id,
        upload: { going: false, sent: 0, total: one.size, url: one.url, picture: one.picture, as: one.as, tries: 0 }
      });
    }

    /** All that was chosen goes; what finds no room stays chosen. */
    function send(conversation) {
      var problem = null;
      chat.uploads.tray(app.store.state(), conversation).forEach(function (one) {
        problem = problem || queue(conversation, one);
        if (!problem) { dispatch({ type: "unpicked", conversation: conversation, ids: [one.id] }); }
      });
      return problem;
    }

    function stopped(item, tries, problem) {
      // No session: after signing in again it goes on, like all that waits.
      if (problem.status === 401) {
        app.session.unauthorized();
        return dispatch({ type: "waiting", client_id: item.client_id, problem: problem });
      }
      var most = problem.code === "too_large" && /at most (\d+) bytes/.exec(problem.detail);
      if (most) { chat.limits.file_bytes = Number(most[1]); }
      if (problem.code === "too_large") {
        problem = trouble("file_too_large", { name: item.body.name, limit: chat.size(chat.limits.file_bytes) });
      }
      if (!chat.http.passing(problem) || problem.code === "too_many_uploads" || tries >= chat.limits.upload_tries) {
        return dispatch({ type: "failed", client_id: item.client_id, problem: problem });
      }
      dispatch({ type: "waiting", client_id: item.client_id, problem: problem });
      setTimeout(function () {
        var now = app.store.state().outbox.filter(function (one) { return one.client_id === item.client_id; })[0];
        if (now && now.state === "waiting") { dispatch({ type: "again", client_id: item.client_id }); }
      }, Math.max(chat.backoff(tries), problem.retry_ms));
    }

    function start(item) {
      var tries = item.upload.tries + 1;
      var told_at = 0;
      dispatch({ type: "upload_began", client_id: item.client_id, tries: tries });
      running[item.client_id] = chat.upload("POST", "/api/files?name=" + encodeURIComponent(item.body.name), files[item.client_id], {
        progress: function (sent, total) {
          var now = Date.now();
          if (sent < total && Math.abs(now - told_at) < chat.limits.upload_tell_ms) { return; }
          told_at = now;
          dispatch({ type: "upload_moved", client_id: item.client_id, sent: sent, total: total });
        },
        done: function (problem, answer) {
          delete running[item.client_id];
          if (!problem && !(answer && answer.file)) { problem = trouble("broken"); }
          if (problem) { return stopped(item, tries, problem); }
          dispatch({
            type: "uploaded", client_id: item.client_id, body: described(answer.file),
            // A picture that the server cannot read is a file to it.
            kind: item.upload.as === "image" && answer.file.width ? "image" : "file"
          });
        }
      });
    }

    function described(file) {
      var body = { file: file.id, name: file.name, size: file.size, mime: file.mime };
      if (file.width) {
        body.width = file.width;
        body.height = file.height;
      }
      return body;
    }

    function begin(state) {
      var going = Object.keys(running).length;
      state.outbox.forEach(function (item) {
        if (item.state !== "uploading" || !item.upload || running[item.client_id] || going >= chat.limits.uploads_at_once) { return; }
        going += 1;
        start(item);
      });
    }

    /** Whatever left the state is let go of: requests, bytes, addresses. */
    function let_go(before, after) {
      var known = {}, shown = addresses(after);
      after.outbox.forEach(function (item) { if (item.upload) { known[item.client_id] = true; } });
      Object.keys(after.picked).forEach(function (id) {
        after.picked[id].forEach(function (one) { known[one.id] = true; });
      });
      Object.keys(addresses(before)).forEach(function (url) {
        if (!shown[url]) { (self.URL || self.webkitURL).revokeObjectURL(url); }
      });
      Object.keys(files).forEach(function (id) {
        if (known[id]) { return; }
        delete files[id];
        if (running[id]) { running[id].abort(); }
        delete running[id];
      });
    }

    return {
      pick: pick,
      unpick: function (conversation, id) { dispatch({ type: "unpicked", conversation: conversation, ids: [id] }); },
      send: send,
      /** Its bytes went with an earlier page: the same place, another file. */
      choose_again: function (item) {
        chat.choose_files({}, function (chosen) {
          var problem = wrong(chosen[0]);
          if (problem) { return dispatch({ type: "notice", notice: problem }); }
          dispatch({ type: "discarded", client_id: item.client_id });
          var one = describe(chosen[0], PICTURES.test(chosen[0].type) ? item.kind : "file");
          queue(item.conversation, one);
          if (one.url) { measure(one.id, one.url); }
        });
      },
      busy: function () { return app.store.state().outbox.some(function (item) { return Boolean(item.upload); }); },
      /** Effect: what waits is uploaded, what is gone is let go of. */
      follow: function (before, after) {
        if (before.outbox === after.outbox && before.picked === after.picked) { return; }
        let_go(before, after);
        begin(after);
      }
    };
  }

  /** What the field for pictures offers to choose. */
  uploading.ACCEPT = "image/png,image/jpeg,image/gif,image/webp";
  return uploading;
}());
