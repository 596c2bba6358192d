// Most views are functions. The few that own a piece of the page (focus, scroll
// position, half-typed text) are made here; their methods see `this.props`.
var chat = chat || {};

chat.component = (function () {
  "use strict";

  function component(methods) {
    function Component(props, context) {
      preact.Component.call(this, props, context);
      this.state = {};
      if (methods.init) { methods.init.call(this, props); }
    }
    Component.prototype = Object.create(preact.Component.prototype);
    Component.prototype.constructor = Component;
    Object.keys(methods).forEach(function (name) {
      Component.prototype[name] = methods[name];
    });
    return Component;
  }

  return component;
}());
