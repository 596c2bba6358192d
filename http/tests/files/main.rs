//! Files from outside: the shipped binary, real sockets, real pictures, and what lies on the disk.
//!
//! | module | proves |
//! |---|---|
//! | [`uploads`] | what goes in comes out; limits, slow and broken clients, memory |
//! | [`downloads`] | parts, caches, headers, and who may have what |
//! | [`pictures`] | nothing hidden is left in them, and bombs do not go off |
//! | [`avatars`] | faces of users and groups |
//! | [`crashes`] | a killed server leaves nothing for ever |
//! | [`whose`] | two logs do not share a directory |
//!
//! [`place`] is a server with people in it.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

mod avatars;
mod crashes;
mod downloads;
mod pictures;
mod place;
#[expect(dead_code, reason = "what other tests run, too")]
#[path = "../refusals/common/program.rs"]
mod program;
mod uploads;
mod whose;

use place::BINARY;
