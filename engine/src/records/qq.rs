//! QQ's exported text record (消息记录).
//!
//! ```text
//! 消息记录（此消息记录为文本格式，不支持重新导入）
//!
//! ================================================================
//! 消息分组:我的QQ群
//! ================================================================
//! 消息对象:Rust 学习
//! ================================================================
//!
//! 2012-05-20 18:53:21 小明(123456789)
//! 大家好
//!
//! 2012-05-20 下午 6:54:02 小红<hong@qq.com>
//! 一行
//! 两行
//! ```
//!
//! One file may hold several records. An entry goes on to the next one's first line, so blank lines
//! within a text are kept. What the system said comes from 系统消息(10000), a speaker like others.

use super::time::TimeOfDay;
use super::{Date, Line, Offset, Record, Speakers};

/// A line before the first entry that says nothing we know.
pub const BEFORE: &str = "lines before the first message";
/// An entry whose text is gone (a picture, most often).
pub const EMPTY: &str = "messages without text";
/// Who speaks where nobody is named.
const SYSTEM: (&str, &str) = ("系统消息", "10000");
/// What a separator has at least.
const SEPARATOR_CHARS: usize = 16;
/// Words for the half of the day, and whether it is after noon.
const HALVES: [(&str, bool); 8] = [
    ("上午", false),
    ("凌晨", false),
    ("早上", false),
    ("下午", true),
    ("晚上", true),
    ("AM", false),
    ("PM", true),
    ("中午", true),
];

/// Reads a file: one record for each 消息对象.
///
/// # Errors
/// It is no such file, as a sentence without its end.
pub fn parse(text: &str, offset: Offset) -> Result<Vec<Record>, String> {
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        .collect();
    let mut records = Vec::new();
    let mut reading = Reading::new(String::new(), offset);
    let mut titled = false;
    for (at, line) in lines.iter().enumerate() {
        match structure(&lines, at) {
            Some(Part::Title) => titled = true,
            Some(Part::Separator | Part::Folder) => reading.flush(),
            Some(Part::Object(name)) => {
                titled = true;
                records.push(reading.done());
                reading = Reading::new(name.to_owned(), offset);
            }
            Some(Part::Day(day)) => {
                reading.flush();
                reading.day = Some(day);
            }
            None => reading.line(line, at + 1),
        }
    }
    records.push(reading.done());
    records.retain(|record| !record.name.is_empty() || *record != Record::default());
    let said = records.iter().any(|record| !record.lines.is_empty());
    if !said && !titled {
        return Err(
            "this is no record that QQ exported as text: there is no line such as `2012-05-20 \
             18:53:21 name(123456)`"
                .into(),
        );
    }
    // What stands above the first 消息对象.
    if records.len() > 1 && records[0].name.is_empty() && records[0].lines.is_empty() {
        let before = records.remove(0);
        records[0].skipped.0.extend(before.skipped.0);
    }
    Ok(records)
}

enum Part<'a> {
    Title,
    Separator,
    Folder,
    Object(&'a str),
    Day(Date),
}

fn is_separator(line: &str) -> bool {
    line.len() >= SEPARATOR_CHARS && line.trim_end().bytes().all(|byte| byte == b'=')
}

/// What follows a name and a colon, of either width.
fn told<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(name)?;
    rest.strip_prefix([':', '：']).map(str::trim)
}

/// A line of the frame around entries. What looks like one within a text is told by its
/// neighbours: a name stands between separators, a separator beside a name.
fn structure<'a>(lines: &[&'a str], at: usize) -> Option<Part<'a>> {
    let line = lines[at];
    let name = |line: &'a str| told(line, "消息分组").or(told(line, "消息对象"));
    let before = at.checked_sub(1).map(|at| lines[at]);
    let after = lines.get(at + 1);
    if is_separator(line) {
        let beside = before.and_then(name).or(after.copied().and_then(name));
        return beside.map(|_| Part::Separator);
    }
    if at == 0 && line.trim_start_matches('\u{feff}').starts_with("消息记录") {
        return Some(Part::Title);
    }
    if let Some(day) = told(line, "日期") {
        return date(day)
            .filter(|(_, rest)| rest.is_empty())
            .map(|(day, _)| Part::Day(day));
    }
    before.filter(|before| is_separator(before))?;
    told(line, "消息对象")
        .map(Part::Object)
        .or(told(line, "消息分组").map(|_| Part::Folder))
}

/// An entry's first line.
struct Entry<'a> {
    day: Option<Date>,
    time: TimeOfDay,
    name: &'a str,
    account: Option<&'a str>,
}

/// `2012-05-20`, `2012/5/20` or `2012年5月20日`, and what follows.
fn date(text: &str) -> Option<(Date, &str)> {
    let (year, rest) = number(text, 4, 4)?;
    let sign = rest.chars().next().filter(|c| "-/.年".contains(*c))?;
    let (month, rest) = number(rest.strip_prefix(sign)?, 1, 2)?;
    let second = if sign == '年' { '月' } else { sign };
    let (day, rest) = number(rest.strip_prefix(second)?, 1, 2)?;
    let rest = match sign {
        '年' => rest.strip_prefix('日')?,
        _ => rest,
    };
    Some((Date::new(year, month, day)?, rest))
}

/// `18:53:21`, `下午 6:53:21`, `6:53:21 PM`, and what follows.
fn time(text: &str) -> Option<(TimeOfDay, &str)> {
    let half = |text: &str| {
        let found = HALVES.iter().find(|(word, _)| text.starts_with(word));
        found.map(|(word, afternoon)| (*afternoon, word.len()))
    };
    let before = half(text);
    let text = text[before.map_or(0, |(_, length)| length)..].trim_start();
    let (hour, rest) = number(text, 1, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 2, 2)?;
    let (second, rest) = number(rest.strip_prefix(':')?, 2, 2)?;
    let time = TimeOfDay::new(hour, minute, second)?;
    let after = rest
        .strip_prefix(' ')
        .and_then(half)
        .filter(|_| before.is_none());
    let rest = match after {
        Some((_, length)) => &rest[1 + length..],
        None => rest,
    };
    Some(match before.or(after) {
        Some((afternoon, _)) => (time.of_twelve(afternoon), rest),
        None => (time, rest),
    })
}

/// A number of so many digits, and what follows.
fn number(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(digits.min(text.len()));
    let fits = (least..=most).contains(&digits.len());
    fits.then(|| digits.parse().ok())
        .flatten()
        .map(|number| (number, rest))
}

/// `小明(123456789)`, `小红<hong@qq.com>` or just a name.
fn speaker(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    let numbered =
        |text: &str| (5..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    for (open, close) in [('(', ')'), ('（', '）')] {
        if let Some((name, account)) = text
            .strip_suffix(close)
            .and_then(|text| text.rsplit_once(open))
            && numbered(account)
        {
            return (name.trim(), Some(account));
        }
    }
    match text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
    {
        Some((name, account)) if account.contains('@') => (name.trim(), Some(account)),
        _ => (text, None),
    }
}

fn entry(line: &str, has_day: bool) -> Option<Entry<'_>> {
    let (day, rest) = match date(line) {
        Some((day, rest)) => (Some(day), rest.strip_prefix([' ', '\t'])?.trim_start()),
        None if has_day => (None, line),
        None => return None,
    };
    let (time, rest) = time(rest)?;
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let (name, account) = speaker(rest);
    // A time alone begins many a sentence.
    if day.is_none() && account.is_none() {
        return None;
    }
    Some(Entry {
        day,
        time,
        name,
        account,
    })
}

/// One record under way.
struct Reading {
    record: Record,
    speakers: Speakers,
    offset: Offset,
    day: Option<Date>,
    /// The entry whose text comes.
    open: Option<Line>,
}

impl Reading {
    fn new(name: String, offset: Offset) -> Self {
        Self {
            record: Record {
                name,
                ..Record::default()
            },
            speakers: Speakers::default(),
            offset,
            day: None,
            open: None,
        }
    }

    fn line(&mut self, line: &str, number: usize) {
        let entry = entry(line, self.day.is_some());
        let Some((entry, day)) =
            entry.and_then(|e| Some((e.day.or(self.day)?, e)).map(|(d, e)| (e, d)))
        else {
            match &mut self.open {
                Some(open) => {
                    open.text.push_str(line);
                    open.text.push('\n');
                }
                None if line.trim().is_empty() => {}
                None => self.record.skipped.add(BEFORE, number),
            }
            return;
        };
        self.flush();
        let (name, account) = match (entry.name, entry.account) {
            ("", None) => (SYSTEM.0, Some(SYSTEM.1)),
            ("", Some(account)) => (account, Some(account)),
            other => other,
        };
        self.open = Some(Line {
            speaker: self.speakers.place(name, account),
            name: name.to_owned(),
            text: String::new(),
            at_ms: day.at(entry.time, self.offset),
            number,
        });
    }

    /// Ends the entry whose text was read.
    fn flush(&mut self) {
        let Some(mut line) = self.open.take() else {
            return;
        };
        line.text.truncate(line.text.trim_end().len());
        match line.text.trim().is_empty() {
            true => self.record.skipped.add(EMPTY, line.number),
            false => self.record.lines.push(line),
        }
    }

    fn done(mut self) -> Record {
        self.flush();
        self.record.speakers = self.speakers.all;
        self.record
    }
}

#[cfg(test)]
#[path = "qq_tests.rs"]
mod tests;
