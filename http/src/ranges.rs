//! What a download asks for: which part, and whether it has it already (RFC 9110).

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// The answer to a download's headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The client has these bytes.
    Unchanged,
    /// All of it.
    Whole,
    /// One part.
    Part(Range<u64>),
    /// A part that is not there.
    Outside,
}

/// What is asked for of `size` bytes with this entity tag (with its quotes). Several parts at once,
/// and what cannot be read, are answered with the whole, as the RFC allows.
pub(crate) fn asked(headers: &HeaderMap, etag: &str, size: u64) -> Asked {
    if tags(headers, header::IF_NONE_MATCH).any(|tag| tag == "*" || is_same(tag, etag)) {
        return Asked::Unchanged;
    }
    // A part of something else is of no use: then the whole. (Dates are never equal to a tag.)
    let mut only_if = headers.get_all(header::IF_RANGE).iter();
    if only_if.any(|tag| tag.as_bytes() != etag.as_bytes()) {
        return Asked::Whole;
    }
    let mut ranges = headers.get_all(header::RANGE).iter();
    let (Some(range), None) = (ranges.next(), ranges.next()) else {
        return Asked::Whole;
    };
    range.to_str().map_or(Asked::Whole, |text| part(text, size))
}

fn tags(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).map(str::trim)
}

/// Proxies that compress make tags weak; for this comparison they are the same.
fn is_same(tag: &str, etag: &str) -> bool {
    tag.strip_prefix("W/").unwrap_or(tag) == etag
}

fn part(text: &str, size: u64) -> Asked {
    let Some((unit, range)) = text.split_once('=') else {
        return Asked::Whole;
    };
    let Some((first, last)) = range.trim().split_once('-') else {
        return Asked::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Asked::Whole;
    }
    match (number(first), number(last)) {
        (Some(Some(first)), Some(last)) => {
            if last.is_some_and(|last| last < first) {
                return Asked::Whole;
            }
            let end = last.map_or(size, |last| last.saturating_add(1)).min(size);
            match first < size {
                true => Asked::Part(first..end),
                false => Asked::Outside,
            }
        }
        (Some(None), Some(Some(suffix))) => match suffix.min(size) {
            0 => Asked::Outside,
            suffix => Asked::Part(size - suffix..size),
        },
        _ => Asked::Whole,
    }
}

/// `Some(None)`: nothing is there; `None`: something that is no number. Numbers that are too large
/// lie behind every end.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

/// `Content-Disposition` with a name in any script (RFC 6266): old clients read the first form,
/// where everything that is not plain ASCII became an underscore.
pub(crate) fn disposition(is_inline: bool, name: &str) -> String {
    let how = if is_inline { "inline" } else { "attachment" };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " !#$&'()+,-.@[]^_`{}~".contains(c);
    let plain: String = name
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &str = "\"abc\"";

    fn of(pairs: &[(&'static str, &str)]) -> Asked {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        asked(&headers, TAG, 10)
    }

    #[test]
    fn parts() {
        for (range, expected) in [
            ("bytes=0-3", Asked::Part(0..4)),
            ("bytes=4-", Asked::Part(4..10)),
            ("bytes=9-9", Asked::Part(9..10)),
            ("bytes=5-100", Asked::Part(5..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-100", Asked::Part(0..10)),
            ("Bytes = 1-2", Asked::Part(1..3)),
            ("bytes=10-", Asked::Outside),
            ("bytes=99999999999999999999-", Asked::Outside),
            ("bytes=-0", Asked::Outside),
            ("bytes=3-2", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("bytes=+1-2", Asked::Whole),
            ("lines=0-1", Asked::Whole),
            ("0-1", Asked::Whole),
        ] {
            assert_eq!(of(&[("range", range)]), expected, "{range}");
        }
        assert_eq!(
            of(&[("range", "bytes=0-1"), ("range", "bytes=2-3")]),
            Asked::Whole
        );
        assert_eq!(part("bytes=0-", 0), Asked::Outside);
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        for (tags, expected) in [
            (TAG, Asked::Unchanged),
            ("*", Asked::Unchanged),
            ("W/\"abc\"", Asked::Unchanged),
            ("\"x\", \"abc\"", Asked::Unchanged),
            ("\"x\"", Asked::Whole),
            ("abc", Asked::Whole),
        ] {
            assert_eq!(of(&[("if-none-match", tags)]), expected, "{tags}");
        }
        let both = [("range", "bytes=0-1"), ("if-none-match", TAG)];
        assert_eq!(of(&both), Asked::Unchanged);
    }

    #[test]
    fn a_part_of_something_else_is_not_sent() {
        let range = ("range", "bytes=0-1");
        assert_eq!(of(&[range, ("if-range", TAG)]), Asked::Part(0..2));
        assert_eq!(of(&[range, ("if-range", "\"old\"")]), Asked::Whole);
        let date = "Wed, 25 Nov 2026 10:00:00 GMT";
        assert_eq!(of(&[range, ("if-range", date)]), Asked::Whole);
    }

    #[test]
    fn names_in_any_script() {
        assert_eq!(
            disposition(false, "报告 \"1\".pdf"),
            "attachment; filename=\"__ _1_.pdf\"; \
             filename*=UTF-8''%E6%8A%A5%E5%91%8A%20%221%22.pdf"
        );
        assert!(disposition(true, "a.png").starts_with("inline; filename=\"a.png\""));
        assert!(!disposition(false, "a\r\nX: y").contains(['\r', '\n']));
    }
}
