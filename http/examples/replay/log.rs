//! The log of an IRC channel, as [`irc`] reads it. Bytes that are not UTF-8 are replaced.

use std::path::Path;

use webqq_engine::records::{Date, decode, irc};

/// A conversation that took place.
pub(crate) struct Log {
    /// In the order of their first line.
    pub(crate) speakers: Vec<String>,
    /// In the order of the file.
    pub(crate) lines: Vec<Line>,
    /// Messages without any text.
    pub(crate) empty: usize,
}

/// One message.
pub(crate) struct Line {
    /// Which of the speakers.
    pub(crate) speaker: usize,
    pub(crate) text: String,
}

impl Log {
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let name = file.display();
        let bytes = std::fs::read(file).map_err(|error| format!("{name}: {error}"))?;
        let (text, _) = decode::forgivingly(&bytes);
        // When things were said does not matter here.
        let date = Date::new(2000, 1, 1).ok_or("there is no such day")?;
        let record = irc::parse(&text, date, "+00:00".parse()?);
        if record.skipped.count(irc::UNKNOWN) > 0 {
            let odd = record.skipped.sentences().join("; ");
            return Err(format!("{name} is no log of a channel: {odd}"));
        }
        if record.speakers.len() < 2 {
            return Err(format!("{name}: this is no conversation"));
        }
        let lines = record.lines.into_iter();
        Ok(Self {
            speakers: record
                .speakers
                .into_iter()
                .map(|speaker| speaker.name)
                .collect(),
            lines: lines
                .map(|line| Line {
                    speaker: line.speaker,
                    text: line.text,
                })
                .collect(),
            empty: record.skipped.count(irc::EMPTY),
        })
    }
}
