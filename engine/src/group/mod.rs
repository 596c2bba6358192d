//! A conversation: its state and rules ([`state`], pure) and its actor ([`actor`], a thin shell).

pub mod state;
