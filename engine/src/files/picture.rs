//! Pictures made anew: unpacked to pixels and packed again, so that nothing is left of what else
//! was in the file: where it was taken, with which camera, other formats hidden in its gaps.
//!
//! What comes out is JPEG, PNG or GIF, which every browser draws. A photo stays JPEG and a PNG stays
//! PNG; WebP becomes PNG if something shines through, else JPEG; a GIF keeps its frames
//! ([`super::moving`]). The orientation that a camera noted is applied first, because it goes with
//! the rest. Colour profiles go too: pixels are taken to be sRGB.

use std::io::{self, Cursor, Write};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::moving;
use crate::limits::{
    AVATAR_PIXELS, AVATAR_SMALL_PIXELS, PICTURE_MEMORY_MIB, PICTURE_PIXELS, PICTURE_REMADE_BYTES,
    THUMBNAIL_BYTES, THUMBNAIL_PIXELS,
};

/// Of a picture's JPEG: hard to tell from the original.
const QUALITY: u8 = 88;
/// Of a thumbnail's.
const THUMBNAIL_QUALITY: u8 = 80;

/// Why a picture was not made anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unmade {
    /// It cannot be unpacked: an ordinary file.
    NotOne,
    /// It is beyond what is unpacked here.
    TooLarge,
}

/// A picture made anew.
pub struct Made {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is.
    pub mime: &'static str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// A small one and what it is; `None`: the picture is small enough itself.
    pub thumbnail: Option<(Vec<u8>, &'static str)>,
}

/// MiB that unpacking will take, read from the head of the file: the pixels twice, because turning
/// them takes a copy.
///
/// # Errors
/// It cannot be read, or it is more than we unpack.
pub fn cost(bytes: &[u8], format: ImageFormat) -> Result<usize, Unmade> {
    let unpacked = decoder(bytes, format)?.total_bytes();
    let mib = usize::try_from(unpacked >> 19).unwrap_or(usize::MAX);
    Ok(mib.saturating_add(1).min(PICTURE_MEMORY_MIB))
}

/// Makes a picture anew.
///
/// # Errors
/// See [`Unmade`].
pub fn remake(bytes: &[u8], format: ImageFormat) -> Result<Made, Unmade> {
    let image = unpack(bytes, format)?;
    let (width, height) = (image.width(), image.height());
    let (bytes, mime) = match format {
        ImageFormat::Gif => (moving::remake(bytes)?, "image/gif"),
        ImageFormat::Jpeg => (jpeg(&image, QUALITY)?, "image/jpeg"),
        ImageFormat::Png => (png(&image)?, "image/png"),
        _ if shines_through(&image) => (png(&image)?, "image/png"),
        _ => (jpeg(&image, QUALITY)?, "image/jpeg"),
    };
    let is_small = width.max(height) <= THUMBNAIL_PIXELS && bytes.len() <= THUMBNAIL_BYTES;
    let thumbnail = match is_small {
        true => None,
        false => Some(thumbnail(&image)?),
    };
    Ok(Made {
        bytes,
        mime,
        width,
        height,
        thumbnail,
    })
}

/// Makes an avatar of a picture: the middle of it, square, large and small.
///
/// # Errors
/// See [`Unmade`].
pub fn avatar(bytes: &[u8], format: ImageFormat) -> Result<Made, Unmade> {
    let image = unpack(bytes, format)?;
    let side = image.width().min(image.height());
    let (left, top) = ((image.width() - side) / 2, (image.height() - side) / 2);
    let mut square = image.crop_imm(left, top, side, side);
    drop(image);
    if side > 2 * AVATAR_PIXELS {
        // The coarse step is cheap; the fine one below then has little to do.
        square = square.thumbnail_exact(2 * AVATAR_PIXELS, 2 * AVATAR_PIXELS);
    }
    let of_side = |side| square.resize_exact(side, side, FilterType::CatmullRom);
    let (large, small) = (of_side(AVATAR_PIXELS), of_side(AVATAR_SMALL_PIXELS));
    let (bytes, small, mime) = match shines_through(&large) {
        true => (png(&large)?, png(&small)?, "image/png"),
        false => (jpeg(&large, QUALITY)?, jpeg(&small, QUALITY)?, "image/jpeg"),
    };
    Ok(Made {
        bytes,
        mime,
        width: AVATAR_PIXELS,
        height: AVATAR_PIXELS,
        thumbnail: Some((small, mime)),
    })
}

/// Opens a picture whose size is acceptable.
fn decoder(bytes: &[u8], format: ImageFormat) -> Result<impl ImageDecoder + '_, Unmade> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some((PICTURE_MEMORY_MIB as u64) << 20);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(unmade)?;
    let (width, height) = decoder.dimensions();
    match u64::from(width) * u64::from(height) {
        0 => Err(Unmade::NotOne),
        pixels if pixels > PICTURE_PIXELS => Err(Unmade::TooLarge),
        _ => Ok(decoder),
    }
}

/// The pixels, upright, 8 bits a channel.
fn unpack(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, Unmade> {
    let mut decoder = decoder(bytes, format)?;
    let orientation = decoder.orientation();
    let mut image = DynamicImage::from_decoder(decoder).map_err(unmade)?;
    if let Ok(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Ok(match image {
        DynamicImage::ImageLuma16(_) => image.into_luma8().into(),
        DynamicImage::ImageLumaA16(_) => image.into_luma_alpha8().into(),
        DynamicImage::ImageRgb16(_) | DynamicImage::ImageRgb32F(_) => image.into_rgb8().into(),
        DynamicImage::ImageRgba16(_) | DynamicImage::ImageRgba32F(_) => image.into_rgba8().into(),
        image => image,
    })
}

fn unmade(error: image::ImageError) -> Unmade {
    match error {
        image::ImageError::Limits(_) => Unmade::TooLarge,
        _ => Unmade::NotOne,
    }
}

fn thumbnail(image: &DynamicImage) -> Result<(Vec<u8>, &'static str), Unmade> {
    let small = match image.width().max(image.height()) > THUMBNAIL_PIXELS {
        true => &image.thumbnail(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS),
        false => image,
    };
    match shines_through(small) {
        true => Ok((png(small)?, "image/png")),
        false => Ok((jpeg(small, THUMBNAIL_QUALITY)?, "image/jpeg")),
    }
}

/// Whether any pixel is not opaque: a channel for it is often there without need.
fn shines_through(image: &DynamicImage) -> bool {
    match image {
        DynamicImage::ImageRgba8(image) => image.pixels().any(|pixel| pixel.0[3] < 255),
        DynamicImage::ImageLumaA8(image) => image.pixels().any(|pixel| pixel.0[1] < 255),
        _ => false,
    }
}

fn jpeg(image: &DynamicImage, quality: u8) -> Result<Vec<u8>, Unmade> {
    let mut out = Bounded::default();
    let encoder = JpegEncoder::new_with_quality(&mut out, quality);
    let written = match image {
        DynamicImage::ImageRgba8(_) => image.to_rgb8().write_with_encoder(encoder),
        DynamicImage::ImageLumaA8(_) => image.to_luma8().write_with_encoder(encoder),
        image => image.write_with_encoder(encoder),
    };
    out.finish(written)
}

fn png(image: &DynamicImage) -> Result<Vec<u8>, Unmade> {
    let mut out = Bounded::default();
    let written = image.write_with_encoder(PngEncoder::new(&mut out));
    out.finish(written)
}

/// What is written, up to [`PICTURE_REMADE_BYTES`].
#[derive(Default)]
pub(super) struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Bounded {
    pub(super) fn finish<T, E>(self, written: Result<T, E>) -> Result<Vec<u8>, Unmade> {
        match written {
            Ok(_) => Ok(self.bytes),
            Err(_) if self.is_full => Err(Unmade::TooLarge),
            Err(_) => Err(Unmade::NotOne),
        }
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > PICTURE_REMADE_BYTES {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
