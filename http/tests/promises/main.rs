//! The promises of `docs/PROTOCOL.md`, proved from outside: the shipped binary as a child process,
//! real sockets, real kills, and both stores.
//!
//! | module | proves |
//! |---|---|
//! | [`delivery`] | every listener applies every message exactly once, whatever happens to its connection |
//! | [`durability`] | what was acknowledged survives `kill -9`, once |
//! | [`limits`] | a group's last place goes to one, and it has one owner; a ninth stream ends the first |
//! | [`shutdown`] | a stop is clean, and a start that cannot work says so |
//! | [`stalled`] | a reader that does not read costs its queue, and loses nothing |
//! | [`outage`] | without its database the server is honest, and works again by itself |
//! | [`read_positions`] | what was read here is read on every device; typing arrives |
//! | [`sessions_end`] | a session that ended is refused, and its streams and polls end |
//! | [`bots_end`] | those of a bot end with its owner's account |
//! | [`stalled_sessions`] | also those of a stream that nobody reads |
//! | [`people`] | friends, recalls, mentions, receipts; who is invisible leaks nowhere |
//! | [`stays`] | nobody is shown what was said while they were not a member |
//!
//! The rest is what they share: [`world`] a server with people in it, [`reader`] the client's rule,
//! [`listener`] clients that listen over connections that break, [`poster`] clients that post.
//!
//! One program and not one per promise: each would link the whole kit again. Nothing here asserts
//! that anything is fast; the time limits are the promised ones, or there to end a test that hangs.

mod bots_end;
mod delivery;
mod durability;
mod limits;
mod listener;
mod outage;
mod people;
mod poster;
mod read_positions;
mod reader;
mod sessions_end;
mod shutdown;
mod stalled;
mod stalled_sessions;
mod stays;
mod world;
