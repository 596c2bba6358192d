//! What goes in comes out; what is too much, too slow or broken leaves nothing.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use webqq_testkit::eventually;
use webqq_testkit::http::Client;

use crate::place::{Person, Place, noise, refusal, text};

const SOON: Duration = Duration::from_secs(10);

#[test]
fn what_goes_in_comes_out() {
    let place = Place::start(&[]);
    let ann = place.person("ann");
    let bytes = noise(700_000, 1);
    let file = place.upload(&ann, "%E6%8A%A5%E5%91%8A.bin", &bytes);
    assert_eq!(file["name"], "报告.bin");
    assert_eq!(file["size"], 700_000);
    assert_eq!(file["mime"], "application/octet-stream");
    assert_eq!(file.get("width"), None);
    let back = place.download(&ann, &file).expect(200);
    assert!(back.body == bytes, "the same bytes");
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-length", "700000"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cache-control", "private, max-age=86400, immutable"),
        ("accept-ranges", "bytes"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "content-disposition",
            "attachment; filename=\"__.bin\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.bin",
        ),
    ] {
        assert_eq!(back.header(name), Some(value), "{name}");
    }
    let path = format!("/api/files/{}", text(&file["id"]));
    let head = place.client(&ann).request("HEAD", &path, &[], b"").unwrap();
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some("700000"));
    assert_eq!(head.header("etag"), back.header("etag"));
    let thumbnail = place
        .client(&ann)
        .get(&format!("{path}/thumbnail"))
        .unwrap();
    assert_eq!(refusal(&thumbnail), (404, "not_found".into()));
    place.check_alive();
}

#[test]
fn the_same_bytes_lie_on_the_disk_once() {
    let place = Place::start(&[]);
    let (ann, bob) = (place.person("ann"), place.person("bob"));
    let bytes = noise(100_000, 2);
    let one = place.upload(&ann, "a.bin", &bytes);
    let two = place.upload(&bob, "b.bin", &bytes);
    assert_ne!(one["id"], two["id"]);
    eventually(SOON, "the second copy is gone", || {
        place.stored().len() == 1
    });
    assert!(place.download(&bob, &two).expect(200).body == bytes);
    assert_eq!(place.download(&bob, &one).status, 404);
    place.check_alive();
}

#[test]
fn what_is_too_large_is_refused_declared_or_not() {
    let place = Place::start(&["--file-max", "1"]);
    let ann = place.person("ann");
    let mib = 1 << 20;
    place.upload(&ann, "a", &noise(mib, 3));
    let answer = place.try_upload(&ann, "a", &noise(mib + 1, 3));
    assert_eq!(refusal(&answer), (413, "too_large".into()));
    // Declared: refused before a byte comes.
    let mut wire = place.begin(&ann, 1 << 40);
    let mut said = String::new();
    wire.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 413 "), "{said}");
    // In chunks, nothing declared.
    let mut wire = std::net::TcpStream::connect(place.server.addr()).unwrap();
    let head = format!(
        "POST /api/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
        ann.token
    );
    wire.write_all(head.as_bytes()).unwrap();
    let chunk = [b"10000\r\n".as_slice(), &noise(65_536, 4), b"\r\n"].concat();
    // More than the buffers of both ends hold.
    let mut sent = 0;
    while sent < 1_000 && wire.write_all(&chunk).is_ok() {
        sent += 1;
    }
    assert!(sent < 1_000, "it went on reading");
    eventually(SOON, "nothing half written", || place.stored().len() == 1);
    place.check_alive();
}

#[test]
fn a_day_has_a_limit() {
    let place = Place::start(&["--files-per-day", "1"]);
    let (ann, bob) = (place.person("ann"), place.person("bob"));
    place.upload(&ann, "a", &noise(600_000, 5));
    let refused = place.try_upload(&ann, "b", &noise(600_000, 6));
    assert_eq!(refusal(&refused), (429, "too_many_uploads".into()));
    assert!(refused.header("retry-after").is_some());
    place.upload(&bob, "b", &noise(600_000, 6));
    // Small ones count for something.
    let small = |_: &u32| place.try_upload(&ann, "c", b"x").status == 201;
    assert_eq!((0..20).take_while(small).count(), 6, "64 KiB each");
    place.check_alive();
}

#[test]
fn broken_uploads_leave_nothing() {
    let place = Place::start(&[]);
    let ann = place.person("ann");
    // Cut off in the middle.
    let mut wire = place.begin(&ann, 1_000_000);
    wire.write_all(&noise(400_000, 7)).unwrap();
    eventually(SOON, "it is being written", || place.stored().len() == 1);
    drop(wire);
    eventually(SOON, "it is gone", || place.stored().is_empty());
    // Says there is more, and stops sending.
    let mut wire = place.begin(&ann, 1_000_000);
    wire.write_all(&noise(400_000, 7)).unwrap();
    wire.shutdown(Shutdown::Write).unwrap();
    let mut said = String::new();
    let _ = wire.read_to_string(&mut said);
    assert!(!said.starts_with("HTTP/1.1 2"), "{said}");
    eventually(SOON, "it is gone", || place.stored().is_empty());
    // Sends more than it said: the rest is no request.
    let mut wire = place.begin(&ann, 10);
    wire.write_all(&[b'x'; 30]).unwrap();
    wire.set_read_timeout(Some(SOON)).unwrap();
    let mut said = String::new();
    let _ = wire.read_to_string(&mut said);
    assert!(said.starts_with("HTTP/1.1 201 "), "{said}");
    assert!(said.contains("\"size\":10"), "{said}");
    assert!(said.matches("HTTP/1.1 ").count() <= 2, "{said}");
    let none = place.try_upload(&ann, "empty", b"");
    assert_eq!(refusal(&none), (422, "empty_file".into()));
    eventually(SOON, "one is left", || place.stored().len() == 1);
    place.check_alive();
}

#[test]
fn a_slow_upload_is_not_waited_for() {
    let place = Place::start(&[]);
    let ann = place.person("ann");
    let mut wire = place.begin(&ann, 1_000_000);
    wire.write_all(&noise(300_000, 8)).unwrap();
    let begun = Instant::now();
    wire.set_read_timeout(Some(3 * SOON)).unwrap();
    let mut said = String::new();
    let _ = wire.read_to_string(&mut said);
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(said.contains("\"code\":\"too_slow\""), "{said}");
    let took = begun.elapsed().as_secs();
    assert!((9..20).contains(&took), "{took} s");
    eventually(SOON, "it is gone", || place.stored().is_empty());
    place.check_alive();
}

#[test]
fn a_user_uploads_four_at_once() {
    let place = Place::start(&[]);
    let (ann, bob) = (place.person("ann"), place.person("bob"));
    let mut wires = Vec::new();
    for n in 0..4 {
        let mut wire = place.begin(&ann, 1_000_000);
        wire.write_all(&noise(300_000, n)).unwrap();
        wires.push(wire);
    }
    eventually(SOON, "four are under way", || place.stored().len() == 4);
    let fifth = place.try_upload(&ann, "e", &noise(1_000, 9));
    assert_eq!(refusal(&fifth), (429, "too_many_in_flight".into()));
    place.upload(&bob, "e", b"those of others are others");
    drop(wires);
    eventually(SOON, "the places are free", || {
        place.try_upload(&ann, "e", b"again").status == 201
    });
    place.check_alive();
}

#[test]
fn only_the_body_is_taken_and_only_from_somebody() {
    let place = Place::start(&[]);
    let ann = place.person("ann");
    let mut stranger = Client::new(place.server.addr());
    let answer = stranger.request("POST", "/api/files", &[], b"x").unwrap();
    assert_eq!(refusal(&answer), (401, "no_session".into()));
    let mut client = place.client(&ann);
    let zipped = [("Content-Encoding", "gzip")];
    let answer = client.request("POST", "/api/files", &zipped, b"x").unwrap();
    assert_eq!(refusal(&answer), (415, "unsupported_media_type".into()));
    let answer = place
        .client(&ann)
        .request("POST", "/api/files?nmae=x", &[], b"x");
    assert_eq!(refusal(&answer.unwrap()), (422, "invalid".into()));
    // With a cookie alone: any page could send this.
    let mut browser = Client::browser(place.server.addr());
    let sign_in = serde_json::json!({"username": "ann", "password": "long enough"});
    let _ = browser
        .json("POST", "/api/sessions", &sign_in)
        .unwrap()
        .expect(201);
    let forged = [("X-CSRFToken", "forged"), ("Content-Type", "text/plain")];
    let answer = browser
        .request("POST", "/api/files", &forged, b"x")
        .unwrap();
    assert_eq!(refusal(&answer), (403, "csrf".into()));
    let typed = [("Content-Type", "image/png")];
    let answer = browser
        .request("POST", "/api/files", &typed, b"<html>")
        .unwrap();
    let told = answer.expect(201).json();
    assert_eq!(told["file"]["mime"], "application/octet-stream");
    assert_eq!(told["file"]["name"], "file");
    assert_eq!(place.stored().len(), 1);
    place.check_alive();
}

/// Eight large uploads and eight slow downloads at once: what is held is a part of each.
#[test]
fn memory_does_not_grow_with_files() {
    let place = Place::start(&["--files-per-day", "0"]);
    let people: Vec<Person> = (0..3).map(|n| place.person(&format!("user{n}"))).collect();
    let bytes = 20 << 20;
    // Once through, so that what is allocated for good is there.
    let first = place.upload(&people[0], "a", &noise(bytes, 100));
    let _ = place.download(&people[0], &first).expect(200);
    let before = place.memory_kb();
    let highest = std::sync::atomic::AtomicU64::new(before);
    std::thread::scope(|scope| {
        let mut uploads = Vec::new();
        for n in 0..8 {
            let (place, person) = (&place, &people[n / 3]);
            uploads.push(scope.spawn(move || {
                let file = place.upload(person, "big", &noise(bytes, n as u64));
                assert_eq!(file["size"], bytes);
                file
            }));
        }
        let watch = scope.spawn(|| {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(60) {
                let now = place.memory_kb();
                highest.fetch_max(now, std::sync::atomic::Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
                if place
                    .stored()
                    .iter()
                    .filter(|path| !path.to_string_lossy().contains('#'))
                    .count()
                    == 9
                {
                    return;
                }
            }
        });
        let files: Vec<_> = uploads.into_iter().map(|one| one.join().unwrap()).collect();
        watch.join().unwrap();
        // Readers that take a little and then stall.
        let mut stalled = Vec::new();
        for (n, file) in files.iter().enumerate() {
            let mut wire = std::net::TcpStream::connect(place.server.addr()).unwrap();
            let head = format!(
                "GET /api/files/{} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
                text(&file["id"]),
                people[n / 3].token
            );
            wire.write_all(head.as_bytes()).unwrap();
            let mut piece = [0; 1_000];
            wire.read_exact(&mut piece).unwrap();
            assert!(piece.starts_with(b"HTTP/1.1 200 "));
            stalled.push(wire);
        }
        std::thread::sleep(Duration::from_millis(500));
        highest.fetch_max(place.memory_kb(), std::sync::atomic::Ordering::Relaxed);
    });
    let grown = highest.into_inner() - before;
    println!("160 MiB up and down: {before} kB before, {grown} kB more at most");
    assert!(grown < 40 * 1024, "{grown} kB more");
    place.check_alive();
}
