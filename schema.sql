-- The tables of WebQQ, for PostgreSQL and for SQLite alike: the common subset of both, applied at
-- every start (`create … if not exists`). Times are Unix milliseconds. UUIDs are `uuid` in
-- PostgreSQL and 16-byte blobs in SQLite. Lists of users are UUIDs in text, joined by commas.
-- "folded" is trimmed and lower case by Unicode's rules, made by the engine, because the
-- databases disagree about case outside ASCII.

-- The end of the log, and what makes its batches whole. One row. The writer locks it for the
-- length of its transaction: so position order is commit order.
create table if not exists head (
    id             bigint  not null primary key check (id = 1), -- always 1
    schema_version bigint  not null,           -- which version of this file made the tables
    epoch          bigint  not null,           -- which past this log has; new after restore and import
    secret         text    not null,           -- 32 bytes in hexadecimal: keys the digests of messages
    position       bigint  not null,           -- the last message's position; 0: none
    batch          bigint  not null,           -- batches the journal has committed
    outcomes       text    not null,           -- what became of the entries of the last batch, as JSON
    next_number    bigint  not null,           -- the next public number of a user or group
    access_version bigint  not null            -- raised by commands that end sessions or change rights
);

-- Who can sign in. A deleted account stays, disabled and renamed.
create table if not exists users (
    id              uuid    not null primary key, -- made by the engine
    number          bigint  not null unique,      -- public number, from 10001 up; shared with groups
    username        text    not null,             -- as typed
    username_folded text    not null unique,      -- for signing in and for uniqueness
    name            text    not null,             -- display name
    name_folded     text    not null,             -- for finding
    signature       text    not null,             -- a line about oneself
    status          text    not null,             -- chosen: online, away, busy, invisible
    avatar          uuid,                         -- a file; null: none
    read_receipts   boolean not null,             -- shows how far one has read in direct chats, and sees it
    password_hash   text,                         -- PHC string; null: cannot sign in with a password
    administrator   boolean not null,             -- runs the server
    disabled        boolean not null,             -- may no longer sign in
    deleted         boolean not null,             -- ended by its owner; disabled for ever
    bot_of          uuid,                         -- whose bot it is; null: a person
    created_at      bigint  not null              -- when they signed up
);
create index if not exists users_name on users (name_folded);
create index if not exists users_administrators on users (id) where administrator;
create index if not exists users_bots on users (bot_of) where bot_of is not null;

-- Signed-in devices. The token itself is never stored.
create table if not exists sessions (
    id         uuid   not null primary key, -- names the device in lists
    user_id    uuid   not null,             -- whose
    token_hash text   not null unique,      -- SHA-256 of the token, in hexadecimal
    device     text   not null,             -- what the device calls itself
    created_at bigint not null,             -- when it signed in
    last_used  bigint not null              -- at most an hour behind
);
create index if not exists sessions_user on sessions (user_id);

-- Places where messages are ordered: groups, direct chats, and each user's own settings.
create table if not exists conversations (
    id             uuid    not null primary key, -- a group's id; derived from the pair; the user's id
    type           text    not null,             -- group, direct, self
    number         bigint  unique,               -- public number of a group; null for others
    name           text    not null,             -- a group's name; empty for others
    name_folded    text    unique,               -- a group's folded name; null for others and when dissolved
    description    text    not null,             -- what the group is about
    announcement   text    not null,             -- what everyone in the group should know
    announced_by   uuid,                         -- who wrote the announcement
    announced_at   bigint,                       -- when
    avatar         uuid,                         -- a file; null: none
    join_mode      text    not null,             -- open, approval, invitation, closed
    member_limit   bigint  not null,             -- members at most
    history_shared boolean not null,             -- newcomers may read what was said before
    mute_all       boolean not null,             -- only owner and admins post
    slow_mode      bigint  not null,             -- seconds a member waits between two posts; 0: none
    dissolved_at   bigint,                       -- the group is over since then; null: it is not
    seq            bigint  not null,             -- the last message's seq; 0: none
    counted        bigint  not null,             -- unread-worthy messages so far
    head_position  bigint  not null,             -- the last message's position
    member_count   bigint  not null,             -- open stays
    owner          uuid,                         -- of a group
    created_at     bigint  not null,             -- when it began
    check (member_count between 0 and member_limit),
    check (type <> 'group' or owner is not null or dissolved_at is not null)
);

-- Membership: one row for each time somebody came, never reopened.
create table if not exists stays (
    conversation      uuid   not null, -- where
    user_id           uuid   not null, -- who
    joined_position   bigint not null, -- position of the message that opened it (direct: the head then)
    from_seq          bigint not null, -- the first seq that history shows; 1 where history is shared
    role              text   not null, -- owner, admin, member
    muted_until       bigint,          -- may not post until then
    card              text   not null, -- what the user is called here; empty: as everywhere else
    posted_at         bigint,          -- when the user last posted something unread-worthy
    read_seq          bigint not null, -- read up to here
    read_counted      bigint not null, -- unread-worthy messages up to there
    shown_seq         bigint not null, -- read up to here, as the other of a direct chat may know
    left_position     bigint,          -- position of the message that ended it; null: open
    left_seq          bigint,          -- its seq
    left_counted      bigint,          -- unread-worthy messages up to it
    left_name         text,            -- what the conversation was called then
    left_member_count bigint,          -- who was left behind
    primary key (conversation, user_id, joined_position)
);
create unique index if not exists stays_open on stays (conversation, user_id) where left_position is null;
create unique index if not exists stays_owner on stays (conversation) where left_position is null and role = 'owner';
create index if not exists stays_user on stays (user_id, conversation);

-- The log.
create table if not exists messages (
    position     bigint not null primary key, -- place in the whole log; rises in commit order
    conversation uuid   not null,             -- where
    seq          bigint not null,             -- place in the conversation: 1, 2, 3 … without gaps
    counted      bigint not null,             -- unread-worthy messages up to and including it
    kind         text   not null,             -- text, group.join, …
    sender       uuid   not null,             -- who; the nil UUID is the system
    sender_name  text   not null,             -- their display name at the time
    body         text,                        -- JSON; null once recalled
    client_id    uuid   not null,             -- the client's name for it: a retry is the same message
    digest       text   not null,             -- keyed hash of kind and body as sent; empty once recalled
    sent_at      bigint not null,             -- when
    added        text   not null,             -- users it made members
    removed      text   not null,             -- users it removed
    audience     text,                        -- who sees it; null: everyone
    mentions     text   not null,             -- whom it calls; the nil UUID is everyone
    notes        text,                        -- JSON: what later messages noted on it, by kind and key
    unique (conversation, seq),
    unique (conversation, sender, client_id)
);
create unique index if not exists messages_by_position on messages (conversation, position);

-- What each kind remembers about a conversation.
create table if not exists kind_states (
    conversation uuid not null, -- where
    kind         text not null, -- whose
    state        text not null, -- JSON
    primary key (conversation, kind)
);

-- Maps that a conversation keeps: who waits to be let in, who is banned; in a user's own
-- conversation friends, folders, blocks, and settings for other conversations.
create table if not exists map_entries (
    conversation uuid not null, -- where
    map          text not null, -- the map's name: group.request, friend, block, …
    key          text not null, -- which entry
    value        text not null, -- JSON
    primary key (conversation, map, key)
);

-- Whom a message calls, a row for each, to count them behind a read position.
create table if not exists mentions (
    conversation uuid   not null, -- where
    user_id      uuid   not null, -- who; the nil UUID is everyone
    seq          bigint not null, -- which message
    primary key (conversation, user_id, seq)
);

-- Skeletons of names (UTS 39): what a name looks like. A name whose look somebody else has is
-- refused. Those of deleted accounts stay.
create table if not exists looks (
    space    text not null, -- among which names: user, group
    skeleton text not null, -- folded; a name has one or two
    owner    uuid not null, -- the user or group
    primary key (space, skeleton)
);

-- Codes to sign up with, where that needs one. The code itself is never stored.
create table if not exists invitations (
    id         uuid   not null primary key, -- names it in lists
    code_hash  text   not null unique,      -- SHA-256 of the code, in hexadecimal
    note       text   not null,             -- whom it is for
    created_by uuid,                        -- the administrator; null: the command line
    created_at bigint not null,             -- when
    expires_at bigint not null,             -- good until then
    uses       bigint not null,             -- how many may sign up with it
    used       bigint not null,             -- how many have
    check (used between 0 and uses)
);

-- What the people who run the server did. Rows are only ever added.
create table if not exists audit (
    id            bigint not null primary key, -- 1, 2, 3 …
    at            bigint not null,             -- when
    administrator uuid,                        -- who; null: the command line
    act           text   not null,             -- user.disable, report.close, …
    target        uuid,                        -- the user, invitation, report or group
    detail        text   not null,             -- JSON; holds no secret
    address       text                         -- from which address; null: the command line
);

-- Messages that somebody asked the people who run the server to look at.
create table if not exists reports (
    id           uuid   not null primary key, -- follows from reporter, conversation and seq
    number       bigint not null unique,      -- 1, 2, 3 …
    reporter     uuid   not null,             -- who
    reason       text   not null,             -- why
    created_at   bigint not null,             -- when
    conversation uuid   not null,             -- where the message stands
    seq          bigint not null,             -- its place there
    kind         text   not null,             -- its kind
    sender       uuid   not null,             -- who posted it
    sender_name  text   not null,             -- their display name then
    body         text,                        -- a copy of its body; null once the report is closed
    sent_at      bigint not null,             -- when it was posted
    state        text   not null,             -- open, resolved, dismissed
    judged_by    uuid,                        -- who decided
    judged_at    bigint,                      -- when
    note         text   not null              -- what was done about it
);
create index if not exists reports_reporter on reports (reporter, state);
create index if not exists reports_state on reports (state, number);

-- How far the search index reaches. One row. The index itself is not common to both databases:
-- `search.sql` beside each store's code.
create table if not exists search_state (
    id       bigint not null primary key check (id = 1), -- always 1
    version  bigint not null,                            -- which cutter made the terms
    position bigint not null                             -- every message up to here is in the index
);

-- Contents of files, each once: who uploads what is there already shares it. Its bytes are an
-- object of the file storage under the blob's id. The object is there before the row, and goes
-- after it.
create table if not exists blobs (
    id         uuid   not null primary key, -- made by the engine; names the object, never used twice
    sha256     text   not null unique,      -- of the bytes, in hexadecimal
    size       bigint not null,             -- bytes
    mime       text   not null,             -- what it is, found in it
    uses       bigint not null,             -- files that hold it, as content or thumbnail
    created_at bigint not null              -- when it was first uploaded
);
create index if not exists blobs_unused on blobs (id) where uses = 0;

-- Uploads: one row for each. What it may be called, and who may have it, hangs on the upload and
-- not on its bytes.
create table if not exists files (
    id         uuid   not null primary key, -- made by the engine
    blob       uuid,                        -- content; null once collected, while the day's limit counts it
    thumbnail  uuid,                        -- a small picture of it; null: none
    owner      uuid   not null,             -- who uploaded it
    purpose    text   not null,             -- attachment, avatar
    name       text   not null,             -- what the uploader called it, cleaned
    mime       text   not null,             -- what it is, found in the content
    size       bigint not null,             -- bytes of the content
    width      bigint,                      -- of a picture, in pixels
    height     bigint,                      -- of a picture, in pixels
    uploaded   bigint not null,             -- bytes that count towards the uploader's limit for a day
    uses       bigint not null,             -- messages that refer to it, and faces that show it
    expires_at bigint,                      -- may be collected from then on; null: in use
    created_at bigint not null              -- when it was uploaded
);
create index if not exists files_owner on files (owner, created_at);
create index if not exists files_expiring on files (expires_at) where expires_at is not null;

-- Which messages refer to which files. A recall takes its rows away.
create table if not exists message_files (
    conversation uuid   not null, -- where
    seq          bigint not null, -- the message's place
    file         uuid   not null, -- what it refers to
    primary key (conversation, seq, file)
);
create index if not exists message_files_file on message_files (file);

-- An import that is under way. No row: none. A server does not start on a store that has one.
create table if not exists import_progress (
    id       bigint not null primary key check (id = 1), -- always 1
    export   text   not null, -- which export: the SHA-256 of its manifest, in hexadecimal
    segments bigint not null  -- how many of its files are in
);
