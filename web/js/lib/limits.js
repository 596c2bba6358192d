// Every bound of the page, unit in the name, with what happens beyond it.
var chat = chat || {};

chat.limits = {
  // Longer texts are refused by the server; the composer says so before.
  text_chars: 5000,
  // One page of history.
  page_messages: 50,
  // One page while filling a hole; the server gives no more.
  fill_messages: 200,
  // Messages kept per conversation; older ones are asked for again.
  held_messages: 2000,
  // Rows drawn while following the newest message.
  drawn_rows: 200,
  // A request without an answer counts as lost.
  request_ms: 20000,
  // An upload that moves no byte and gets no answer for this long counts as lost.
  upload_stall_ms: 60000,
  // Link: no hello by then means that something buffers the stream.
  hello_ms: 5000,
  // Link: three heartbeats missed. The poll's own hold is much shorter.
  silence_ms: 40000,
  poll_wait_s: 15,
  // Breath between two polls: one engine runs timers only between requests.
  poll_pause_ms: 20,
  // A link that lived this long was healthy, and back-off starts afresh.
  healthy_ms: 10000,
  backoff_floor_ms: 250,
  backoff_first_ms: 1000,
  backoff_cap_ms: 30000,
  // How often we tell that we type, and how long we believe that others do.
  typing_every_ms: 3000,
  typing_shown_ms: 6000,
  read_every_ms: 2000,
  draw_ms: 16,
  // Rows of a long list that are drawn at first, and with each "show more".
  list_rows: 100,
  // Profiles that one request may ask for.
  people_at_once: 100,
  // Admins of a group; the server's own bound.
  group_admins: 20
};
