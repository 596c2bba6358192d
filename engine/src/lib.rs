//! The chat engine of WebQQ: user and group actors over a durable log.

pub mod group;
pub mod ids;
pub mod kind;
pub mod kinds;
pub mod limits;
pub mod message;
pub mod store;
