//! The commands that move and keep what a store holds.

use std::path::PathBuf;

use clap::Args;
use webqq_engine::records::{Date, Offset};

/// `webqq export …`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Export {
    /// Directory to write into: an empty or new one, or one whose export was not finished
    #[arg(value_name = "DIRECTORY")]
    pub directory: PathBuf,
}

/// `webqq import …`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Import {
    /// Directory that `webqq export` wrote
    #[arg(value_name = "DIRECTORY")]
    pub directory: PathBuf,
    /// Only read and check the directory; no store is touched
    #[arg(long)]
    pub dry_run: bool,
}

/// `webqq backup …`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Backup {
    /// File to write; must not exist
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Where a record goes.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Place {
    /// User name of the owner of a group that is made [default: the first who speaks]
    #[arg(long, value_name = "USER")]
    pub owner: Option<String>,
    /// Raise the member limit of a group that exists, if its new speakers do not fit
    #[arg(long)]
    pub raise_limit: bool,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

/// `webqq import-irc …`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ImportIrc {
    /// Log of one channel, with lines such as `[12:18] <name> text`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Group to put it into, by number or name; made if there is none of this name
    #[arg(long, value_name = "NAME|NUMBER")]
    pub group: String,
    /// Day on which the log begins, such as 2004-11-15 [default: the one in the file's name]
    #[arg(long, value_name = "DATE")]
    pub date: Option<Date>,
    /// How far the log's clock was ahead of UTC, such as +08:00
    #[arg(
        long,
        value_name = "OFFSET",
        default_value = "+00:00",
        allow_hyphen_values = true
    )]
    pub utc_offset: Offset,
    /// What both have in common.
    #[command(flatten)]
    pub place: Place,
}

/// `webqq import-qq …`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ImportQq {
    /// Record that QQ exported as text (.txt): UTF-8, UTF-16 or GBK
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Group to put it into, by number or name; made if there is none of this name
    /// [default: the name in the record]
    #[arg(long, value_name = "NAME|NUMBER")]
    pub group: Option<String>,
    /// Which record, if the file holds several: what stands behind its 消息对象
    #[arg(long, value_name = "NAME")]
    pub record: Option<String>,
    /// How far the clock of whoever exported it was ahead of UTC
    #[arg(
        long,
        value_name = "OFFSET",
        default_value = "+08:00",
        allow_hyphen_values = true
    )]
    pub utc_offset: Offset,
    /// What both have in common.
    #[command(flatten)]
    pub place: Place,
}
