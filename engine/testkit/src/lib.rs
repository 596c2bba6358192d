//! What the tests of every package share. Never a dependency of shipped code.
//!
//! | module | gives |
//! |---|---|
//! | [`temp_dir`] | a directory that goes when the test passes and stays when it fails |
//! | [`postgres`] | a private PostgreSQL server, fresh databases, restarts and crashes on request |
//! | [`tcp_proxy`] | a wire that can be cut, stalled, or cut at a chosen request |
//! | [`server`] | the `webqq` binary as a child process |
//! | [`http`] | a small blocking HTTP/1.1 client for black-box tests |
//! | [`pictures`] | pictures with something hidden in them, and bombs |
//! | [`sse`] | a reader of Server-Sent Events over a raw socket |
//!
//! Everything here blocks and uses threads, so that a test sees real sockets and real time. All of
//! it may be called from inside an async runtime, except [`postgres::Database::client`].
//! Failures panic with a sentence: a test has nobody else to tell.

pub mod http;
pub mod pictures;
pub mod postgres;
pub mod server;
pub mod sse;
pub mod tcp_proxy;
pub mod temp_dir;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Waits until `check` holds, looking every 5 ms.
///
/// # Panics
/// When it does not hold within `timeout`; `what` is the message's subject.
pub fn eventually(timeout: Duration, what: &str, mut check: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !check() {
        assert!(begun.elapsed() < timeout, "{what}: not within {timeout:?}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A name part that no other test, process or machine that shares a server has.
/// Letters, digits and underscores only: it goes into database names unquoted.
fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}_{count}_{:08x}", std::process::id(), random() as u32)
}

/// 64 random bits: a fresh hasher's keys are the only randomness the standard library has.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}
