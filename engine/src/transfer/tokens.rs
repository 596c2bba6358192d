//! `schema.sql` cut into words and signs, each with its line.

/// A word, a number, a text in quotes or a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text
    }
}

/// The tokens of a text, without its comments.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next().filter(|_| !rest.starts_with("--")) {
            let end = match first {
                '\'' => match rest[1..].find('\'') {
                    Some(end) => end + 2,
                    None => return Err(format!("schema.sql, line {number}: an open quote")),
                },
                c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            let (token, behind) = rest.split_at(end);
            tokens.push(Token {
                text: token.to_owned(),
                line: number,
            });
            rest = behind.trim_start();
        }
    }
    Ok(tokens)
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
