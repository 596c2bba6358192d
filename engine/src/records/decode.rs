//! From bytes to text. A file that is in none of the encodings that these programs wrote is
//! refused, because a guess would turn names and words into others.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// A decoded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// What is in it, without a byte order mark.
    pub text: String,
    /// The encoding it was in.
    pub encoding: &'static str,
}

/// By its byte order mark; without one UTF-16 if it holds zero bytes, UTF-8 if it can be that, and
/// else GBK (and what GB 18030 adds to it), which QQ wrote for many years.
///
/// # Errors
/// Where it cannot be read, as a sentence without its end.
pub fn strictly(bytes: &[u8]) -> Result<Decoded, String> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, &bytes[length..]),
        None if bytes.contains(&0) && bytes.get(1) == Some(&0) => (UTF_16LE, bytes),
        None if bytes.contains(&0) && bytes.first() == Some(&0) => (UTF_16BE, bytes),
        None if bytes.contains(&0) => (UTF_16LE, bytes),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, bytes),
        None => (GB18030, bytes),
    };
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(Decoded {
            text: text.into_owned(),
            encoding: encoding.name(),
        }),
        None => Err(format!(
            "line {} is not in {}, which the file seems to be in: save it as UTF-8",
            bad_line(encoding, bytes),
            encoding.name()
        )),
    }
}

/// Line by line, whatever bytes there are: UTF-8, and � for what is not. Also which lines had such
/// bytes, the first being 1.
pub fn forgivingly(bytes: &[u8]) -> (String, Vec<usize>) {
    let text = String::from_utf8_lossy(bytes);
    let lines = bytes.split(|byte| *byte == b'\n').zip(1..);
    let bad = lines.filter(|(line, _)| std::str::from_utf8(line).is_err());
    let bad = bad.map(|(_, number)| number).collect();
    let text = text.trim_start_matches('\u{feff}').to_owned();
    (text, bad)
}

/// The first line that cannot be read: of those up to it, the shortest beginning that cannot.
fn bad_line(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    let reads = |end: usize| {
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let most = decoder.max_utf8_buffer_length_without_replacement(end);
        let mut text = String::with_capacity(most.unwrap_or(end));
        let bytes = &bytes[..end];
        // What is cut off in the middle of a character is not bad yet.
        let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, false);
        match result {
            encoding_rs::DecoderResult::Malformed(..) => Err(text),
            _ => Ok(()),
        }
    };
    match reads(bytes.len()) {
        Err(before) => before.matches('\n').count() + 1,
        // Only its very end is bad.
        Ok(()) => encoding
            .decode_without_bom_handling(bytes)
            .0
            .lines()
            .count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_that_qq_wrote() {
        let text = "消息记录\r\n大家好 😀\r\n";
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let mut big = vec![0xfe, 0xff];
        big.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let (gb, ..) = GB18030.encode(text);
        for (bytes, encoding) in [
            (text.as_bytes(), "UTF-8"),
            (&bom, "UTF-8"),
            (&utf16, "UTF-16LE"),
            (&big, "UTF-16BE"),
            (&gb, "gb18030"),
        ] {
            let decoded = strictly(bytes).unwrap();
            assert_eq!((decoded.text.as_str(), decoded.encoding), (text, encoding));
        }
        let ascii: Vec<u8> = "[12:00] <a> b\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(strictly(&ascii).unwrap().encoding, "UTF-16LE");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (bytes, line) in [
            (&b"\xef\xbb\xbfa\nb\xff\nc"[..], "line 2"),
            (b"\xc4\xe3\n\n\xff\xff\n", "line 3"),
            (b"\xff\xfea\0\n\0\x00\xd8a\0", "line 2"),
            (b"\xff\xfea\0\n\0b", "line 2"),
        ] {
            let error = strictly(bytes).unwrap_err();
            assert!(error.contains(line), "{bytes:?}: {error}");
        }
        assert_eq!(strictly(b"").unwrap().text, "");
    }

    #[test]
    fn forgiving_says_where() {
        let (text, bad) = forgivingly(b"\xef\xbb\xbfa\nb\xffc\nd");
        assert_eq!((text.as_str(), &bad[..]), ("a\nb\u{fffd}c\nd", &[2][..]));
    }
}
