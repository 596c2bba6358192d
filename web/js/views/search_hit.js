// One message that was found: who said it, when, and the words with what was
// looked for marked. A press leads to where it was said.
var chat = chat || {};

chat.search_hit = (function () {
  "use strict";

  var el = chat.el;

  function search_hit(props, hit) {
    var message = hit.message;
    var name = message.sender === props.state.me.id ? props.state.me.name
      : chat.select.names(props.state)(message.sender, message.sender_name);
    return el.li({ key: message.conversation + " " + message.seq },
      el.button({ class: "row hit", type: "button", onClick: function () { props.act.search.jump(message); } },
        el.span({ class: "hit__head" },
          el.strong({ class: "hit__name" }, name), " ",
          el.time({ class: "hit__time", dateTime: message.sent_at, title: new Date(message.sent_at).toLocaleString() },
            chat.time.brief(message.sent_at, Date.now()))),
        el.span({ class: "hit__text" }, chat.match.parts(hit.snippet, hit.highlights).map(function (part) {
          return part.found ? el.mark(null, part.text) : part.text;
        }))));
  }

  return search_hit;
}());
