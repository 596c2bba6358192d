// Small pictures for buttons, drawn as outlines on a square of 24. Nobody hears
// them: the control that holds one has a name in words.
var chat = chat || {};

chat.icon = (function () {
  "use strict";

  var PATHS = {
    chats: "M4 5h16v11H9l-5 4z",
    contacts: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6" +
      "M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.3.7 3.5 2.6 3.5 5.5",
    settings: "M4 7h9M19 7h1M4 17h1M11 17h9M16 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 20a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
    admin: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z",
    search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21",
    panel: "M4 6h16M4 12h16M4 18h16",
    close: "M6 6l12 12M18 6L6 18",
    back: "M15 5l-7 7 7 7",
    more: "M5 12h.01M12 12h.01M19 12h.01",
    plus: "M12 5v14M5 12h14",
    down: "M12 5v14M6 13l6 6 6-6",
    emoji: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.5c2 2.5 5 2.5 7 0M9 9.5h.01M15 9.5h.01",
    picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01",
    file: "M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.7 17.2a1.7 1.7 0 0 1-2.4-2.4L15 7",
    mention: "M16 12a4 4 0 1 1-4-4 4 4 0 0 1 4 4zm0 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1",
    nudge: "M8 4h8v16H8zM4 8v8M20 8v8M1.5 10v4M22.5 10v4",
    reply: "M9 6L4 11l5 5M4 11h9c4 0 7 2 7 7",
    forward: "M15 6l5 5-5 5M20 11h-9c-4 0-7 2-7 7",
    recall: "M5 8h9a5.5 5.5 0 0 1 0 11H8M5 8l4-4M5 8l4 4",
    report: "M6 21V4M6 4h12l-3 4 3 4H6",
    copy: "M8 8h12v12H8zM16 8V4H4v12h4",
    pin: "M9 3h6l-1 7 4 3v2H6v-2l4-3zM12 15v6",
    mute: "M6 9a6 6 0 0 1 10-4M18 9c0 6 2 8 2 8H8M4 17s2-2 2-5M10 20h4M3 3l18 18",
    check: "M4 12.5l5.5 5.5L20 7",
    hide: "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM4 4l16 16",
    horn: "M4 10v4h3l8 5V5l-8 5zM18.5 9a4 4 0 0 1 0 6",
    card: "M3 5h18v14H3zM8.5 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM5.5 16c0-2 1.5-3 3-3s3 1 3 3M14.5 10h4M14.5 14h4",
    folder: "M3 6h7l2 3h9v10H3z",
    block: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.8 5.8l12.4 12.4",
    edit: "M4 20l1-4L16 5l3 3L8 19zM13.5 7.5l3 3",
    trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
    up: "M12 19V5M6 11l6-6 6 6",
    leave: "M10 4H5v16h5M14 8l5 4-5 4M19 12H9"
  };

  function icon(name) {
    return preact.h("svg", {
      "class": "icon", viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true", focusable: "false"
    }, preact.h("path", { d: PATHS[name] }));
  }

  return icon;
}());
