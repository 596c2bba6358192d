//! Pictures for tests of uploads: real ones, with something hidden in them, and such as lie.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// What an oriented photo says about where it was taken.
const PLACE: &[u8] = b"39.9042N 116.4074E";

/// Red on the left, blue on the right; `grain` makes it hard to compress.
#[must_use]
pub fn picture(width: u32, height: u32, format: ImageFormat, grain: bool) -> Vec<u8> {
    let mut state = 0x2545_f491_u32;
    let pixels = RgbImage::from_fn(width, height, |x, _| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let noise = if grain { (state >> 24) as u8 / 2 } else { 0 };
        match x < width / 2 {
            true => Rgb([250, noise, 10]),
            false => Rgb([10, noise, 250]),
        }
    });
    let mut out = Cursor::new(Vec::new());
    let written = DynamicImage::from(pixels).write_to(&mut out, format);
    written.expect("a picture can be packed");
    out.into_inner()
}

/// The place that [`oriented_jpeg`] hides.
#[must_use]
pub fn gps() -> &'static [u8] {
    PLACE
}

/// A JPEG with what a camera notes: how it was held, a place, and a word for Adobe's programs.
#[must_use]
pub fn oriented_jpeg(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    assert!(jpeg.starts_with(b"\xff\xd8"), "a JPEG");
    // TIFF, big-endian, one directory of two entries: Orientation, and a text with the place.
    let mut tiff = b"MM\x00\x2a\x00\x00\x00\x08\x00\x02".to_vec();
    tiff.extend_from_slice(b"\x01\x12\x00\x03\x00\x00\x00\x01\x00");
    tiff.extend_from_slice(&[orientation, 0, 0]);
    tiff.extend_from_slice(b"\x01\x0e\x00\x02\x00\x00\x00");
    tiff.push(PLACE.len() as u8);
    tiff.extend_from_slice(b"\x00\x00\x00\x26\x00\x00\x00\x00");
    tiff.extend_from_slice(PLACE);
    let mut out = jpeg[..2].to_vec();
    segment(&mut out, &[b"Exif\0\0", &tiff[..]].concat());
    segment(&mut out, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>");
    out.extend_from_slice(&jpeg[2..]);
    out
}

fn segment(out: &mut Vec<u8>, data: &[u8]) {
    out.extend_from_slice(b"\xff\xe1");
    out.extend_from_slice(&(data.len() as u16 + 2).to_be_bytes());
    out.extend_from_slice(data);
}

/// A PNG with a text in it.
#[must_use]
pub fn png_that_says(png: &[u8], text: &str) -> Vec<u8> {
    // After the signature (8) and the header's chunk (25).
    let (head, rest) = png.split_at(33);
    let mut out = head.to_vec();
    let said = [b"Comment\0", text.as_bytes()].concat();
    out.extend_from_slice(&chunk(*b"tEXt", &said));
    out.extend_from_slice(rest);
    out
}

/// A PNG of a few bytes that says it has so many pixels.
#[must_use]
pub fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 6, 0, 0, 0]);
    // An empty block, stored.
    let data = b"\x78\x01\x01\x00\x00\xff\xff\x00\x00\x00\x01";
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(*b"IHDR", &header),
        chunk(*b"IDAT", data),
        chunk(*b"IEND", b""),
    ]
    .concat()
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut out = (data.len() as u32).to_be_bytes().to_vec();
    out.extend_from_slice(&kind);
    out.extend_from_slice(data);
    let crc = crc(&out[4..]);
    out.extend_from_slice(&crc.to_be_bytes());
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| match crc & 1 {
        1 => (crc >> 1) ^ 0xedb8_8320,
        _ => crc >> 1,
    };
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), step)
    });
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_pictures() {
        let jpeg = picture(30, 10, ImageFormat::Jpeg, true);
        let read = image::load_from_memory(&oriented_jpeg(&jpeg, 6)).unwrap();
        assert_eq!((read.width(), read.height()), (30, 10));
        let png = picture(3, 3, ImageFormat::Png, false);
        assert!(image::load_from_memory(&png_that_says(&png, "x")).is_ok());
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
    }
}
