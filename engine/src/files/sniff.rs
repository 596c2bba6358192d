//! What something is, found in its content, and what it may be called.
//!
//! What a client says about a file is not asked: not its `Content-Type`, not the ending of its
//! name. Only what is to be shown as a picture must be one; the rest is bytes to be saved.

use image::ImageFormat;

use crate::limits::FILE_NAME_CHARS;
use crate::names::is_deceptive;

/// Bytes without a meaning of their own.
pub const UNKNOWN: &str = "application/octet-stream";

/// The formats that pictures are read from.
const PICTURES: [(&str, ImageFormat); 4] = [
    ("image/jpeg", ImageFormat::Jpeg),
    ("image/png", ImageFormat::Png),
    ("image/gif", ImageFormat::Gif),
    ("image/webp", ImageFormat::WebP),
];

/// What the first bytes of a file say that it is.
pub fn mime(first: &[u8]) -> &'static str {
    let known = infer::get(first).map(|kind| kind.mime_type());
    // A browser might run these; nobody needs to be told that they are more than bytes.
    let harmless = known.filter(|mime| !mime.starts_with("text/"));
    harmless.unwrap_or(UNKNOWN)
}

/// The format of a picture that may be one of ours.
pub fn picture(mime: &str) -> Option<ImageFormat> {
    let found = PICTURES.iter().find(|(name, _)| *name == mime);
    found.map(|(_, format)| *format)
}

/// The name of an upload: its last part only, one line, without control characters and without
/// those that hide or reorder others; at most [`FILE_NAME_CHARS`], the ending kept. Never empty.
pub fn name(said: &str) -> String {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = last
        .chars()
        .filter(|c| c.is_whitespace() || !(c.is_control() || is_deceptive(*c)));
    let clean: String = clean.collect();
    let name = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    // A leading dot hides a file, and names of dots only are directories.
    let name = name.trim_start_matches('.').trim();
    if name.is_empty() {
        return "file".into();
    }
    let (stem, ending) = split(name);
    let room = FILE_NAME_CHARS - ending.chars().count();
    let stem: String = stem.chars().take(room).collect();
    format!("{stem}{ending}")
}

/// The same name for a picture that was made anew in another format.
pub fn picture_name(name: &str, mime: &str) -> String {
    let (stem, ending) = split(name);
    let right: &[&str] = match mime {
        "image/jpeg" => &[".jpg", ".jpeg"],
        "image/gif" => &[".gif"],
        _ => &[".png"],
    };
    let folded = ending.to_ascii_lowercase();
    if right.contains(&folded.as_str()) {
        return name.to_owned();
    }
    let is_picture = [".jpg", ".jpeg", ".jfif", ".png", ".gif", ".webp"];
    let stem = if is_picture.contains(&folded.as_str()) {
        stem
    } else {
        name
    };
    let room = FILE_NAME_CHARS - right[0].len();
    let stem: String = stem.chars().take(room).collect();
    format!("{stem}{}", right[0])
}

/// A name and its ending, with the dot; long endings are none.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name[at..].chars().count() <= 16 => name.split_at(at),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_says_what_it_is() {
        assert_eq!(mime(b"\x89PNG\r\n\x1a\n0000"), "image/png");
        assert_eq!(mime(b"\xff\xd8\xff\xe0000"), "image/jpeg");
        assert_eq!(mime(b"GIF89a000000"), "image/gif");
        assert_eq!(mime(b"RIFF0000WEBPVP8 "), "image/webp");
        assert_eq!(mime(b"%PDF-1.7"), "application/pdf");
        for text in [
            "<!DOCTYPE html><html>",
            "<?xml version='1.0'?><svg/>",
            "<svg>",
            "x",
            "",
        ] {
            assert_eq!(mime(text.as_bytes()), UNKNOWN, "{text}");
        }
        assert_eq!(picture("image/bmp"), None);
        assert_eq!(picture("image/svg+xml"), None);
    }

    #[test]
    fn names_are_cleaned_and_never_refused() {
        for (said, kept) in [
            ("报告.pdf", "报告.pdf"),
            ("C:\\Users\\x\\a b.txt", "a b.txt"),
            ("../../etc/passwd", "passwd"),
            (" a\r\nb\t.txt ", "a b .txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\0b", "ab"),
            (".htaccess", "htaccess"),
            ("..", "file"),
            ("", "file"),
            ("\u{200b}", "file"),
        ] {
            assert_eq!(name(said), kept, "{said:?}");
        }
        let long = name(&format!("{}.tar.gz", "长".repeat(500)));
        assert_eq!(long.chars().count(), FILE_NAME_CHARS);
        assert!(long.ends_with("长.gz"), "{long}");
        let long = name(&format!("a.{}", "b".repeat(500)));
        assert_eq!(long.chars().count(), FILE_NAME_CHARS);
    }

    #[test]
    fn a_picture_in_another_format_has_another_ending() {
        for (before, mime, after) in [
            ("a.webp", "image/jpeg", "a.jpg"),
            ("a.JPEG", "image/jpeg", "a.JPEG"),
            ("a.html", "image/png", "a.html.png"),
            ("a", "image/gif", "a.gif"),
            ("a.b.png", "image/jpeg", "a.b.jpg"),
        ] {
            assert_eq!(picture_name(before, mime), after, "{before}");
        }
        let long = picture_name(&"x".repeat(FILE_NAME_CHARS), "image/png");
        assert_eq!(long.chars().count(), FILE_NAME_CHARS);
    }
}
