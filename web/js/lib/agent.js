// A device in a few words, from what its browser calls itself. A guess for people
// to recognise it by, and nothing depends on it.
var chat = chat || {};

chat.agent = (function () {
  "use strict";

  // The first that fits: most browsers call themselves several others as well.
  var BROWSERS = [
    [/Edg(e|A|iOS)?\//, "Edge"], [/OPR\//, "Opera"], [/MicroMessenger/, "WeChat"], [/QQBrowser/, "QQ Browser"],
    [/Firefox\/|FxiOS/, "Firefox"], [/Trident\/|MSIE /, "Internet Explorer"], [/HeadlessChrome|Chrome\/|CriOS/, "Chrome"],
    [/Safari\//, "Safari"], [/curl\//, "curl"]
  ];
  var SYSTEMS = [
    [/Android/, "Android"], [/iPhone|iPod/, "iPhone"], [/iPad/, "iPad"], [/Windows/, "Windows"],
    [/Mac OS X|Macintosh/, "macOS"], [/Linux|X11/, "Linux"]
  ];

  function first(list, text) {
    var found = list.filter(function (one) { return one[0].test(text); })[0];
    return found ? found[1] : "";
  }

  /** "Chrome · Windows"; what nobody knows stays as it is, cut to 60 characters. */
  function agent(text) {
    var told = String(text || "");
    var words = [first(BROWSERS, told), first(SYSTEMS, told)].filter(Boolean).join(" · ");
    return words || told.slice(0, 60);
  }

  return agent;
}());
