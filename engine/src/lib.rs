//! The chat engine of WebQQ: user and group actors over a durable log. Usable without HTTP.
//!
//! The map, in reading order:
//!
//! | room | what is there |
//! |---|---|
//! | [`ids`], [`limits`], [`message`], [`names`], [`looks`] | what things are called, how many there may be, what travels |
//! | [`kind`], [`context`], [`effects`], [`kinds`] | the extension point: the trait, what a rule looks at, what it changes; the kinds that ship |
//! | [`group::state`] | what a conversation is: pure, a fold of its log |
//! | [`store`] | what is kept: the contract, the pure plan of a batch, SQLite, PostgreSQL, memory |
//! | `mailbox`, `slot`, `directory` | what actors can be told, where they live, who starts and buries them |
//! | `group/actor` | admits drafts, fans out what was committed |
//! | `journal`, `watermark`, `recovery` | the one writer, what was handed over, what is done after a crash |
//! | [`user`] | a user's actor, its ports, and what clients read: [`user::feed`], [`user::poll`] |
//! | [`engine`] | the one handle; `posting`, [`accounts`], [`groups`], [`membership`], [`links`], [`bots`], [`friends`], [`reading`], [`departure`], [`administration`], [`oversight`] are its chapters |
//! | [`figures`] | what the engine counts about itself |
//! | [`search`] | terms, queries, the indexer behind the log, and finding |
//! | [`files`] | what messages carry beside their bodies: storage, pictures, collecting |
//! | [`transfer`], [`records`] | moving a store's content; records of other programs as groups |
//! | [`runtime`] | clock, sleep, spawn, randomness, ids: the seam to the world |
//!
//! The way of one message: [`Engine::post`] → `GroupMail::Post` → `group::admission` →
//! `journal` → [`store::Store::commit`] → the poster's receipt, and `GroupMail::Settled` →
//! `group::fan_out` → `UserMail::Deliver` → a port's queue → [`user::feed::Feed::next`].

pub mod accounts;
pub mod administration;
pub mod bots;
pub mod context;
mod core;
pub mod departure;
mod directory;
pub mod effects;
pub mod engine;
pub mod figures;
pub mod files;
pub mod friends;
pub mod group;
pub mod groups;
pub mod ids;
mod journal;
pub mod kind;
pub mod kinds;
pub mod limits;
pub mod links;
pub mod looks;
mod mailbox;
pub mod membership;
pub mod message;
pub mod names;
pub mod oversight;
mod places;
mod posting;
mod rates;
pub mod reading;
pub mod records;
mod recovery;
mod rejection;
pub mod runtime;
pub mod search;
pub mod seed;
mod slot;
pub mod store;
#[cfg(test)]
mod tests;
pub mod transfer;
pub mod typed;
pub mod user;
mod watermark;

pub use engine::Engine;
