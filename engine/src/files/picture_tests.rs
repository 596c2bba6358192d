//! Pictures that were made anew: upright, without what was hidden, within the bounds.

use image::{GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;
use webqq_testkit::pictures::{gps, oriented_jpeg, png_that_says};

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// Red on the left, blue on the right.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| match x < width / 2 {
        true => Rgb([250, 10, 10]),
        false => Rgb([10, 10, 250]),
    })
}

fn opened(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

fn is_red(image: &DynamicImage, x: u32, y: u32) -> bool {
    let pixel = image.get_pixel(x, y);
    pixel[0] > 200 && pixel[2] < 60
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|part| part == what)
}

#[test]
fn a_photo_stands_upright_and_has_forgotten_where_it_was() {
    let plain = encoded(halves(60, 20), ImageFormat::Jpeg);
    // Orientation 6: the camera was turned, the right side of the pixels is the bottom.
    let photo = oriented_jpeg(&plain, 6);
    assert!(holds(&photo, b"Exif") && holds(&photo, gps()));
    let made = remake(&photo, ImageFormat::Jpeg).unwrap();
    assert_eq!((made.width, made.height, made.mime), (20, 60, "image/jpeg"));
    let after = opened(&made.bytes);
    assert_eq!(after.dimensions(), (20, 60));
    assert!(is_red(&after, 10, 5) && !is_red(&after, 10, 55));
    for gone in [&b"Exif"[..], gps(), b"http://ns.adobe.com"] {
        assert!(!holds(&made.bytes, gone));
    }
}

#[test]
fn formats_stay_or_become_what_browsers_draw() {
    let opaque = encoded(halves(50, 40), ImageFormat::WebP);
    let made = remake(&opaque, ImageFormat::WebP).unwrap();
    assert_eq!(made.mime, "image/jpeg");
    let clear = RgbaImage::from_pixel(50, 40, Rgba([1, 2, 3, 100]));
    let made = remake(&encoded(clear, ImageFormat::WebP), ImageFormat::WebP).unwrap();
    assert_eq!(made.mime, "image/png");
    assert_eq!(opened(&made.bytes).get_pixel(3, 3), Rgba([1, 2, 3, 100]));
    let deep = image::ImageBuffer::from_pixel(5, 5, Rgb([65_535u16, 0, 0]));
    let deep = DynamicImage::ImageRgb16(deep);
    let made = remake(&encoded(deep, ImageFormat::Png), ImageFormat::Png).unwrap();
    assert_eq!(made.mime, "image/png");
    assert_eq!(opened(&made.bytes).color(), image::ColorType::Rgb8);
}

#[test]
fn text_in_a_png_and_what_follows_it_are_gone() {
    let mut png = png_that_says(&encoded(halves(9, 9), ImageFormat::Png), "a secret place");
    png.extend_from_slice(b"<script>alert(1)</script>");
    assert!(holds(&png, b"a secret place"));
    let made = remake(&png, ImageFormat::Png).unwrap();
    assert!(!holds(&made.bytes, b"a secret place") && !holds(&made.bytes, b"<script>"));
    assert_eq!(opened(&made.bytes).to_rgb8(), halves(9, 9));
}

#[test]
fn thumbnails_are_small_and_keep_the_shape() {
    let made = remake(
        &encoded(halves(1_600, 800), ImageFormat::Png),
        ImageFormat::Png,
    )
    .unwrap();
    let (small, mime) = made.thumbnail.expect("it is large");
    assert_eq!(mime, "image/jpeg");
    assert_eq!(opened(&small).dimensions(), (400, 200));
    assert!(small.len() <= THUMBNAIL_BYTES);
    let made = remake(
        &encoded(halves(400, 80), ImageFormat::Png),
        ImageFormat::Png,
    )
    .unwrap();
    assert!(made.thumbnail.is_none(), "it is small itself");
    let thin = remake(
        &encoded(halves(9_000, 1), ImageFormat::Png),
        ImageFormat::Png,
    )
    .unwrap();
    assert_eq!(opened(&thin.thumbnail.unwrap().0).dimensions(), (400, 1));
}

#[test]
fn avatars_are_the_middle_and_square() {
    let wide = encoded(halves(2_000, 300), ImageFormat::Png);
    let made = avatar(&wide, ImageFormat::Png).unwrap();
    let (large, small) = (opened(&made.bytes), opened(&made.thumbnail.unwrap().0));
    assert_eq!(large.dimensions(), (240, 240));
    assert_eq!(small.dimensions(), (96, 96));
    assert!(is_red(&large, 100, 5) && !is_red(&large, 140, 235));
    let tiny = encoded(halves(1, 1), ImageFormat::Jpeg);
    assert!(avatar(&tiny, ImageFormat::Jpeg).is_ok());
}

#[test]
fn what_is_beyond_the_bounds_is_not_unpacked() {
    let bomb = webqq_testkit::pictures::png_bomb(50_000, 50_000);
    assert!(bomb.len() < 100_000);
    assert_eq!(cost(&bomb, ImageFormat::Png), Err(Unmade::TooLarge));
    assert!(matches!(
        remake(&bomb, ImageFormat::Png),
        Err(Unmade::TooLarge)
    ));
    // Within the pixels, but what it says is not there.
    let short = webqq_testkit::pictures::png_bomb(6_000, 6_000);
    let short = &short[..60];
    assert!(matches!(
        remake(short, ImageFormat::Png),
        Err(Unmade::NotOne)
    ));
}

#[test]
fn what_is_no_picture_is_none() {
    for (bytes, format) in [
        (&b"\x89PNG\r\n\x1a\n<html>"[..], ImageFormat::Png),
        (b"\xff\xd8\xff\xe0", ImageFormat::Jpeg),
        (b"GIF89a", ImageFormat::Gif),
        (b"RIFF0000WEBPVP8 ", ImageFormat::WebP),
    ] {
        assert!(matches!(remake(bytes, format), Err(Unmade::NotOne)));
    }
}

#[test]
fn cost_follows_the_pixels() {
    let small = encoded(halves(100, 100), ImageFormat::Png);
    assert_eq!(cost(&small, ImageFormat::Png), Ok(1));
    let large = encoded(RgbImage::new(4_000, 3_000), ImageFormat::Png);
    assert_eq!(cost(&large, ImageFormat::Png), Ok(69));
}
