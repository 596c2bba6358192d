//! Cuts text into what is looked for: pure, and the same for indexing, for queries and for
//! highlights, so that all stores find the same.
//!
//! | in the text | becomes | found by |
//! |---|---|---|
//! | letters and digits of scripts with spaces | a word, folded | the whole word |
//! | a run of characters of a script without spaces (Chinese, Japanese, Korean, Thai, …) | its single characters and its pairs | any part of the run, as written |
//! | an emoji or a similar sign | itself | itself |
//! | everything else | a gap | nothing |
//!
//! Folding: compatibility forms become plain ones (`Ａ` and `ａ` are `a`, `ﬁ` is `fi`), letters
//! lose case and the accents of U+0300 to U+036F (`É` is `e`), what only joins or varies
//! characters is skipped. Each character is folded by itself, so every folded one knows where in
//! the text it came from.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

use crate::limits::SEARCH_WORD_CHARS;

/// Raised whenever the same text is cut differently than before: an index of another version is
/// made anew.
pub const VERSION: i64 = 1;

/// A place in the text that was cut, in bytes.
pub type Place = Range<usize>;

/// What a text is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A folded word, at most [`SEARCH_WORD_CHARS`] characters of it.
    Word(String, Place),
    /// Characters of a script without spaces that follow one another.
    Run(Vec<(char, Place)>),
    /// An emoji or a similar sign.
    Sign(char, Place),
}

/// Cuts a text into pieces, in their order.
pub fn cut(text: &str) -> Vec<Piece> {
    let mut cutter = Cutter::default();
    for (at, c) in text.char_indices() {
        cutter.take(c, at..at + c.len_utf8());
    }
    cutter.end();
    cutter.pieces
}

/// The terms under which a text is found, as the index keeps them. Only lower-case ASCII letters
/// and digits, so that no tokenizer of a database cuts them again; the first letter says what the
/// rest is.
pub fn terms(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for piece in cut(text) {
        match piece {
            Piece::Word(word, _) => {
                terms.insert(word_term(&word));
            }
            Piece::Run(run) => {
                terms.extend(run.iter().map(|(c, _)| single_term(*c)));
                terms.extend(run.windows(2).map(|two| pair_term(two[0].0, two[1].0)));
            }
            Piece::Sign(c, _) => {
                terms.insert(sign_term(c));
            }
        }
    }
    terms
}

/// `w` and the word; `x` and its UTF-8 in hexadecimal if it is not ASCII.
pub(crate) fn word_term(word: &str) -> String {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return format!("w{word}");
    }
    let mut term = String::with_capacity(1 + 2 * word.len());
    term.push('x');
    for byte in word.bytes() {
        term.push(digit(u32::from(byte) / 16));
        term.push(digit(u32::from(byte) % 16));
    }
    term
}

/// `c` and the character.
pub(crate) fn single_term(c: char) -> String {
    let mut term = String::from("c");
    push_char(&mut term, c);
    term
}

/// `d` and two characters that follow one another.
pub(crate) fn pair_term(one: char, next: char) -> String {
    let mut term = String::from("d");
    push_char(&mut term, one);
    push_char(&mut term, next);
    term
}

/// `s` and the sign.
pub(crate) fn sign_term(c: char) -> String {
    let mut term = String::from("s");
    push_char(&mut term, c);
    term
}

/// Four digits of base 36: enough for every character, and always four, so that pairs cannot be
/// read in two ways.
fn push_char(term: &mut String, c: char) {
    let c = u32::from(c);
    for place in [46_656, 1_296, 36, 1] {
        term.push(digit(c / place % 36));
    }
}

fn digit(value: u32) -> char {
    char::from_digit(value, 36).unwrap_or('0')
}

#[derive(Default)]
struct Cutter {
    pieces: Vec<Piece>,
    /// The piece that may still grow; in a word, with the characters it has.
    open: Option<(Piece, usize)>,
}

impl Cutter {
    fn take(&mut self, c: char, at: Place) {
        if is_skipped(c) {
            return;
        }
        // Most characters are these; they fold to themselves.
        if c.is_ascii() {
            match c.is_ascii_alphanumeric() {
                true => self.letter(c.to_ascii_lowercase(), &at),
                false => self.end(),
            }
            return;
        }
        for c in std::iter::once(c).nfkc() {
            if is_skipped(c) {
                self.extend(&at);
            } else if is_spaceless(c) {
                self.character(c, &at);
            } else if is_combining_mark(c) {
                self.mark(c, &at);
            } else if c.is_alphanumeric() {
                let letters = c.to_lowercase().nfd().filter(|c| !is_accent(*c));
                // Lower-casing writes another small sigma at the end of a word.
                letters.for_each(|c| self.letter(if c == 'ς' { 'σ' } else { c }, &at));
            } else if is_sign(c) {
                self.end();
                self.pieces.push(Piece::Sign(c, at.clone()));
            } else {
                self.end();
            }
        }
    }

    fn letter(&mut self, c: char, at: &Place) {
        if let Some((Piece::Word(word, place), chars)) = &mut self.open {
            place.end = at.end;
            if *chars < SEARCH_WORD_CHARS {
                word.push(c);
                *chars += 1;
            }
            return;
        }
        self.end();
        self.open = Some((Piece::Word(c.into(), at.clone()), 1));
    }

    fn character(&mut self, c: char, at: &Place) {
        if let Some((Piece::Run(run), _)) = &mut self.open {
            // Voiced kana and Korean syllables may be written in parts.
            match run.last_mut() {
                Some((last, place)) if compose(*last, c).is_some() => {
                    *last = compose(*last, c).unwrap_or(c);
                    place.end = at.end;
                }
                _ => run.push((c, at.clone())),
            }
            return;
        }
        self.end();
        self.open = Some((Piece::Run(vec![(c, at.clone())]), 0));
    }

    /// A mark belongs to what it stands on, and is nothing by itself.
    fn mark(&mut self, c: char, at: &Place) {
        match &self.open {
            Some((Piece::Word(..), _)) if !is_accent(c) => self.letter(c, at),
            Some(_) => self.extend(at),
            None => {}
        }
    }

    fn extend(&mut self, at: &Place) {
        match &mut self.open {
            Some((Piece::Word(_, place), _)) => place.end = at.end,
            Some((Piece::Run(run), _)) => {
                if let Some((_, place)) = run.last_mut() {
                    place.end = at.end;
                }
            }
            _ => {}
        }
    }

    fn end(&mut self) {
        self.pieces.extend(self.open.take().map(|(piece, _)| piece));
    }
}

/// Accents that are dropped.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Characters that are not seen: they join, part or vary their neighbours.
fn is_skipped(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}')
}

/// Scripts that are written without spaces between words.
fn is_spaceless(c: char) -> bool {
    matches!(c,
        // Thai, Lao; Burmese; Korean in parts; Khmer. Not their signs for the end of a sentence.
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' | '\u{e81}'..='\u{ece}'
        | '\u{1000}'..='\u{1049}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17d3}'
        // Chinese radicals; iteration mark, "closed", zero; numerals.
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
        // Kana with their marks, without the middle dot; Bopomofo; Korean; more of them.
        | '\u{3041}'..='\u{309a}' | '\u{309d}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}' | '\u{3105}'..='\u{318e}' | '\u{31a0}'..='\u{31bf}'
        | '\u{31f0}'..='\u{31ff}'
        // Chinese; Yi; Korean; compatibility characters that have no other form.
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a000}'..='\u{a48c}'
        | '\u{a960}'..='\u{a97c}' | '\u{ac00}'..='\u{d7fb}' | '\u{f900}'..='\u{faff}'
        | '\u{1b000}'..='\u{1b16f}' | '\u{20000}'..='\u{3ffff}')
}

/// Emoji and the signs around them.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2b05}'..='\u{2b55}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
#[path = "terms_tests.rs"]
mod tests;
