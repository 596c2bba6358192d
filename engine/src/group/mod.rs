//! A conversation: its state and rules ([`state`], [`admission`], both pure), its actor
//! ([`actor`] admits, [`settling`] takes what the journal says; a thin shell), and what the actor
//! hands out ([`fan_out`]).

pub(crate) mod actor;
pub(crate) mod admission;
pub(crate) mod fan_out;
pub(crate) mod settling;
pub mod state;
