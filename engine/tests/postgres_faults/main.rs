//! What PostgreSQL, the network and other servers do to the store, over a real server: nothing
//! that was acknowledged is lost, nothing is written twice, nothing takes five seconds, and
//! everything works again by itself.

#![expect(
    clippy::unwrap_used,
    reason = "also what prepares a test may end it at the first surprise"
)]

mod common;
mod connections;
mod setup;
mod writers;
