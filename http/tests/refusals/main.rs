//! What the server refuses, and how: bad input on every route, access by role, cross-site requests,
//! limits, the command line. Black box, over real sockets. One binary, because linking is dear.

mod access;
mod accounts;
mod administration;
mod bad_address;
mod bad_cursor;
mod bad_input;
mod bad_wire;
mod bots;
mod command_line;
mod common;
mod csrf;
mod departure;
mod fixtures;
mod hidden;
mod limits;
mod mended;
mod openapi;
mod races;
mod rates;
mod readme;
mod search;
mod seed;
mod sessions;
