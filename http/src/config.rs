//! The command line and the environment, read once, checked, and turned into values.
//!
//! [`Cli`] is what may be typed; [`Config`] is what it means. Nothing after this file sees a text that is still
//! to be checked. Every option is also an environment variable (`WEBQQ_` + its name), and works
//! before and after the command.

use std::{
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, error::ErrorKind};

use crate::address::Network;
use crate::file_options::{FileOptions, Files};
use crate::rate_options::RateOptions;
pub use crate::rate_options::Rates;
pub use crate::urls::{PostgresUrl, PublicUrl, Store};
pub use crate::user_commands::User;

/// The name of the SQLite file in `--data`.
const SQLITE_FILE: &str = "webqq.db";

/// The smallest member limit that means anything: an owner, an admin, a member.
const FEWEST_MEMBERS: u32 = 3;

/// A chat server: groups and direct messages, in the browser.
///
/// Without a command it serves; then open the address that it prints. Everything it keeps is in one
/// directory (--data).
#[derive(Debug, Parser)]
#[command(
    name = "webqq",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
#[command(after_help = "Every option can also be set in the environment, as shown in [env: …].")]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

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
}

/// `webqq db …`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Db {
    /// Create the tables; harmless when they exist (the server does it by itself at start)
    Init,
    /// Make every client start over; needed after a backup was put back. Stop the server first
    NewEpoch,
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

#[derive(Debug, Clone, Args)]
struct Options {
    /// Address and port to serve on; port 0 takes a free one, 0.0.0.0 or [::] every address of
    /// this machine
    #[arg(long, global = true, env = "WEBQQ_LISTEN", value_name = "ADDRESS:PORT")]
    #[arg(default_value = "127.0.0.1:8080", value_parser = listen, help_heading = "Network")]
    listen: SocketAddr,

    /// Address that users type, such as https://chat.example.org; with it, sign-in cookies are
    /// bound to https and only pages of that address may post [default: what the browser says]
    #[arg(long, global = true, env = "WEBQQ_PUBLIC_URL", value_name = "URL")]
    #[arg(help_heading = "Network")]
    public_url: Option<String>,

    /// Reverse proxies whose X-Forwarded-For is believed: addresses or networks (10.0.0.0/8),
    /// repeated or separated by commas [default: none]
    #[arg(
        long,
        global = true,
        env = "WEBQQ_TRUSTED_PROXY",
        value_name = "NETWORK"
    )]
    #[arg(value_delimiter = ',', help_heading = "Network")]
    trusted_proxy: Vec<Network>,

    /// Directory of the database file and of uploaded files; created if it does not exist
    #[arg(long, global = true, env = "WEBQQ_DATA", value_name = "DIRECTORY")]
    #[arg(default_value = "./webqq-data", help_heading = "Storage")]
    data: PathBuf,

    /// Where messages are kept: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE
    /// [default: SQLite in --data]
    // The value is not shown in the help and not checked by clap: both would print the password.
    #[arg(long, global = true, env = "WEBQQ_STORE", value_name = "STORE")]
    #[arg(hide_env_values = true, help_heading = "Storage")]
    store: Option<String>,

    /// Who may sign up
    #[arg(long, global = true, env = "WEBQQ_REGISTRATION", value_enum)]
    #[arg(default_value_t = Registration::Open, help_heading = "People")]
    registration: Registration,

    /// Who may write to whom directly
    #[arg(long, global = true, env = "WEBQQ_DIRECT_MESSAGES", value_enum)]
    #[arg(default_value_t = DirectMessages::Groups, help_heading = "People")]
    direct_messages: DirectMessages,

    /// Days without use after which a session ends; 0 = never
    #[arg(long, global = true, env = "WEBQQ_SESSION_DAYS", value_name = "DAYS")]
    #[arg(default_value_t = 30, value_parser = number, help_heading = "People")]
    session_days: u32,

    /// Sign-ups and sign-ins per address and minute; 0 = unlimited
    #[arg(long, global = true, env = "WEBQQ_AUTH_RATE", value_name = "NUMBER")]
    #[arg(default_value_t = 30, value_parser = number, help_heading = "Limits")]
    auth_rate: u32,

    #[command(flatten)]
    rates: RateOptions,

    /// Messages per user and second; 0 = unlimited
    #[arg(long, global = true, env = "WEBQQ_POST_RATE", value_name = "NUMBER")]
    #[arg(default_value_t = 10, value_parser = number, help_heading = "Limits")]
    post_rate: u32,

    /// The most members that the owner of a group may allow it; 0 = unlimited
    #[arg(
        long,
        global = true,
        env = "WEBQQ_MAX_GROUP_MEMBERS",
        value_name = "NUMBER"
    )]
    #[arg(default_value_t = 2000, value_parser = number, help_heading = "Limits")]
    max_group_members: u32,

    /// Groups that one user may be in; 0 = unlimited
    #[arg(
        long,
        global = true,
        env = "WEBQQ_GROUPS_PER_USER",
        value_name = "NUMBER"
    )]
    #[arg(default_value_t = 500, value_parser = number, help_heading = "Limits")]
    groups_per_user: u32,

    /// Open event streams per user (about one per browser); 0 = unlimited
    #[arg(
        long,
        global = true,
        env = "WEBQQ_STREAMS_PER_USER",
        value_name = "NUMBER"
    )]
    #[arg(default_value_t = 8, value_parser = number, help_heading = "Limits")]
    streams_per_user: u32,

    /// Connections per client address (per /64 with IPv6; trusted proxies excepted); 0 = unlimited
    #[arg(
        long,
        global = true,
        env = "WEBQQ_CONNECTIONS_PER_ADDRESS",
        value_name = "NUMBER"
    )]
    #[arg(default_value_t = 256, value_parser = number, help_heading = "Limits")]
    connections_per_address: u32,

    /// Messages that a client which was away is sent one by one; one that missed more loads
    /// afresh; 0 = unlimited
    #[arg(long, global = true, env = "WEBQQ_CATCH_UP_MAX", value_name = "NUMBER")]
    #[arg(default_value_t = 10_000, value_parser = number, help_heading = "Limits")]
    catch_up_max: u32,

    #[command(flatten)]
    files: FileOptions,

    /// Threads that work [default: one per core]
    #[arg(long, global = true, env = "WEBQQ_THREADS", value_name = "NUMBER")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Operation")]
    threads: Option<u16>,

    /// What is logged on standard error: off, error, warn, info, debug or trace, also per part
    #[arg(long, global = true, env = "WEBQQ_LOG", value_name = "FILTER")]
    #[arg(
        default_value = "info,ractor=warn,hyper=warn",
        help_heading = "Operation"
    )]
    log: String,
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Registration {
    /// Everybody
    Open,
    /// Those with an invitation, made by an administrator or with `webqq user invite`
    Invite,
    /// Nobody; accounts are made with `webqq user add`
    Closed,
}

/// Who may write to whom directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DirectMessages {
    /// Friends only
    Friends,
    /// Friends, and people who share a group
    Groups,
    /// Everyone
    Everyone,
}

/// A bound that the operator may lift: `None` is unlimited (typed as 0).
pub type Bound = Option<NonZeroU32>;

/// The checked options. Printing it (`Debug`) shows no password.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address and port to bind; port 0 means a free one.
    pub listen: SocketAddr,
    /// `None`: Origin is compared with Host, and cookies are not bound to https.
    pub public_url: Option<PublicUrl>,
    /// Peers whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<Network>,
    /// Directory of uploads, and of the SQLite file unless `store` says otherwise.
    pub data: PathBuf,
    /// Where messages are kept.
    pub store: Store,
    /// Who may sign up.
    pub registration: Registration,
    /// Idle days until a session ends.
    pub session_days: Bound,
    /// Who may write to whom directly.
    pub direct_messages: DirectMessages,
    /// Sign-ups and sign-ins per address and minute.
    pub auth_rate: Bound,
    /// Requests by user and address.
    pub rates: Rates,
    /// Posts per user and second.
    pub post_rate: Bound,
    /// The most that a group's owner may set.
    pub max_group_members: Bound,
    /// Groups per user.
    pub groups_per_user: Bound,
    /// Streams per user.
    pub streams_per_user: Bound,
    /// Connections per address.
    pub connections_per_address: Bound,
    /// Messages in a catch-up before `reset`.
    pub catch_up_max: Bound,
    /// Where files are kept, and how much of them.
    pub files: Files,
    /// Runtime threads; `None` is one per core.
    pub threads: Option<usize>,
    /// A filter that `tracing_subscriber::EnvFilter` takes (it was tried).
    pub log: String,
}

impl Cli {
    /// Reads the program's own arguments and environment. Prints help, version or one sentence and
    /// leaves the program (exit code 0 or 2) when there is nothing to run.
    pub fn from_environment() -> (Command, Config) {
        Self::from_arguments(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// The same for given arguments (the first is the program's name), with the error in hand.
    pub fn from_arguments(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<(Command, Config), clap::Error> {
        let cli = Self::try_parse_from(arguments)?;
        let config = cli
            .options
            .check()
            .map_err(|sentence| Self::command().error(ErrorKind::ValueValidation, sentence))?;
        Ok((cli.command.unwrap_or(Command::Serve), config))
    }
}

impl Options {
    fn check(self) -> Result<Config, String> {
        // An empty variable (as compose files pass it on) is one that is not set.
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let public_url = given(self.public_url)
            .map(|url| PublicUrl::parse(&url))
            .transpose()?;
        let store = match given(self.store) {
            Some(store) => Store::parse(&store)?,
            None => Store::Sqlite(self.data.join(SQLITE_FILE)),
        };
        if (1..FEWEST_MEMBERS).contains(&self.max_group_members) {
            return Err(format!(
                "--max-group-members {} is too small: write at least {FEWEST_MEMBERS}, or 0 for \
                 unlimited",
                self.max_group_members
            ));
        }
        let files = self.files.check(&self.data)?;
        // The error would name the parser's inside; the sentence names what may be written.
        if tracing_subscriber::EnvFilter::try_new(&self.log).is_err() {
            return Err(format!(
                "--log `{}` is not a filter: write info, or info,hyper=debug",
                self.log
            ));
        }
        Ok(Config {
            listen: self.listen,
            public_url,
            trusted_proxies: self.trusted_proxy,
            data: self.data,
            store,
            registration: self.registration,
            session_days: NonZeroU32::new(self.session_days),
            direct_messages: self.direct_messages,
            auth_rate: NonZeroU32::new(self.auth_rate),
            rates: self.rates.into(),
            post_rate: NonZeroU32::new(self.post_rate),
            max_group_members: NonZeroU32::new(self.max_group_members),
            groups_per_user: NonZeroU32::new(self.groups_per_user),
            streams_per_user: NonZeroU32::new(self.streams_per_user),
            connections_per_address: NonZeroU32::new(self.connections_per_address),
            catch_up_max: NonZeroU32::new(self.catch_up_max),
            files,
            threads: self.threads.map(usize::from),
            log: self.log,
        })
    }
}

/// Like the number's own parser, with an error that says what to write.
pub(crate) fn number(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| format!("write a whole number from 0 to {}", u32::MAX))
}

/// `localhost` is what people type; everything else must be an address, so that it is clear which
/// of a name's addresses is served.
fn listen(text: &str) -> Result<SocketAddr, String> {
    if let Some(port) = text.strip_prefix("localhost:")
        && let Ok(port) = port.parse()
    {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    text.parse()
        .map_err(|_| "write an address and a port, such as 127.0.0.1:8080 or [::]:80".to_owned())
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
