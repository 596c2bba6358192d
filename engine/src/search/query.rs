//! What is looked for, and where in a text it is: pure.
//!
//! A query is everything it is cut into, and a text matches when it holds all of it: each word as
//! a whole word, each run of characters of a script without spaces exactly as written, each sign.
//! The index only narrows down which messages to look at; whether one matches is decided here,
//! over its text as it is now.

use std::collections::BTreeSet;

use super::terms::{self, Piece, Place};
use crate::limits::{SEARCH_QUERY_CHARS, SEARCH_QUERY_PIECES, SEARCH_SNIPPET_CHARS};

/// Characters of the text that stand before the first match in a snippet.
const BEFORE: usize = SEARCH_SNIPPET_CHARS / 4;
/// What stands where a snippet was cut.
const CUT: char = '…';

/// What is looked for. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    words: BTreeSet<String>,
    runs: BTreeSet<Vec<char>>,
    signs: BTreeSet<char>,
}

/// A part of a text that shows what was found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The text, or a part of it with `…` where it was cut.
    pub snippet: String,
    /// What was found: where it begins and ends in `snippet`, in UTF-16 code units (the indices
    /// of JavaScript strings), in order and without touching.
    pub highlights: Vec<(usize, usize)>,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// What is wrong with it, to follow its name in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().nth(SEARCH_QUERY_CHARS).is_some() {
            return Err(format!("must be at most {SEARCH_QUERY_CHARS} characters"));
        }
        let pieces = terms::cut(text);
        if pieces.is_empty() {
            return Err("must hold a word, a character or an emoji to look for".into());
        }
        let mut query = Self {
            words: BTreeSet::new(),
            runs: BTreeSet::new(),
            signs: BTreeSet::new(),
        };
        for piece in pieces {
            match piece {
                Piece::Word(word, _) => drop(query.words.insert(word)),
                Piece::Run(run) => {
                    let run = run.into_iter().map(|(c, _)| c).collect();
                    query.runs.insert(run);
                }
                Piece::Sign(c, _) => drop(query.signs.insert(c)),
            }
        }
        if query.words.len() + query.runs.len() + query.signs.len() > SEARCH_QUERY_PIECES {
            return Err(format!("must be at most {SEARCH_QUERY_PIECES} words"));
        }
        Ok(query)
    }

    /// The terms that every matching text has.
    pub fn terms(&self) -> BTreeSet<String> {
        let words = self.words.iter().map(|word| terms::word_term(word));
        let signs = self.signs.iter().map(|c| terms::sign_term(*c));
        let mut found: BTreeSet<String> = words.chain(signs).collect();
        for run in &self.runs {
            match run.as_slice() {
                [one] => drop(found.insert(terms::single_term(*one))),
                run => found.extend(run.windows(2).map(|two| terms::pair_term(two[0], two[1]))),
            }
        }
        found
    }

    /// Everything in the text that is looked for, in order, with what touches joined. `None`: it
    /// does not match.
    pub fn find(&self, text: &str) -> Option<Vec<Place>> {
        let mut places: Vec<Place> = Vec::new();
        let mut words: BTreeSet<&str> = BTreeSet::new();
        let mut signs: BTreeSet<char> = BTreeSet::new();
        let mut runs: BTreeSet<&[char]> = BTreeSet::new();
        for piece in terms::cut(text) {
            match piece {
                Piece::Word(word, at) => {
                    if let Some(known) = self.words.get(&word) {
                        words.insert(known);
                        places.push(at);
                    }
                }
                Piece::Sign(c, at) => {
                    if self.signs.contains(&c) {
                        signs.insert(c);
                        places.push(at);
                    }
                }
                Piece::Run(there) => {
                    for wanted in &self.runs {
                        for part in there.windows(wanted.len()) {
                            if part.iter().map(|(c, _)| c).eq(wanted) {
                                runs.insert(wanted);
                                places.push(part[0].1.start..part[part.len() - 1].1.end);
                            }
                        }
                    }
                }
            }
        }
        let all = words.len() == self.words.len()
            && signs.len() == self.signs.len()
            && runs.len() == self.runs.len();
        all.then(|| joined(places))
    }

    /// Shows a matching text. `None`: it does not match.
    pub fn excerpt(&self, text: &str) -> Option<Excerpt> {
        let places = self.find(text)?;
        let first = places.first().map_or(0, |place| place.start);
        let part = part(text, first);
        let mut snippet = String::new();
        if part.start > 0 {
            snippet.push(CUT);
        }
        let mut highlights = Vec::new();
        // UTF-16 code units so far, and up to where in the text.
        let (mut units, mut at) = (utf16(&snippet), part.start);
        for place in places {
            let (from, to) = (place.start.max(part.start), place.end.min(part.end));
            if from < to {
                let from_unit = units + utf16(&text[at..from]);
                units = from_unit + utf16(&text[from..to]);
                at = to;
                highlights.push((from_unit, units));
            }
        }
        snippet.push_str(&text[part.clone()]);
        if part.end < text.len() {
            snippet.push(CUT);
        }
        Some(Excerpt {
            snippet,
            highlights,
        })
    }
}

fn utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn joined(mut places: Vec<Place>) -> Vec<Place> {
    places.sort_unstable_by_key(|place| (place.start, place.end));
    places.dedup_by(|later, earlier| {
        let touch = later.start <= earlier.end;
        if touch {
            earlier.end = earlier.end.max(later.end);
        }
        touch
    });
    places
}

/// The part of a text to show whose first match begins at this byte: all of it, if it is short.
fn part(text: &str, first: usize) -> Place {
    if text.chars().nth(SEARCH_SNIPPET_CHARS).is_none() {
        return 0..text.len();
    }
    let before = text[..first].char_indices().rev().take(BEFORE);
    let mut start = before.last().map_or(first, |(at, _)| at);
    let end_of = |start: usize| {
        let beyond = text[start..].char_indices().nth(SEARCH_SNIPPET_CHARS);
        beyond.map_or(text.len(), |(at, _)| start + at)
    };
    let end = end_of(start);
    if end == text.len() {
        // The end of the text is near: as much of it as fits.
        let last = text.char_indices().rev().take(SEARCH_SNIPPET_CHARS).last();
        start = last.map_or(0, |(at, _)| at);
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with what was found in brackets; `-`: no match.
    fn found(query: &str, text: &str) -> String {
        let Some(excerpt) = Query::parse(query).unwrap().excerpt(text) else {
            return "-".into();
        };
        let units: Vec<u16> = excerpt.snippet.encode_utf16().collect();
        let (mut shown, mut at) = (String::new(), 0);
        for (from, to) in excerpt.highlights {
            let (gap, hit) = (&units[at..from], &units[from..to]);
            let (gap, hit) = (String::from_utf16(gap), String::from_utf16(hit));
            shown += &format!("{}[{}]", gap.unwrap(), hit.unwrap());
            at = to;
        }
        shown + &String::from_utf16(&units[at..]).unwrap()
    }

    #[test]
    fn what_matches_and_where() {
        for (query, text, expected) in [
            ("hello", "Hello, hello!", "[Hello], [hello]!"),
            ("hell", "hello", "-"),
            ("world hello", "hello world", "[hello] [world]"),
            ("hello mars", "hello world", "-"),
            ("cafe", "Un CAFÉ noir", "Un [CAFÉ] noir"),
            ("天气", "今天天气不错", "今天[天气]不错"),
            ("天", "今天天气不错", "今[天天]气不错"),
            ("今天天气不错", "今天天气不错", "[今天天气不错]"),
            // Exactly as written: neither both pairs somewhere, nor across a gap.
            ("天气不", "天气，气不", "-"),
            ("好世", "你好，世界", "-"),
            ("好，世", "你好，世界", "你[好]，[世]界"),
            ("好 天气", "天气好", "[天气好]"),
            ("iphone手机", "手机是iPhone", "[手机]是[iPhone]"),
            ("👍", "好👍𠮷👍", "好[👍]𠮷[👍]"),
            ("吉", "吉𠮷吉", "[吉]𠮷[吉]"),
            ("ﾃﾞｰﾀ", "テ\u{3099}ータだ", "[テ\u{3099}ータ]だ"),
            ("a b a", "b a", "[b] [a]"),
            // One character that is several.
            ("株式", "㍿の", "[㍿]の"),
        ] {
            assert_eq!(found(query, text), expected, "{query} in {text}");
        }
    }

    #[test]
    fn queries_have_bounds() {
        for empty in ["", " ", "，。…!?", "\u{301}", "\u{200d}"] {
            let no = Query::parse(empty).unwrap_err();
            assert!(no.starts_with("must hold a word"), "{empty:?}: {no}");
        }
        let most = "好".repeat(SEARCH_QUERY_CHARS);
        assert_eq!(Query::parse(&most).unwrap().terms().len(), 1);
        let no = Query::parse(&format!("{most}好")).unwrap_err();
        assert!(no.contains("at most 128 characters"), "{no}");
        let words = |count: usize| {
            let words: Vec<String> = (0..count).map(|n| n.to_string()).collect();
            words.join(" ")
        };
        assert!(Query::parse(&words(SEARCH_QUERY_PIECES)).is_ok());
        assert!(Query::parse(&words(SEARCH_QUERY_PIECES + 1)).is_err());
    }

    #[test]
    fn every_term_of_a_match_is_in_the_text() {
        let text = "今天Ｒｕｓｔ真好用👍, isn't it?";
        for query in ["今天 rust", "真好用", "好", "👍 it", "isn't"] {
            let query = Query::parse(query).unwrap();
            assert!(query.find(text).is_some(), "{query:?}");
            assert!(query.terms().is_subset(&terms::terms(text)), "{query:?}");
        }
    }

    #[test]
    fn long_texts_are_cut_around_the_first_match() {
        let short = "x".repeat(SEARCH_SNIPPET_CHARS - 2) + " y";
        assert!(!found("y", &short).contains(CUT));
        let gap = "字 ".repeat(SEARCH_SNIPPET_CHARS);
        let middle = format!("{gap}needle {gap}needle");
        let shown = Query::parse("needle").unwrap().excerpt(&middle).unwrap();
        assert_eq!(shown.highlights, [(BEFORE + 1, BEFORE + 7)]);
        assert!(shown.snippet.starts_with(CUT) && shown.snippet.ends_with(CUT));
        assert_eq!(shown.snippet.chars().count(), SEARCH_SNIPPET_CHARS + 2);
        let start = Query::parse("needle")
            .unwrap()
            .excerpt(&format!("needle {gap}"));
        let start = start.unwrap();
        assert!(start.snippet.starts_with("needle") && start.snippet.ends_with(CUT));
        let end = Query::parse("needle")
            .unwrap()
            .excerpt(&format!("{gap}needle"));
        let end = end.unwrap();
        assert!(end.snippet.starts_with(CUT) && end.snippet.ends_with("needle"));
        assert_eq!(end.snippet.chars().count(), SEARCH_SNIPPET_CHARS + 1);
        // A match longer than the snippet is cut with it.
        let long = Query::parse("needle")
            .unwrap()
            .excerpt(&format!("{gap}{}needle", "🦀".repeat(300)));
        assert!(long.is_some_and(|shown| shown.highlights.len() == 1));
    }
}
