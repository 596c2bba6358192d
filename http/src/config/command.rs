//! What can be asked of the program besides serving.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::User;
use super::moving::{Backup, Export, Import, ImportIrc, ImportQq};

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run the server (this is what happens without a command)
    Serve,
    /// Prepare or look after the database
    #[command(subcommand)]
    Db(Db),
    /// Manage accounts from the command line
    #[command(subcommand)]
    User(User),
    /// Fill an empty database with users and groups, for load tests
    Seed(Seed),
    /// Write everything the store holds into a directory, also while a server runs
    Export(Export),
    /// Fill an empty store with what `webqq export` wrote
    Import(Import),
    /// Copy the SQLite database into a file, also while a server runs
    Backup(Backup),
    /// Put an IRC log into a group
    ImportIrc(ImportIrc),
    /// Put a chat record that QQ exported as text (消息记录) into a group
    ImportQq(ImportQq),
}

/// `webqq db …`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Db {
    /// Create the tables; harmless when they exist (the server does it by itself at start)
    Init,
    /// Make every client start over; needed after a backup was put back. Stop the server first
    NewEpoch,
    /// Make the search index anew; the server keeps it by itself. Stop the server first
    Reindex,
}

/// `webqq seed …`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Seed {
    /// Users to create
    #[arg(long, value_name = "N")]
    pub users: u32,
    /// Groups to create
    #[arg(long, value_name = "G")]
    pub groups: u32,
    /// Members of each group
    #[arg(long, value_name = "M")]
    pub members: u32,
    /// File for the created accounts and their tokens, one per line; keep it to yourself
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}
