//! Names and lines that people type: cleaned in one place, so that what is stored can be shown.
//!
//! Names are normalised (NFKC) before they are judged, so that one name has one spelling: full-width
//! letters, ligatures and composed accents are what they look like. Lines and texts are kept as they
//! were typed. Which names look alike is in [`crate::looks`].

use unicode_normalization::UnicodeNormalization;

use crate::limits::{DISPLAY_NAME_CHARS, GROUP_NAME_CHARS, USERNAME_CHARS};
use crate::message::Rejection;

/// Characters that change how their neighbours are drawn, or are not drawn at all: bidirectional
/// marks, overrides and isolates, zero-width characters, fillers, soft hyphens, the byte order mark,
/// and all else that Unicode says may be ignored, but for the variation selectors of emoji.
pub(crate) fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that are drawn only onto another: combining marks and variation selectors.
fn joins(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// One line: white space folded to single spaces and trimmed; no control and no deceptive
/// characters; `least` to `most` characters.
///
/// # Errors
/// `invalid`, naming `field`.
pub fn clean_line(
    field: &'static str,
    text: &str,
    least: usize,
    most: usize,
) -> Result<String, Rejection> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().any(|c| c.is_control() || is_deceptive(c)) {
        let detail = "Control and invisible characters are not allowed here.";
        return Err(Rejection::invalid(field, detail));
    }
    if !line.is_empty() && line.chars().all(|c| c == ' ' || joins(c)) {
        let detail = "There must be something to see.";
        return Err(Rejection::invalid(field, detail));
    }
    let chars = line.chars().count();
    if chars < least || chars > most {
        let detail = if least == 0 {
            format!("At most {most} characters.")
        } else {
            format!("{least} to {most} characters.")
        };
        return Err(Rejection::invalid(field, detail));
    }
    Ok(line)
}

/// A name in its one spelling. What is looked for goes through this, too.
pub fn normalised(name: &str) -> String {
    name.nfkc().collect()
}

/// A name: normalised, then a [line](clean_line).
///
/// # Errors
/// `invalid`, naming `field`.
fn clean_name(field: &'static str, text: &str, most: usize) -> Result<String, Rejection> {
    // Normalising may bring white space and invisible characters in, so it comes first.
    clean_line(field, &normalised(text), 1, most)
}

/// Several lines: trimmed; no control characters but line breaks and tabs; at most `most`
/// characters.
///
/// # Errors
/// `invalid`, naming `field`.
pub fn clean_text(field: &'static str, text: &str, most: usize) -> Result<String, Rejection> {
    let text = text.trim();
    let is_bad = |c: char| (c.is_control() && c != '\n' && c != '\t') || is_deceptive(c);
    if text.chars().any(is_bad) {
        let detail = "Control and invisible characters are not allowed here.";
        return Err(Rejection::invalid(field, detail));
    }
    if text.chars().count() > most {
        let detail = format!("At most {most} characters.");
        return Err(Rejection::invalid(field, detail));
    }
    Ok(text.to_owned())
}

/// A user name: 2 to 32 letters, digits, `.`, `_` or `-`, in any script.
///
/// # Errors
/// `invalid`.
pub fn clean_username(text: &str) -> Result<String, Rejection> {
    let name = clean_name("username", text, USERNAME_CHARS)?;
    if name.chars().count() < 2 {
        let detail = format!("2 to {USERNAME_CHARS} characters.");
        return Err(Rejection::invalid("username", detail));
    }
    if !name
        .chars()
        .all(|c| c.is_alphanumeric() || "._-".contains(c))
    {
        let detail = "Letters, digits, dots, underscores and hyphens only.";
        return Err(Rejection::invalid("username", detail));
    }
    Ok(name)
}

/// A display name: 1 to 32 characters.
///
/// # Errors
/// `invalid`.
pub fn clean_display_name(text: &str) -> Result<String, Rejection> {
    clean_name("name", text, DISPLAY_NAME_CHARS)
}

/// A group's name: 1 to 64 characters.
///
/// # Errors
/// `invalid`.
pub fn clean_group_name(text: &str) -> Result<String, Rejection> {
    clean_name("name", text, GROUP_NAME_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_folded_and_clean() {
        assert_eq!(clean_line("name", "  a \t b ", 1, 9).unwrap(), "a b");
        for bad in [
            "",
            "   ",
            "a\u{202e}b",
            "a\u{200b}b",
            "a\u{7}b",
            "toolong890",
            "\u{3164}\u{3164}",
            "\u{2800}",
            "\u{fe0f}",
            "\u{0301} \u{0301}",
        ] {
            assert!(clean_line("name", bad, 1, 9).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_have_one_spelling() {
        for (typed, expected) in [
            ("ｌｉｌｉ", "lili"),
            ("ﬁne", "fine"),
            ("e\u{301}mile", "émile"),
            ("張偉", "張偉"),
            ("\u{f90a}", "金"),
            ("①②", "12"),
            ("李\u{3000}丽", "李 丽"),
        ] {
            assert_eq!(clean_display_name(typed).unwrap(), expected);
            assert_eq!(clean_group_name(typed).unwrap(), expected);
        }
        // It becomes a space and an accent: nothing that may stand in a user name.
        assert!(clean_username("a\u{a8}b").is_err());
        // One character that becomes eighteen.
        assert!(clean_display_name(&"\u{fdfa}".repeat(2)).is_err());
        // A filler that normalising turns into another filler.
        assert!(clean_display_name("\u{ffa0}x").is_err());
        assert_eq!(clean_line("signature", "好，①", 0, 9).unwrap(), "好，①");
    }

    #[test]
    fn user_names_are_words_of_any_script() {
        assert_eq!(clean_username("张伟_1").unwrap(), "张伟_1");
        for bad in ["a", "a b", "a/b", "<b>", "a@b", &"x".repeat(33)] {
            assert!(clean_username(bad).is_err(), "{bad:?}");
        }
    }
}
