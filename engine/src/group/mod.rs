//! A conversation: its state ([`state`], with its [`terms`] and [`settings`]) and rules
//! ([`admission`], `companions`), all pure, its actor
//! ([`actor`] admits, [`settling`] takes what the journal says; a thin shell), and what the actor
//! hands out ([`fan_out`]).

pub(crate) mod actor;
pub(crate) mod admission;
mod companions;
pub(crate) mod fan_out;
pub mod settings;
pub(crate) mod settling;
pub mod state;
pub mod terms;
