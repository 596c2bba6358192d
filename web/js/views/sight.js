// What the timeline sees after it was drawn or scrolled: how far one has read,
// whether what is new begins above, whether there is anything to scroll at all.
var chat = chat || {};

chat.sight = (function () {
  "use strict";

  /** How far down one sees; a pane that is not shown sees nothing. */
  function tell(timeline) {
    var conversation = timeline.props.conversation, seq;
    if (!timeline.log.offsetHeight) { return; }
    seq = timeline.following ? null : chat.anchor.lowest(timeline.log);
    if (seq === null ? conversation.reading !== null : conversation.reading === null || seq > conversation.reading) {
      timeline.props.act.reading.seen(conversation.id, seq);
    }
  }

  /** "N new messages" is of use only while their beginning is above, unseen. */
  function pill(timeline) {
    var conversation = timeline.props.conversation, line, above;
    if (timeline.pill === false || !conversation.loaded || timeline.goal) { return; }
    line = timeline.log.querySelector(".new");
    above = line ? chat.anchor.away(timeline.log, line) < 0 : chat.rows.above(conversation, timeline.part(), timeline.line);
    if (above === timeline.pill) { return; }
    timeline.pill = above;
    timeline.setState({});
  }

  /** A page of messages without lines fills nothing: then the one before it. */
  function fill_up(timeline) {
    var conversation = timeline.props.conversation, log = timeline.log;
    if (conversation.loaded && conversation.older && !conversation.loading && !conversation.trouble && !conversation.around &&
      log.offsetHeight && log.scrollHeight <= log.clientHeight) {
      timeline.props.act.history.older(conversation.id);
    }
  }

  /** How many came after `seq` that are somebody else's. */
  function arrived(conversation, seq, me) {
    var held = conversation.messages, count = 0, i;
    for (i = held.length - 1; i >= 0 && held[i].seq > seq; i -= 1) { count += held[i].sender === me ? 0 : 1; }
    return count;
  }

  return { tell: tell, pill: pill, fill_up: fill_up, arrived: arrived };
}());
