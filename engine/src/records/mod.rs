//! Records that other programs keep of a conversation, as messages of a group.
//!
//! | file | what is there |
//! |---|---|
//! | [`decode`] | from bytes to text: which encoding, strictly |
//! | [`time`] | days, times of day, and how far a clock was ahead of UTC |
//! | [`irc`], [`qq`] | from text to a [`Record`]: pure |
//! | [`writing`], `people`, `messages` | from a record to the log, so that a second time adds nothing |

pub mod decode;
pub mod irc;
mod messages;
mod people;
pub mod qq;
pub mod time;
pub mod writing;

pub use time::{Date, Offset};

use std::collections::BTreeMap;

use crate::limits::RECORD_SKIPPED_NAMED;

/// A conversation that took place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// What it was called; empty: the record does not say.
    pub name: String,
    /// In the order of their first line.
    pub speakers: Vec<Speaker>,
    /// What was said, in order.
    pub lines: Vec<Line>,
    /// What is in the file and not in `lines`.
    pub skipped: Skipped,
}

/// Somebody who spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// As others saw it last.
    pub name: String,
    /// A number or an address by which the program knew them; `None`: by their name.
    pub account: Option<String>,
}

/// Something said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which of the speakers.
    pub speaker: usize,
    /// What they were called at the time.
    pub name: String,
    /// One or more lines of text, not all blank.
    pub text: String,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// The line of the file where it begins; the first is 1.
    pub number: usize,
}

/// Lines that were left out, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped(BTreeMap<&'static str, Vec<usize>>);

impl Skipped {
    /// Notes a line.
    pub fn add(&mut self, why: &'static str, number: usize) {
        self.0.entry(why).or_default().push(number);
    }

    /// How many for a reason.
    pub fn count(&self, why: &str) -> usize {
        self.0.get(why).map_or(0, Vec::len)
    }

    /// How many in all.
    pub fn total(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// One sentence for each reason, with the first of its lines.
    pub fn sentences(&self) -> Vec<String> {
        let reasons = self.0.iter();
        let sentence = |(why, lines): (&&str, &Vec<usize>)| {
            let named: Vec<_> = lines
                .iter()
                .take(RECORD_SKIPPED_NAMED)
                .map(usize::to_string)
                .collect();
            let more = if lines.len() > named.len() {
                ", …"
            } else {
                ""
            };
            let lines = lines.len();
            format!("{why}: {lines} (line {}{more})", named.join(", "))
        };
        reasons.map(sentence).collect()
    }
}

/// The speakers while a record is read.
#[derive(Default)]
struct Speakers {
    all: Vec<Speaker>,
    places: BTreeMap<String, usize>,
}

impl Speakers {
    /// The place of a speaker, who is called `name` from now on.
    fn place(&mut self, name: &str, account: Option<&str>) -> usize {
        let key = match account {
            Some(account) => format!("account {account}"),
            None => format!("name {name}"),
        };
        let next = self.all.len();
        let place = *self.places.entry(key).or_insert(next);
        match self.all.get_mut(place) {
            Some(speaker) => name.clone_into(&mut speaker.name),
            None => self.all.push(Speaker {
                name: name.to_owned(),
                account: account.map(str::to_owned),
            }),
        }
        place
    }
}
