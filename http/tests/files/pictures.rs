//! Pictures: what is drawn was made here, and what was hidden in them is gone.

use std::time::{Duration, Instant};

use image::{GenericImageView, ImageFormat};
use serde_json::{Value, json};
use webqq_testkit::http::Response;
use webqq_testkit::pictures::{gps, oriented_jpeg, picture, png_bomb, png_that_says};

use crate::place::{Person, Place, refusal, text};

fn thumbnail(place: &Place, person: &Person, file: &Value) -> Response {
    let path = format!("/api/files/{}/thumbnail", text(&file["id"]));
    place.client(person).get(&path).unwrap()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|part| part == what)
}

#[test]
fn a_photo_comes_out_upright_and_without_its_place() {
    let place = Place::start(&[]);
    let (ann, bob) = (place.person("ann"), place.person("bob"));
    let group = place.group(&[&ann, &bob], "group");
    let photo = oriented_jpeg(&picture(1_200, 600, ImageFormat::Jpeg, true), 6);
    let file = place.upload(&ann, "IMG_1.JPG", &photo);
    assert_eq!(
        (&file["width"], &file["height"]),
        (&json!(600), &json!(1_200))
    );
    assert_eq!(
        (&file["mime"], &file["name"]),
        (&json!("image/jpeg"), &json!("IMG_1.JPG"))
    );
    let said = json!({"file": file["id"], "size": 1, "mime": "text/html", "width": 9});
    let sent = place.try_send(&ann, &group, "image", &said).expect(201);
    let body = place.body(&bob, &group, sent.json()["seq"].as_i64().unwrap());
    let mut expected = file.clone();
    expected["file"] = expected["id"].take();
    expected.as_object_mut().unwrap().remove("id");
    assert_eq!(
        body, expected,
        "what the client said about it is not believed"
    );

    let shown = place.download(&bob, &file).expect(200);
    assert_eq!(shown.header("content-type"), Some("image/jpeg"));
    assert!(
        shown
            .header("content-disposition")
            .unwrap()
            .starts_with("inline; ")
    );
    assert_eq!(shown.body.len() as i64, file["size"].as_i64().unwrap());
    let small = thumbnail(&place, &bob, &file).expect(200);
    assert_eq!(small.header("content-type"), Some("image/jpeg"));
    for bytes in [&shown.body, &small.body] {
        assert!(!holds(bytes, gps()) && !holds(bytes, b"Exif") && !holds(bytes, b"adobe"));
    }
    let (whole, small) = (
        image::load_from_memory(&shown.body).unwrap(),
        image::load_from_memory(&small.body).unwrap(),
    );
    assert_eq!(whole.dimensions(), (600, 1_200));
    assert_eq!(small.dimensions(), (200, 400));
    // Red was on the left, and is on top now.
    assert!(whole.get_pixel(300, 50)[0] > 200 && whole.get_pixel(300, 1_150)[0] < 60);
    // The upload itself, with the place in it, lies nowhere.
    let stored = place.stored();
    assert_eq!(stored.len(), 2, "picture and thumbnail: {stored:?}");
    for path in stored {
        assert!(!holds(&std::fs::read(path).unwrap(), gps()));
    }
    place.check_alive();
}

#[test]
fn what_is_no_picture_is_bytes_to_save() {
    let place = Place::start(&[]);
    let ann = place.person("ann");
    let group = place.group(&[&ann], "group");
    let png = picture(40, 40, ImageFormat::Png, false);
    let half = png[..png.len() / 2].to_vec();
    for (name, bytes) in [
        ("a.png", &b"<!DOCTYPE html><script>alert(1)</script>"[..]),
        (
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ),
        ("a.html", b"<html></html>"),
        ("a.jpg", b"\xff\xd8\xff\xe0<script>alert(1)</script>"),
        ("b.png", &half),
        ("a.js", b"alert(1)"),
    ] {
        let file = place.upload(&ann, name, bytes);
        assert_eq!(file.get("width"), None, "{name}");
        let back = place.download(&ann, &file).expect(200);
        assert_eq!(back.body, bytes, "{name}");
        assert_eq!(
            back.header("content-type"),
            Some("application/octet-stream"),
            "{name}"
        );
        assert!(
            back.header("content-disposition")
                .unwrap()
                .starts_with("attachment; ")
        );
        let drawn = place.try_send(&ann, &group, "image", &json!({"file": file["id"]}));
        assert_eq!(refusal(&drawn), (422, "invalid".into()), "{name}");
        place.send(&ann, &group, "file", &file);
    }
    place.check_alive();
}

#[test]
fn two_things_in_one_become_a_picture_only() {
    let place = Place::start(&[]);
    let ann = place.person("ann");
    let mut both = png_that_says(&picture(50, 30, ImageFormat::Png, false), "a secret");
    both.extend_from_slice(b"<html><script>alert(1)</script>PK\x03\x04");
    let file = place.upload(&ann, "page.html", &both);
    assert_eq!(
        (&file["mime"], &file["name"]),
        (&json!("image/png"), &json!("page.html.png"))
    );
    let back = place.download(&ann, &file).expect(200);
    assert!(!holds(&back.body, b"<script>") && !holds(&back.body, b"a secret"));
    assert_eq!(
        image::load_from_memory(&back.body).unwrap().dimensions(),
        (50, 30)
    );
    // It is small enough to be its own thumbnail.
    assert_eq!(thumbnail(&place, &ann, &file).expect(200).body, back.body);
    assert_eq!(place.stored().len(), 1);
    let webp = picture(50, 30, ImageFormat::WebP, false);
    let file = place.upload(&ann, "a.webp", &webp);
    assert_eq!(
        (&file["mime"], &file["name"]),
        (&json!("image/jpeg"), &json!("a.jpg"))
    );
    place.check_alive();
}

#[test]
fn bombs_do_not_go_off() {
    let place = Place::start(&[]);
    let ann = place.person("ann");
    place.upload(
        &ann,
        "warm.png",
        &picture(2_000, 1_000, ImageFormat::Png, true),
    );
    let before = place.memory_kb();
    // The last would fit into the memory that there is.
    for (width, height) in [
        (50_000, 50_000),
        (65_535, 65_535),
        (1, 2_000_000_000),
        (8_001, 5_000),
    ] {
        let answer = place.try_upload(&ann, "bomb.png", &png_bomb(width, height));
        let (status, code) = refusal(&answer);
        assert_eq!(
            (status, code.as_str()),
            (422, "picture_too_large"),
            "{width}×{height}"
        );
    }
    // Within the pixels, with nothing in it: no picture.
    let hollow = place.upload(&ann, "hollow.png", &png_bomb(6_000, 6_000));
    assert_eq!(hollow.get("width"), None);
    // What was taken is given back, but the allocator does that when it is next asked for something
    // of this size: an idle server keeps the memory of its last picture.
    let grown = || place.memory_kb().saturating_sub(before);
    let next = picture(2_000, 1_000, ImageFormat::Png, true);
    let until = Instant::now() + Duration::from_secs(20);
    while grown() >= 100 * 1024 {
        assert!(Instant::now() < until, "{} kB more", grown());
        std::thread::sleep(Duration::from_millis(200));
        place.upload(&ann, "next.png", &next);
    }
    let large = picture(8_000, 5_000, ImageFormat::Png, false);
    let file = place.upload(&ann, "large.png", &large);
    assert_eq!(file["width"], 8_000, "40 megapixels are in");
    place.check_alive();
}
