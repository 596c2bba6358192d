//! Every bound of the engine, with its unit in the name and what happens beyond it.
//!
//! [`Limits`] holds those that configuration may change; the constants are the rest. The asserts
//! at the end tie together the bounds that only make sense together.

use std::time::Duration;

/// Members of a new group; its owner may change it. Beyond: 409 `group_full`.
pub const GROUP_MEMBERS: i64 = 200;
/// The least an owner may set as member limit. Below: 422.
pub const GROUP_MEMBERS_LEAST: i64 = 3;
/// The most an administrator of the server may set as member limit. Beyond: 422.
pub const GROUP_MEMBERS_BY_ADMINISTRATORS: i64 = 100_000;
/// Admins of a group. Beyond: 409 `too_many_admins`.
pub const GROUP_ADMINS: usize = 20;
/// Characters (Unicode scalar values, as everywhere) of a group's name. Beyond: 422.
pub const GROUP_NAME_CHARS: usize = 64;
/// Characters of a group's description. Beyond: 422.
pub const GROUP_DESCRIPTION_CHARS: usize = 255;
/// Characters of a group's announcement. Beyond: 422.
pub const GROUP_ANNOUNCEMENT_CHARS: usize = 2_000;
/// Characters of a user name. Beyond: 422.
pub const USERNAME_CHARS: usize = 32;
/// Characters of a display name. Beyond: 422.
pub const DISPLAY_NAME_CHARS: usize = 32;
/// Characters of a signature. Beyond: 422.
pub const SIGNATURE_CHARS: usize = 128;
/// Bytes of a message body as JSON. Beyond: 422 `body_too_large`.
pub const MESSAGE_BODY_BYTES: usize = 32 * 1024;
/// Characters of a text message. Beyond: 422.
pub const TEXT_CHARS: usize = 5_000;
/// Bytes of one kind's state in one conversation. Beyond: 409 `kind_state_full`.
pub const KIND_STATE_BYTES: usize = 64 * 1024;
/// Bytes of the key of an entry or note. Beyond: 422 `key_too_long`.
pub const MAP_KEY_BYTES: usize = 100;
/// Bytes of an entry's or note's value as JSON. Beyond: 422 `value_too_large`.
pub const MAP_VALUE_BYTES: usize = 2 * 1024;
/// Entries of one map of one conversation, whatever a kind asks for. All of a conversation's maps
/// are in its actor's memory. Beyond: 409 with the code that the kind chose.
pub const MAP_ENTRIES: usize = 4_096;
/// Effects of one message, those of its companions included. Beyond: 422 `too_many_effects`.
pub const EFFECTS_PER_MESSAGE: usize = 4_200;
/// Messages that one message may bring to other conversations. Beyond: 422.
pub const COMPANIONS_PER_MESSAGE: usize = 8;
/// Members one message may mention by name. Beyond: 422.
pub const MENTIONS_PER_MESSAGE: usize = 50;
/// Messages a day and group that may mention everyone. Beyond: 429 `too_many_mentions_of_all`.
pub const MENTIONS_OF_ALL_PER_DAY: u64 = 10;
/// Characters of one emoji with all that joins and modifies it. Beyond: 422.
pub const EMOJI_CHARS: usize = 16;
/// Reactions on one message. Beyond: 409 `too_many_notes`.
pub const REACTIONS_PER_MESSAGE: usize = 50;
/// How long a sender may take their own message back. Beyond: 403 `too_late`.
pub const RECALL_WINDOW_MS: i64 = 120_000;
/// Least time between two nudges of one user to another in one conversation. Beyond: 429.
pub const NUDGE_EVERY_MS: i64 = 60_000;
/// Shortest and longest timed mute, in seconds: a minute, thirty days. Beyond: 422.
pub const MUTE_SECONDS: std::ops::RangeInclusive<i64> = 60..=2_592_000;
/// Longest wait of slow mode, in seconds. Beyond: 422.
pub const SLOW_MODE_SECONDS_MOST: i64 = 3_600;
/// Characters of a member's card in a group. Beyond: 422.
pub const CARD_CHARS: usize = 32;
/// Characters of the note of a request to join or to be friends. Beyond: 422.
pub const NOTE_CHARS: usize = 100;
/// Requests waiting: to join one group, to one user, and of one user. Beyond: 409.
pub const REQUESTS: usize = 100;
/// Bans of one group. Beyond: 409 `too_many_bans`.
pub const BANS: usize = 2_000;
/// Open invitations of one group. Beyond: 409 `too_many_invitations`.
pub const INVITATIONS: usize = 500;
/// Bots of one user. Beyond: 409 `too_many_bots`.
pub const BOTS: usize = 20;
/// Incoming webhooks of one group. Beyond: 409 `too_many_hooks`.
pub const HOOKS: usize = 20;
/// Characters of a hook's name. Beyond: 422.
pub const HOOK_NAME_CHARS: usize = 32;
/// Invitation links of one group. Beyond: 409 `too_many_links`.
pub const LINKS: usize = 20;
/// Uses one invitation link may have. Beyond: 422.
pub const LINK_USES_MOST: i64 = 10_000;
/// Days an invitation link may live. Beyond: 422.
pub const LINK_DAYS_MOST: i64 = 365;
/// Friends of one user. Beyond: 409 `too_many_friends`.
pub const FRIENDS: usize = 2_000;
/// Friend folders of one user. Beyond: 409 `too_many_folders`.
pub const FRIEND_FOLDERS: usize = 50;
/// Characters of a folder's name or a remark. Beyond: 422.
pub const REMARK_CHARS: usize = 32;
/// Users one user blocks. Beyond: 409 `too_many_blocks`.
pub const BLOCKS: usize = 2_000;
/// Conversations one user has pinned, muted or hidden. Beyond: 409 `too_many_settings`.
pub const CONVERSATION_SETTINGS: usize = 4_000;
/// Earlier messages one draft may refer to. Beyond: 422.
pub const REFERENCES_PER_DRAFT: usize = 8;
/// Sessions of one user. Beyond: signing in ends the one used longest ago.
pub const SESSIONS_PER_USER: usize = 50;
/// People who run one server. Beyond: 409 `too_many_administrators`.
pub const ADMINISTRATORS: usize = 100;
/// Invitations to the server that let somebody in. Beyond: 409 `too_many_invitations`.
pub const SERVER_INVITATIONS: usize = 100;
/// Times one of them may be used. Beyond: 422.
pub const SERVER_INVITATION_USES: i64 = 1_000;
/// Days until one of them ends, at most. Beyond: 422.
pub const SERVER_INVITATION_DAYS: i64 = 365;
/// Reports of one user that nobody has decided about. Beyond: 409 `too_many_reports`.
pub const REPORTS_OPEN_PER_USER: i64 = 20;
/// Characters of the reason of a report, of what was done about it, and of what an invitation is
/// for. Beyond: 422.
pub const ADMINISTRATION_NOTE_CHARS: usize = 500;
/// Rows of one page of accounts, audit log or reports. Beyond: 422.
pub const ADMINISTRATION_ROWS: usize = 200;
/// Messages read at once for an export.
pub const EXPORT_MESSAGES: usize = 500;
/// Time between exports of one user, with two at once. Beyond: 429.
pub const EXPORT_EVERY: Duration = Duration::from_secs(600);
/// Posts of one user under way at once. Beyond: 429.
pub const POSTS_IN_FLIGHT_PER_USER: usize = 32;
/// Posts to one conversation under way at once. Beyond: 503.
pub const POSTS_IN_FLIGHT_PER_GROUP: usize = 512;
/// Posts under way at once in all. Beyond: 503.
pub const POSTS_IN_FLIGHT: usize = 4_096;
/// How long a caller waits for the answer to a write. Beyond: 503, which means "perhaps".
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(5);
/// Deliveries in one stream's queue. Beyond: the stream falls back to catching up from the log.
pub const STREAM_QUEUE_DELIVERIES: usize = 256;
/// Bytes in one stream's queue, whichever of the two comes first.
pub const STREAM_QUEUE_BYTES: usize = 64 * 1024;
/// Deliveries waiting for one user's actor. Beyond: one `behind` mark takes their place and all
/// streams of the user catch up from the log.
pub const USER_MAILBOX_DELIVERIES: usize = 1_024;
/// Drafts and other writes waiting for the journal. Beyond: 503.
pub const JOURNAL_QUEUE: usize = 8_192;
/// Entries of one transaction of the journal. More wait for the next.
pub const JOURNAL_BATCH: usize = 512;
/// How long a group may take to fan out what was committed. Beyond: the journal sends everyone
/// concerned to catch-up itself, so that one slow group does not hold the watermark.
pub const FAN_OUT_TIMEOUT: Duration = Duration::from_secs(1);
/// Members offered a delivery before the group's actor lets others run.
pub const FAN_OUT_CHUNK: usize = 256;
/// How often a draft whose expectation failed is admitted again. Beyond: 503.
pub const READMISSIONS: u32 = 2;
/// Messages of one page of catch-up. More come as the next page.
pub const PAGE_MESSAGES: usize = 256;
/// Bytes of one page of catch-up (at least one message is always in it).
pub const PAGE_BYTES: usize = 64 * 1024;
/// Pages read at once in all; more wait.
pub const PAGES_AT_ONCE: usize = 32;
/// Events of one long-poll answer. More wait for the next request.
pub const POLL_EVENTS: usize = 256;
/// Bytes of one long-poll answer.
pub const POLL_BYTES: usize = 256 * 1024;
/// How long a woken long-poll waits for company.
pub const POLL_COMPANY: Duration = Duration::from_millis(5);
/// Longest hold of a long-poll, in seconds. Beyond: 422.
pub const POLL_WAIT_MOST_S: u64 = 25;
/// Long-polls of one user held at once; a further one has the oldest answered at once.
pub const POLLS_PER_USER: usize = 16;
/// A user who polled this recently counts as online.
pub const POLL_PRESENCE: Duration = Duration::from_secs(15);
/// A user whose last stream ended stays online this long.
pub const PRESENCE_GRACE: Duration = Duration::from_secs(5);
/// Messages of one history page. Beyond: 422.
pub const HISTORY_MESSAGES: usize = 200;
/// Users or groups one search answers.
pub const FIND_RESULTS: usize = 50;
/// Characters of a word that searching tells apart: words that agree so far are one. Longer ones
/// are found by their beginning.
pub const SEARCH_WORD_CHARS: usize = 64;
/// Characters of what is searched for. Beyond: 422.
pub const SEARCH_QUERY_CHARS: usize = 128;
/// Different words, runs of characters and emoji of one search. Beyond: 422.
pub const SEARCH_QUERY_PIECES: usize = 16;
/// Characters of the text that a result shows. The rest is cut off.
pub const SEARCH_SNIPPET_CHARS: usize = 160;
/// Results of one page of a search. Beyond: 422.
pub const SEARCH_RESULTS: usize = 50;
/// Conversations that a search is narrowed down to in the index. A user of more searches the
/// whole index, and what they may not see is left out afterwards: slower, the same results.
pub const SEARCH_SCOPES: usize = 1_024;
/// Conversations that a search is narrowed down to from its first step on. Naming more costs more
/// than it saves where results are plenty, so with more only the steps behind the first do.
pub const SEARCH_SCOPES_AT_ONCE: usize = 16;
/// Positions of the log that the first step of a search looks at; each further one looks at four
/// times as many, up to [`SEARCH_SPAN_MOST`].
pub const SEARCH_SPAN: i64 = 16_384;
/// Positions of the log that one step of a search looks at: bounds what one question asks of the
/// store.
pub const SEARCH_SPAN_MOST: i64 = 16 * SEARCH_SPAN;
/// How long a search goes on taking steps. Beyond: it answers what it has, and where to go on.
pub const SEARCH_TIME: Duration = Duration::from_secs(1);
/// Searches under way at once in all; more wait. Fewer than a store has connections for reading,
/// so that searching never holds up the rest.
pub const SEARCHES_AT_ONCE: usize = 2;
/// Seconds' worth of searches that one user may make at once after a pause.
pub const SEARCH_BURST_SECONDS: u32 = 10;
/// Messages that are indexed in one transaction. More wait for the next.
pub const INDEX_BATCH: usize = 256;
/// How long the indexer rests before it looks for news again.
pub const INDEX_PAUSE: Duration = Duration::from_millis(250);
/// An index that lacks a message received longer ago than this says that it is behind.
pub const INDEX_BEHIND: Duration = Duration::from_secs(2);
/// Seconds between heartbeats of a stream, before the spread.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a stream lives before it is asked to come again, before the spread.
pub const STREAM_LIFE: Duration = Duration::from_secs(600);
/// The spread of [`HEARTBEAT`] and [`STREAM_LIFE`], in per cent to each side.
pub const SPREAD_PERCENT: u64 = 20;
/// A user's actor without stream or poll for this long is passivated.
pub const USER_IDLE: Duration = Duration::from_secs(60);
/// A conversation's actor without work for this long is passivated.
pub const GROUP_IDLE: Duration = Duration::from_secs(300);
/// Receipts a conversation's actor remembers to answer retries without asking the store.
pub const RECENT_RECEIPTS: usize = 512;
/// Least time between two stored read positions of one user in one conversation.
pub const READ_COALESCE: Duration = Duration::from_secs(1);
/// Least time between two typing signals of one user in one conversation. Beyond: 429.
pub const TYPING_EVERY: Duration = Duration::from_secs(1);
/// Least time between two stored uses of one session.
pub const SESSION_TOUCH_MS: i64 = 3_600_000;
/// A day, in milliseconds.
pub const DAY_MS: i64 = 86_400_000;
/// How long a file stays that no message has referred to yet. Then it is collected.
pub const FILE_UNUSED_MS: i64 = DAY_MS;
/// Characters of a file's name. What is longer is cut, its ending kept.
pub const FILE_NAME_CHARS: usize = 128;
/// What a small file counts towards [`Limits::upload_bytes_per_day`], in bytes.
pub const FILE_COUNTS_LEAST: i64 = 64 * 1024;
/// Files one draft may refer to. Beyond: 422.
pub const FILES_PER_DRAFT: usize = 16;
/// Uploads of one user under way at once. Beyond: 429.
pub const UPLOADS_PER_USER: usize = 4;
/// Uploads under way at once in all. Beyond: 503.
pub const UPLOADS: usize = 64;
/// Bytes that an upload gathers before it writes them. Each upload under way holds so many; file
/// storage that is not a directory takes [`UPLOAD_PART_REMOTE_BYTES`] instead.
pub const UPLOAD_PART_BYTES: usize = 256 * 1024;
/// The least that object stores take as a part.
pub const UPLOAD_PART_REMOTE_BYTES: usize = 5 * 1024 * 1024;
/// Bytes of a file that are looked at to find out what it is.
pub const SNIFF_BYTES: usize = 4 * 1024;
/// Bytes of a picture's file. What is larger is an ordinary file, whatever it shows.
pub const PICTURE_BYTES: u64 = 32 * 1024 * 1024;
/// Pixels of a picture. Beyond: 422 `picture_too_large`.
pub const PICTURE_PIXELS: u64 = 40_000_000;
/// Pixels of all frames of a moving picture together. Beyond: 422 `picture_too_large`.
pub const PICTURE_PIXELS_MOVING: u64 = 200_000_000;
/// Frames of a moving picture. Beyond: 422 `picture_too_large`.
pub const PICTURE_FRAMES: usize = 2_000;
/// Bytes of a picture after it was made anew. Beyond: 422 `picture_too_large`.
pub const PICTURE_REMADE_BYTES: usize = 64 * 1024 * 1024;
/// Pictures worked on at once, each with its file in memory and a core to itself.
pub const PICTURES_AT_ONCE: usize = 2;
/// MiB that the pictures worked on at once may take when unpacked, all together. More wait.
pub const PICTURE_MEMORY_MIB: usize = 512;
/// Pictures waiting to be worked on. Beyond: 503.
pub const PICTURES_WAITING: usize = 32;
/// Bytes of a thumbnail. A small picture that has no more is its own.
pub const THUMBNAIL_BYTES: usize = 64 * 1024;
/// The longer side of a thumbnail, in pixels.
pub const THUMBNAIL_PIXELS: u32 = 400;
/// The side of a large avatar, in pixels; a small one has [`AVATAR_SMALL_PIXELS`].
pub const AVATAR_PIXELS: u32 = 240;
/// The side of a small avatar, in pixels.
pub const AVATAR_SMALL_PIXELS: u32 = 96;
/// How long the file storage may take to say whose files it holds. Beyond: no start.
pub const STORAGE_ANSWERS: Duration = Duration::from_secs(30);
/// How long a start waits for another server to leave its files: a successor for one that is
/// just stopping. Beyond: no start.
pub const STORAGE_LOCK: Duration = Duration::from_secs(3);
/// How soon after the start the first round of collecting begins.
pub const COLLECT_FIRST: Duration = Duration::from_secs(5);
/// Pause between two rounds of collecting files.
pub const COLLECT_EVERY: Duration = Duration::from_secs(300);
/// Files and contents collected by one entry. More follow at once.
pub const COLLECT_AT_ONCE: usize = 256;
/// Entries of one round of collecting. More follow in the next.
pub const COLLECT_ENTRIES: usize = 64;
/// Pause between two rounds of looking for objects that no content names.
pub const SWEEP_EVERY: Duration = Duration::from_secs(86_400);
/// How old an object must be before it is taken for left behind.
pub const SWEEP_AGE_MS: i64 = 6 * 3_600_000;

/// Rates tracked at once. Beyond: the idle ones are forgotten, then any one of them.
pub const RATES_TRACKED: usize = 65_536;
/// Rows that an export or import reads from a store at once. More come as the next page.
pub const TRANSFER_PAGE_ROWS: usize = 512;
/// Bytes at which a file of an export is closed; it holds at least one row.
pub const TRANSFER_FILE_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of the largest file of an export that is read. Beyond: refused, no export wrote it.
pub const TRANSFER_FILE_BYTES_MOST: u64 = 64 * 1024 * 1024;
/// Bytes of the largest manifest that is read. Beyond: refused, no export wrote it.
pub const TRANSFER_MANIFEST_BYTES_MOST: u64 = 256 * 1024 * 1024;
/// Conversations of one export or import: their hashes are kept in memory, about 200 bytes each.
/// Beyond: refused.
pub const TRANSFER_CONVERSATIONS: usize = 8_000_000;
/// Differences that a failed import names. Beyond: said to be more.
pub const TRANSFER_DIFFERENCES: usize = 8;
/// Bytes of a file with a record of another program: it is read into memory whole. Beyond: refused.
pub const RECORD_BYTES: u64 = 256 * 1024 * 1024;
/// Lines that a report names for each reason why they were left out. Beyond: counted only.
pub const RECORD_SKIPPED_NAMED: usize = 5;

/// The bounds that configuration may change. Where 0 means "unlimited", the field says so.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most an owner may set as member limit.
    pub group_members_most: i64,
    /// Groups one user is in; 0: unlimited. Beyond: 409 `too_many_groups`.
    pub groups_per_user: i64,
    /// Posts of one user per second, with a burst of three times as many; 0: unlimited.
    /// Beyond: 429 with Retry-After.
    pub posts_per_second: u32,
    /// Searches of one user per second, with a burst of ten times as many; 0: unlimited.
    /// Beyond: 429 with Retry-After.
    pub searches_per_second: u32,
    /// Streams of one user; 0: unlimited. A further one closes the oldest with `superseded`.
    pub streams_per_user: usize,
    /// Messages a cursor may lie behind, counting those its user may see; 0: unlimited.
    /// Beyond: `reset`.
    pub catch_up_messages: i64,
    /// Who may write to whom directly.
    pub direct: DirectPolicy,
    /// Days a session lives without being used; 0: for ever.
    pub session_days: i64,
    /// Bytes of one file; 0: unlimited. Beyond: 413.
    pub file_bytes: u64,
    /// Bytes that one user may upload in 24 hours; 0: unlimited. Beyond: 429.
    pub upload_bytes_per_day: i64,
}

/// Who may write to whom directly. Blocks and disabled accounts come before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DirectPolicy {
    /// Friends only.
    Friends,
    /// Friends, and people who share a group.
    #[default]
    Groups,
    /// Everyone.
    Everyone,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            group_members_most: 2_000,
            groups_per_user: 500,
            posts_per_second: 10,
            searches_per_second: 2,
            streams_per_user: 8,
            catch_up_messages: 10_000,
            direct: DirectPolicy::default(),
            session_days: 30,
            file_bytes: 20 * 1024 * 1024,
            upload_bytes_per_day: 1_000 * 1024 * 1024,
        }
    }
}

// A batch must fit into the queue, a user's posts into the whole, a message into every queue
// that carries it, and a page into an answer of a long-poll.
const _: () = assert!(JOURNAL_BATCH <= JOURNAL_QUEUE);
const _: () = assert!((TRANSFER_FILE_BYTES as u64) < TRANSFER_FILE_BYTES_MOST);
const _: () = assert!(POSTS_IN_FLIGHT <= JOURNAL_QUEUE);
const _: () = assert!(POSTS_IN_FLIGHT_PER_USER <= POSTS_IN_FLIGHT_PER_GROUP);
const _: () = assert!(POSTS_IN_FLIGHT_PER_GROUP <= POSTS_IN_FLIGHT);
const _: () = assert!(MESSAGE_BODY_BYTES < STREAM_QUEUE_BYTES);
const _: () = assert!(FRIENDS <= MAP_ENTRIES && BLOCKS <= MAP_ENTRIES && BANS <= MAP_ENTRIES);
const _: () = assert!(CONVERSATION_SETTINGS <= MAP_ENTRIES && MAP_ENTRIES < EFFECTS_PER_MESSAGE);
// A recalled, then noted message must still fit a queue: notes are bounded apart from the body.
const _: () = assert!(REACTIONS_PER_MESSAGE * (MAP_KEY_BYTES + 16) < STREAM_QUEUE_BYTES / 4);
const _: () = assert!(PAGE_MESSAGES <= POLL_EVENTS);
const _: () = assert!(PAGE_BYTES <= POLL_BYTES);
const _: () = assert!(STREAM_QUEUE_DELIVERIES <= USER_MAILBOX_DELIVERIES);
const _: () = assert!(SEARCH_SCOPES_AT_ONCE <= SEARCH_SCOPES);
const _: () = assert!(SEARCH_QUERY_PIECES <= SEARCH_QUERY_CHARS);
const _: () = assert!(INDEX_PAUSE.as_millis() * 2 < INDEX_BEHIND.as_millis());
const _: () = assert!(HEARTBEAT.as_secs() * (100 + SPREAD_PERCENT) / 100 < 20);
const _: () = assert!(PICTURE_PIXELS * 8 <= (PICTURE_MEMORY_MIB as u64) << 20);
const _: () = assert!(PICTURE_PIXELS <= PICTURE_PIXELS_MOVING);
const _: () = assert!(PICTURE_BYTES <= PICTURE_REMADE_BYTES as u64);
const _: () = assert!(SNIFF_BYTES <= UPLOAD_PART_BYTES);
const _: () = assert!(UPLOADS_PER_USER <= UPLOADS);
const _: () = assert!(AVATAR_SMALL_PIXELS < AVATAR_PIXELS);
