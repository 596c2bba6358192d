// A kind this page does not know: a neutral card with its name and what its body
// says, by the titles of the server's schema where there are some. So nobody takes
// the silence for nothing.
var chat = chat || {};

chat.unknown = (function () {
  "use strict";

  var el = chat.el;
  var FIELDS = 12; // more than these say nothing to anybody
  var CHARS = 200;

  function words(message) {
    if (message && typeof message.summary === "string" && message.summary) { return message.summary; }
    return chat.i18n.t("kind.unknown", { kind: String(message && message.kind).slice(0, CHARS) });
  }

  function value(told) {
    var text = typeof told === "string" ? told : JSON.stringify(told);
    return String(text).length > CHARS ? String(text).slice(0, CHARS) + "…" : String(text);
  }

  /** The title a schema gives to a field, else the field's own name. */
  function title(schema, name) {
    var properties = schema && schema.properties;
    var property = properties && Object.prototype.hasOwnProperty.call(properties, name) ? properties[name] : null;
    return property && typeof property.title === "string" ? property.title : name.replace(/_/g, " ");
  }

  function card(message, schemas) {
    var body = message.body;
    var known = schemas && Object.prototype.hasOwnProperty.call(schemas, message.kind) ? schemas[message.kind] : null;
    var schema = known && known.schema;
    var names = body && typeof body === "object" && !Array.isArray(body) ? Object.keys(body).slice(0, FIELDS) : null;
    return el.div({ "class": "unknown" },
      el.p({ "class": "unknown__kind" }, words(message)),
      names ? el.dl({ "class": "unknown__fields" }, names.map(function (name) {
        return el.div({ key: name }, el.dt(null, title(schema, name)), el.dd(null, value(body[name])));
      })) : body !== null && body !== undefined && el.p(null, value(body)));
  }

  return chat.change(chat.kinds.guard({
    summary: words,
    bubble: function (message, name_of, context) { return card(message, context.state && context.state.schemas); }
  }), { words: words, card: card });
}());
