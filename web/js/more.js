// Wiring of what comes later, as js/main.js wires the rest.
var chat = chat || {};

chat.more = (function () {
  "use strict";

  /** @param {?} app as js/main.js made it  @returns {Array<Object>} the effects that came with it */
  function more(app) {
    var act = app.act;
    app.api.add([chat.routes_groups, chat.routes_people, chat.routes_bots, chat.routes_admin]);
    act.doors = app.doors = chat.group_doors(app);
    act.govern = app.govern = chat.group_govern(app);
    act.friends = app.friends = chat.friends(app);
    act.account = app.account = chat.own_account(app);
    act.search = app.search = chat.search(app);
    act.admin = app.admin = chat.administer(app);
    return [app.doors, app.friends, app.account, app.search, app.admin];
  }

  return more;
}());
