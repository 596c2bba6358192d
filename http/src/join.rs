//! The page's many small scripts and styles, joined into few for release builds.
//!
//! In development the browser loads each file that `index.html` lists, so that an error names its
//! file and a change shows on reload. A release answers with one script and one style in place of
//! each run of neighbours; the page itself stays the only list, and the order stays the page's.
//! Tags with anything between them (the scripts in the head, those at the end of the body) stay
//! apart: that place in the page is why they were written there. Scripts of type `text/later` are
//! joined among themselves; the page itself reads them when somebody wants what is in them.
//!
//! The page's worker is one of these scripts: `data-worker="…"` names it. Joined, it names the script
//! that this one went into, so the browser has it already, and tabs of before and after an update
//! never share a worker.

use std::collections::BTreeMap;

use crate::slim::slim;

/// Where the page names its worker.
const WORKER: (&str, &str) = (" data-worker=\"", "\"");

/// A page with joined tags, and the files that they name.
#[derive(Debug)]
pub(crate) struct Joined {
    /// `index.html` with each run of tags replaced by one.
    pub(crate) page: String,
    /// Path and content of each joined file; the path holds the content's hash.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Script,
    /// What no browser reads by itself.
    Later,
    Style,
}

impl Kind {
    /// What stands before and after the path. Tags written in any other way are left alone.
    const fn around(self) -> (&'static str, &'static str) {
        match self {
            Kind::Script => ("<script src=\"", "\"></script>"),
            Kind::Later => ("<script type=\"text/later\" src=\"", "\"></script>"),
            Kind::Style => ("<link rel=\"stylesheet\" href=\"", "\">"),
        }
    }

    /// The name of what is joined, around its hash.
    const fn name(self) -> (&'static str, &'static str) {
        match self {
            Kind::Script => ("app.", ".js"),
            Kind::Later => ("later.", ".js"),
            Kind::Style => ("app.", ".css"),
        }
    }
}

#[derive(Debug)]
enum Piece<'a> {
    Tag(Kind, &'a str),
    /// An ordinary comment or white space: may vanish between two tags of a run.
    Blank(&'a str),
    Text(&'a str),
}

/// Joins what `page` lists; `files` holds every file of the site by its path. An error is a
/// sentence: it stops the start of a release, never a request.
pub(crate) fn join(
    page: &str,
    files: &BTreeMap<String, Vec<u8>>,
    hash: impl Fn(&[u8]) -> String,
) -> Result<Joined, String> {
    let worker = attribute(page, WORKER);
    let mut worker_in = None;
    let pieces = pieces(page);
    let mut joined = Joined {
        page: String::new(),
        files: BTreeMap::new(),
    };
    let mut rest = pieces.as_slice();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let (kind, path) = match first {
            Piece::Tag(kind, path) => (*kind, *path),
            Piece::Blank(text) | Piece::Text(text) => {
                joined.page.push_str(text);
                continue;
            }
        };
        let mut paths = vec![path];
        // Blanks belong to the run only if another of its tags follows them.
        let mut blanks = 0;
        for (index, piece) in after.iter().enumerate() {
            match piece {
                Piece::Tag(other, path) if *other == kind => {
                    paths.push(path);
                    blanks = index + 1;
                }
                Piece::Blank(_) => {}
                _ => break,
            }
        }
        rest = &rest[blanks..];
        let content = concatenate(kind, &paths, files)?;
        let (name, extension) = kind.name();
        let path = format!("{}{name}{}{extension}", folder(&paths), hash(&content));
        let (before, after) = kind.around();
        joined.page.push_str(&format!("{before}{path}{after}"));
        if kind == Kind::Script && worker.is_some_and(|worker| paths.contains(&worker)) {
            worker_in = Some(path.clone());
        }
        joined.files.insert(path, content);
    }
    if let Some(worker) = worker {
        let path = worker_in.ok_or_else(|| {
            format!("index.html names the worker `{worker}`, but does not list that script.")
        })?;
        let named = |path: &str| format!("{}{path}{}", WORKER.0, WORKER.1);
        joined.page = joined.page.replacen(&named(worker), &named(&path), 1);
    }
    Ok(joined)
}

/// What stands in the page between the first pair of these marks.
fn attribute<'a>(page: &'a str, marks: (&str, &str)) -> Option<&'a str> {
    let (_, rest) = page.split_once(marks.0)?;
    Some(rest.split_once(marks.1)?.0)
}

/// Cuts a page up so that all pieces in order are the page.
fn pieces(page: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = page;
    while !rest.is_empty() {
        let (piece, length) = next_piece(rest);
        pieces.push(piece);
        rest = &rest[length..];
    }
    pieces
}

fn next_piece(text: &str) -> (Piece<'_>, usize) {
    let blanks = text.len() - text.trim_start().len();
    if blanks > 0 {
        return (Piece::Blank(&text[..blanks]), blanks);
    }
    if text.starts_with("<!--") {
        let length = text.find("-->").map_or(text.len(), |end| end + 3);
        let comment = &text[..length];
        // A conditional comment is a script's reason to stand apart.
        let is_plain = !comment.starts_with("<!--[") && !comment.ends_with("]-->");
        return (
            if is_plain {
                Piece::Blank(comment)
            } else {
                Piece::Text(comment)
            },
            length,
        );
    }
    for kind in [Kind::Script, Kind::Later, Kind::Style] {
        let (before, after) = kind.around();
        if let Some(inside) = text.strip_prefix(before)
            && let Some((path, behind)) = inside.split_once('"')
            && after
                .strip_prefix('"')
                .is_some_and(|after| behind.starts_with(after))
            && !path.contains("://")
        {
            return (
                Piece::Tag(kind, path),
                before.len() + path.len() + after.len(),
            );
        }
    }
    // Up to the next tag, comment or white space. The first character is none of these.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let stop = |c: char| c == '<' || c.is_whitespace();
    let length = text[first..]
        .find(stop)
        .map_or(text.len(), |end| first + end);
    (Piece::Text(&text[..length]), length)
}

fn concatenate(
    kind: Kind,
    paths: &[&str],
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    for path in paths {
        let file = files
            .get(path.trim_start_matches('/'))
            .ok_or_else(|| format!("index.html lists `{path}`, but there is no such file."))?;
        if kind != Kind::Style {
            // Ends a statement that the last file left open, and keeps a "use strict" at the top
            // of one file from holding for all that follow.
            content.extend_from_slice(b";\n");
        }
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        // What others wrote is served as they wrote it.
        match std::str::from_utf8(file) {
            Ok(text) if !path.starts_with("vendor/") => {
                let small = match kind {
                    Kind::Style => slim(text),
                    Kind::Script | Kind::Later => minified(path, text)?,
                };
                content.extend_from_slice(small.as_bytes());
            }
            _ => content.extend_from_slice(file),
        }
        // Ends a comment that the file may end with.
        if !content.ends_with(b"\n") {
            content.push(b'\n');
        }
    }
    Ok(content)
}

/// A script without what only its readers need. Its names stay as they are: what a browser's tools
/// show of a running page is what stands in the sources.
fn minified(path: &str, script: &str) -> Result<String, String> {
    minifier::js::minify(script)
        .map(|small| small.to_string())
        .map_err(|error| format!("`{path}` cannot be made smaller: {error}."))
}

/// The folder (with its `/`) that all paths are in, else none: addresses inside a style are
/// relative to where it lies.
fn folder<'a>(paths: &[&'a str]) -> &'a str {
    let of = |path: &'a str| path.rfind('/').map_or("", |end| &path[..=end]);
    let first = paths.first().map_or("", |path| of(path));
    if paths.iter().all(|path| of(path) == first) {
        first
    } else {
        ""
    }
}

#[cfg(test)]
#[path = "join_tests.rs"]
mod tests;
