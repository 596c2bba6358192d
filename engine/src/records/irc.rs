//! The log of an IRC channel: who said what, in order.
//!
//! `[hh:mm] <name> text` and `[hh:mm]  * name does` are messages (with seconds, too); lines that
//! begin with `===` tell of joins, leaves and renames and are none. A log tells times of day only:
//! the day is given, and the next one begins where the clock goes back by half a day or more.

use super::time::TimeOfDay;
use super::{Date, Line, Offset, Record, Skipped, Speakers};

/// A line about somebody who came, went or is called otherwise.
pub const NOTICE: &str = "joins, leaves and renames";
/// A message without any text.
pub const EMPTY: &str = "messages without text";
/// A line that is none of these.
pub const UNKNOWN: &str = "lines that are no message";

/// Reads a log that begins on this day.
pub fn parse(text: &str, mut date: Date, offset: Offset) -> Record {
    let mut speakers = Speakers::default();
    let (mut lines, mut skipped) = (Vec::new(), Skipped::default());
    let mut before: Option<TimeOfDay> = None;
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with("===") {
            skipped.add(NOTICE, number);
            continue;
        }
        let Some((time, name, text)) = message(line) else {
            skipped.add(UNKNOWN, number);
            continue;
        };
        if before.is_some_and(|before| time.is_next_day(before)) {
            date = date.next();
        }
        before = Some(time);
        let speaker = speakers.place(name, None);
        if text.trim().is_empty() {
            skipped.add(EMPTY, number);
            continue;
        }
        lines.push(Line {
            speaker,
            name: name.to_owned(),
            text: text.to_owned(),
            at_ms: date.at(time, offset),
            number,
        });
    }
    Record {
        name: String::new(),
        speakers: speakers.all,
        lines,
        skipped,
    }
}

/// The time, the speaker and the text of a line; an action's text begins with its star.
fn message(line: &str) -> Option<(TimeOfDay, &str, &str)> {
    let (time, rest) = line.strip_prefix('[')?.split_once("] ")?;
    let mut parts = time.split(':');
    let mut part = || parts.next()?.parse::<u32>().ok();
    let (hour, minute) = (part()?, part()?);
    let second = match time.matches(':').count() {
        1 => 0,
        _ => part()?,
    };
    let time = TimeOfDay::new(hour, minute, second).filter(|_| parts.next().is_none())?;
    if let Some(spoken) = rest.strip_prefix('<') {
        let (name, text) = spoken.split_once('>')?;
        let text = text.strip_prefix(' ').unwrap_or(text);
        return (!name.trim().is_empty()).then_some((time, name, text));
    }
    let action = rest.trim_start();
    let name = action.strip_prefix("* ")?.split(' ').next()?;
    (!name.is_empty()).then_some((time, name, action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::rfc3339;

    fn read(text: &str) -> Record {
        let (date, offset) = ("2004-11-15".parse().unwrap(), "+00:00".parse().unwrap());
        parse(text, date, offset)
    }

    #[test]
    fn messages_and_actions_in_order_over_midnight() {
        let record = read(
            "=== kylin_ [n=k] has joined #ubuntu\n[23:58] <kylin_> 大家好\n[23:59:07]  * bob waves > hi\n\
             [23:58] <bob> late\n\n[00:01] <kylin_>  two  \n[00:02] <kylin_> \n[00:03] <ann>\n",
        );
        let told: Vec<_> = record
            .lines
            .iter()
            .map(|line| {
                (
                    line.number,
                    line.name.as_str(),
                    line.text.as_str(),
                    rfc3339(line.at_ms),
                )
            })
            .collect();
        let at = |text: &str| text.to_owned();
        assert_eq!(
            told,
            [
                (2, "kylin_", "大家好", at("2004-11-15T23:58:00.000Z")),
                (3, "bob", "* bob waves > hi", at("2004-11-15T23:59:07.000Z")),
                (4, "bob", "late", at("2004-11-15T23:58:00.000Z")),
                (6, "kylin_", " two  ", at("2004-11-16T00:01:00.000Z")),
            ]
        );
        let names: Vec<_> = record
            .speakers
            .iter()
            .map(|speaker| &speaker.name)
            .collect();
        assert_eq!(names, ["kylin_", "bob", "ann"]);
        assert_eq!(record.skipped.count(NOTICE), 1);
        assert_eq!(record.skipped.count(EMPTY), 2);
        assert_eq!(record.skipped.total(), 3);
    }

    #[test]
    fn what_is_no_message_is_counted() {
        let odd = "hello\n[12:00] bob says\n[12:00]<bob> x\n[25:00] <bob> x\n[12] <bob> x\n\
                   [12:00:00:00] <bob> x\n[12:00] <> x\n[12:00] *  x\n[-1:00] <bob> x\n[12:00] <bob x\n";
        let record = read(odd);
        assert_eq!(record.skipped.count(UNKNOWN), 10, "{record:?}");
        assert!(record.lines.is_empty() && record.speakers.is_empty());
    }
}
