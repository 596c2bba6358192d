// Every bound of the page, unit in the name, with what happens beyond it.
var chat = chat || {};

chat.limits = {
  // Longer texts are refused by the server; the composer says so before.
  text_chars: 5000,
  // How near to that limit the count is shown.
  text_chars_near: 500,
  // What waits to be sent, all conversations together; beyond it nothing more is taken.
  outbox_items: 200,
  // What another tab left unsent for this long is sent by this one.
  orphan_ms: 15000,
  // Half-typed texts kept; the oldest go first, longer ones are not kept.
  drafts: 50,
  draft_chars: 20000,
  draft_save_ms: 400,
  // Files chosen and not sent yet, in one conversation.
  picked_files: 20,
  // Larger files are refused before they travel; the server's refusal corrects this.
  file_bytes: 20 * 1024 * 1024,
  // The server takes four of one user at once; other pages of theirs want some, too.
  uploads_at_once: 2,
  // An upload that failed for want of a network begins again by itself this often.
  upload_tries: 3,
  // How often the page tells how far an upload is.
  upload_tell_ms: 100,
  // People offered behind an @.
  mention_rows: 8,
  recent_emoji: 16,
  // Two sounds are at least this far apart.
  sound_every_ms: 2000,
  // One page of history.
  page_messages: 50,
  // One page while filling a hole; the server gives no more.
  fill_messages: 200,
  // Messages kept of the open conversation, and of any other; older ones are asked for again.
  held_messages: 10000,
  held_elsewhere: 200,
  // The first page after a jump, around its target.
  around_messages: 100,
  // Rows drawn while following the newest message, and at most while reading.
  drawn_rows: 200,
  window_rows: 400,
  // So near to an end of what is drawn, more of it is drawn or asked for.
  edge_px: 600,
  // So near to the newest message counts as being there.
  bottom_px: 48,
  // Texts beyond either bound are folded until one asks for all.
  folded_lines: 16,
  folded_chars: 1000,
  // At most one sentence in this time for those who listen.
  say_every_ms: 1000,
  // One's own messages can be taken back so long.
  recall_ms: 120000,
  // A message that was jumped to is marked so long.
  highlight_ms: 2500,
  // A request without an answer counts as lost.
  request_ms: 20000,
  // An upload that moves no byte and gets no answer for this long counts as lost.
  upload_stall_ms: 60000,
  // What the server takes: a remark or the name of a folder, the note of a request, a name, a signature.
  remark_chars: 32,
  note_chars: 100,
  name_chars: 32,
  signature_chars: 128,
  password_min: 8,
  password_max: 128,
  // Link: no hello by then means that something buffers the stream.
  hello_ms: 5000,
  // Link: three heartbeats missed. The poll's own hold is much shorter.
  silence_ms: 40000,
  poll_wait_s: 15,
  // Breath between two polls: one engine runs timers only between requests.
  poll_pause_ms: 20,
  // A hidden tab with a connection of its own asks this often instead of holding
  // one open. Below the 15 s after which the server takes us for gone.
  breathe_ms: 12000,
  // Whoever flips through tabs gives up no connection; beyond, a hidden tab does.
  breathe_after_ms: 5000,
  // A worker that says nothing for so long is not there: then each for itself.
  worker_ms: 5000,
  // The first tab's snapshot opens the link; the others wait so long for it.
  opener_ms: 3000,
  // Tabs are asked for a sign of life; without one they are not the voice, and
  // after a while nothing is queued for them any more.
  tab_ping_ms: 15000,
  tab_silent_ms: 45000,
  tab_gone_ms: 600000,
  // News kept while the snapshot before them is on its way; beyond, start over.
  early_entries: 2000,
  // Requests that wait for the user to sign in again; beyond, they fail.
  held_calls: 50,
  // A link that lived this long was healthy, and back-off starts afresh.
  healthy_ms: 10000,
  backoff_floor_ms: 250,
  backoff_first_ms: 1000,
  backoff_cap_ms: 30000,
  // How often we tell that we type, and how long we believe that others do.
  typing_every_ms: 3000,
  typing_shown_ms: 6000,
  read_every_ms: 2000,
  // Rows of a long list that are drawn at first, and with each "show more".
  list_rows: 100,
  // Profiles that one request may ask for.
  people_at_once: 100,
  // Admins of a group; the server's own bound.
  group_admins: 20,
  // A pause in typing after which the server is asked what was said.
  search_pause_ms: 600,
  // Pages without a hit that are asked for in a row; beyond, somebody has to press "more".
  empty_pages: 5,
  // The figures of the server are fresh while they are looked at.
  figures_every_ms: 5000,
  // Rows of one page of an administrator's list.
  admin_rows: 50,
  // Narrower than this shows one pane at a time; css/frame.css has the same number.
  narrow_px: 700,
  draw_ms: 16,
  // Recalls and reactions kept per conversation, for pages of history that were asked for before
  // them. Were there more while a page travels, the oldest is not done to it.
  kept_marks: 200,
  // A message that waits for a file of another page: that page is taken for dead after this.
  tied_ms: 3600000,
  // Trouble shorter than this is nobody's business; beyond, the banner says so.
  banner_grace_ms: 1000,
  banner_tick_ms: 1000,
  // A page that was signed in for so long gets what comes later without being asked.
  later_ms: 10000,
  // After a reconnect: is there a newer page? Asked no more often than this.
  version_every_ms: 60000
};
