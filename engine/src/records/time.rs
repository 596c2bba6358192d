//! Days, times of day, and how far a clock was ahead of UTC.

use std::str::FromStr;

use jiff::civil;
use jiff::tz::Offset as Ahead;

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(civil::Date);

/// How far a clock was ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset(Ahead);

impl Date {
    /// From its numbers; `None`: there is no such day.
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let part = |number: u32| i8::try_from(number).ok();
        let year = i16::try_from(year).ok().filter(|year| *year >= 1970)?;
        civil::Date::new(year, part(month)?, part(day)?)
            .ok()
            .map(Self)
    }

    /// The first day that a text names as `2004-11-15`.
    pub fn within(text: &str) -> Option<Self> {
        let places = text.char_indices().map(|(at, _)| at);
        places
            .filter_map(|at| text.get(at..at + 10))
            .find_map(|part| part.parse().ok())
    }

    /// The day after.
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    /// A time of this day, Unix milliseconds.
    pub fn at(self, time: TimeOfDay, offset: Offset) -> i64 {
        let time = civil::Time::new(time.hour as i8, time.minute as i8, time.second as i8, 0);
        let time = self.0.to_datetime(time.unwrap_or_default());
        let timestamp = offset.0.to_timestamp(time);
        timestamp.map_or(0, |timestamp| timestamp.as_millisecond())
    }
}

impl FromStr for Date {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write a day such as 2004-11-15".to_owned();
        let mut parts = text.split('-');
        let mut part = |digits: usize| {
            let part = parts.next()?;
            let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse().ok()).flatten()
        };
        let date = (part(4), part(2), part(2));
        let (Some(year), Some(month), Some(day), None) = (date.0, date.1, date.2, parts.next())
        else {
            return Err(wrong());
        };
        Self::new(year, month, day).ok_or_else(wrong)
    }
}

impl FromStr for Offset {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write an offset such as +08:00 or -05:30".to_owned();
        let (sign, rest) = match text.split_at_checked(1) {
            Some(("+", rest)) => (1, rest),
            Some(("-", rest)) => (-1, rest),
            _ => return Err(wrong()),
        };
        let (hours, minutes) = rest.split_once(':').ok_or_else(wrong)?;
        let part = |text: &str, most: i32| {
            let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = plain.then(|| text.parse().ok()).flatten();
            number
                .filter(|number: &i32| *number <= most)
                .ok_or_else(wrong)
        };
        let seconds = part(hours, 14)? * 3_600 + part(minutes, 59)? * 60;
        Ahead::from_seconds(sign * seconds)
            .map(Self)
            .map_err(|_| wrong())
    }
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay {
    hour: u32,
    minute: u32,
    second: u32,
}

impl TimeOfDay {
    /// From its numbers; `None`: there is no such time.
    pub fn new(hour: u32, minute: u32, second: u32) -> Option<Self> {
        (hour < 24 && minute < 60 && second < 60).then_some(Self {
            hour,
            minute,
            second,
        })
    }

    /// The same on a clock of twelve hours, after noon or not.
    pub fn of_twelve(self, afternoon: bool) -> Self {
        let hour = match (self.hour, afternoon) {
            (12, false) => 0,
            (hour, true) if hour < 12 => hour + 12,
            (hour, _) => hour,
        };
        Self { hour, ..self }
    }

    /// Whether this is so much earlier than `other` that midnight lies between them.
    pub fn is_next_day(self, other: Self) -> bool {
        self.hour + 12 <= other.hour
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::rfc3339;

    #[test]
    fn days_and_offsets_are_read_strictly() {
        assert_eq!("2004-11-15".parse(), Ok(Date::new(2004, 11, 15).unwrap()));
        assert_eq!(
            Date::within("a/ubuntu-2004-11-15.txt"),
            Date::new(2004, 11, 15)
        );
        assert_eq!(Date::within("消息2004-11-15记录"), Date::new(2004, 11, 15));
        assert_eq!(Date::within("2004-13-15 2004_11_15"), None);
        for bad in [
            "",
            "2004-2-1",
            "2004-02-30",
            "1969-01-01",
            "2004-11-15-1",
            "+004-11-15",
        ] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        for bad in [
            "", "8", "08:00", "+8:00", "+15:00", "+08:60", "+08", "+-8:00", "Z",
        ] {
            assert!(bad.parse::<Offset>().is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_told_in_utc() {
        let day = Date::new(2012, 5, 20).unwrap();
        let time = TimeOfDay::new(6, 53, 21).unwrap();
        let at = |time, offset: &str| rfc3339(day.at(time, offset.parse().unwrap()));
        assert_eq!(at(time, "+08:00"), "2012-05-19T22:53:21.000Z");
        assert_eq!(
            at(time.of_twelve(true), "-05:30"),
            "2012-05-21T00:23:21.000Z"
        );
        let noon = TimeOfDay::new(12, 0, 0).unwrap();
        assert_eq!(
            at(noon.of_twelve(false), "+00:00"),
            "2012-05-20T00:00:00.000Z"
        );
        assert_eq!(
            at(noon.of_twelve(true), "+00:00"),
            "2012-05-20T12:00:00.000Z"
        );
        assert!(TimeOfDay::new(24, 0, 0).is_none());
    }
}
