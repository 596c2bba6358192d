//! A user: the actor that holds their streams ([`actor`]), what connects it to one stream
//! ([`port`]), the stream's own bookkeeping ([`track`], pure), and the two things a client reads:
//! [`feed`] (for streams) and [`poll`].

pub(crate) mod actor;
pub mod attach;
pub(crate) mod entries;
pub mod feed;
pub mod poll;
pub mod port;
pub(crate) mod track;
