//! The WebQQ server: HTTP, Server-Sent Events and long-poll over [`webqq_engine`].
//!
//! | room | what is there |
//! |---|---|
//! | [`app`] | all routes on one screen |
//! | [`users`], [`account`], [`sessions`], [`conversations`], [`messages`], [`search`], [`groups`], [`members`], [`admission`], [`friends`], [`bots`], [`reports`] | one file per thing that routes are about |
//! | [`admin`] | for the people who run the server |
//! | [`files`], [`avatars`], [`uploads`], `ranges` | bytes in and out |
//! | [`stream`], [`poll`] | the two ways a feed leaves |
//! | [`error`], `refusals`, [`answers`] | problem+json: all status codes, and what the engine refuses |
//! | [`body`], [`params`], [`strict_json`], [`typed`] | input, read strictly |
//! | [`auth`], [`origin`], [`password`], [`rate`], [`address`] | who asks, from where, how often |
//! | [`listener`] | the accept loop and its time-outs |
//! | [`assets`] | the page |
//! | [`config`], [`file_options`], [`urls`], [`commands`], [`user_commands`], [`server`] | the command line, and what it runs |
//! | [`openapi`], [`operations`], [`shapes`] | what tools read |

pub mod account;
pub mod address;
pub mod admin;
pub mod admission;
pub mod answers;
pub mod app;
pub mod assets;
pub mod auth;
pub mod avatars;
pub mod bind;
pub mod body;
pub mod bots;
pub mod commands;
pub mod config;
pub mod conversations;
pub mod error;
pub mod file_options;
pub mod files;
pub mod friends;
pub mod groups;
mod join;
pub mod listener;
pub mod members;
pub mod messages;
pub mod openapi;
pub mod operations;
pub mod origin;
pub mod params;
pub mod password;
pub mod poll;
mod ranges;
pub mod rate;
mod rate_options;
mod refusals;
pub mod reports;
pub mod search;
pub mod server;
pub mod sessions;
pub mod shapes;
mod slim;
mod socket;
pub mod stream;
pub mod strict_json;
pub mod typed;
pub mod uploads;
pub mod urls;
pub mod user_commands;
pub mod users;
