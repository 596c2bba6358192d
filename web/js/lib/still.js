// A view that is drawn again only when something it looks at has changed: for long
// lists beside which much else goes on.
var chat = chat || {};

chat.still = (function () {
  "use strict";

  /**
   * @param {string[]} names the parts of the state that the view looks at
   * @param {function(?): ?} view
   */
  function still(names, view) {
    return chat.component({
      shouldComponentUpdate: function (props) {
        var now = this.props.state;
        // Other words come without any change of the state, see main.js.
        return this.language !== document.documentElement.lang ||
          names.some(function (name) { return props.state[name] !== now[name]; });
      },
      render: function (props) {
        this.language = document.documentElement.lang;
        return view(props);
      }
    });
  }

  return still;
}());
