//! The log of an IRC channel: who said what, in order.
//!
//! `[hh:mm] <name> text` and `[hh:mm]  * name does` are messages; `=== …` lines tell of joins and
//! leaves and are none. Bytes that are not UTF-8 are replaced.

use std::collections::HashMap;
use std::path::Path;

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
        let bytes = std::fs::read(file);
        let bytes = bytes.map_err(|error| format!("{}: {error}", file.display()))?;
        let mut log = Self {
            speakers: Vec::new(),
            lines: Vec::new(),
            empty: 0,
        };
        let mut numbers = HashMap::new();
        for (nth, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
            if line.starts_with("===") || line.trim().is_empty() {
                continue;
            }
            let (name, text) = message(line)
                .ok_or_else(|| format!("{} line {}: {line}", file.display(), nth + 1))?;
            let speaker = *numbers.entry(name.to_owned()).or_insert_with(|| {
                log.speakers.push(name.to_owned());
                log.speakers.len() - 1
            });
            if text.trim().is_empty() {
                log.empty += 1;
            } else {
                let text = text.to_owned();
                log.lines.push(Line { speaker, text });
            }
        }
        if log.speakers.len() < 2 {
            return Err(format!("{}: this is no conversation", file.display()));
        }
        Ok(log)
    }
}

/// The speaker and the text of a line; an action's text begins with its star.
fn message(line: &str) -> Option<(&str, &str)> {
    let (_time, rest) = line.strip_prefix('[')?.split_once("] ")?;
    if let Some(spoken) = rest.strip_prefix('<') {
        let (name, text) = spoken.split_once('>')?;
        return Some((name, text.strip_prefix(' ').unwrap_or(text)));
    }
    let action = rest.trim_start();
    let name = action.strip_prefix("* ")?.split(' ').next()?;
    Some((name, action))
}
