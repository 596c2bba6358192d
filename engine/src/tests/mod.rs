//! The actors' ring of tests: the shipped actors over the memory store, under a paused clock.
//!
//! [`world`] starts an engine with users and groups; [`client`] is a client with its rule, which
//! checks every promise about feeds as it goes. [`interleavings`] holds one test per schedule that
//! loses or doubles a message when a rule of the protocol is left out; [`schedules`] looks for
//! more of them at random, by seed.

#![expect(
    clippy::disallowed_methods,
    reason = "crashing actors is what these tests are for"
)]

mod client;
mod endings;
mod files;
mod hooked;
mod interleavings;
mod schedules;
mod world;
