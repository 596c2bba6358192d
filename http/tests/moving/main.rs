//! Moving and keeping the data: export, import, backup, and records of other programs. Black box:
//! the program as an operator runs it, also killed in the middle. One binary, because linking is
//! dear.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what is wrong by where it panics"
)]

mod backup;
mod irc;
mod killed;
mod place;
#[path = "../refusals/common/program.rs"]
mod program;
mod qq;
mod switch;

/// The program under test.
const BINARY: &str = env!("CARGO_BIN_EXE_webqq");
