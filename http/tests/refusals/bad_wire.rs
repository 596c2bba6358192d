//! Requests that are wrong as HTTP: the type and the length of a body, how slowly it comes, how
//! it is framed, and headers without measure.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::place::{Place, Route};
use crate::common::{World, refusal};
use serde_json::json;

const MOMENT: Duration = Duration::from_millis(1_500);
const JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn only_json_is_read() {
    let mut place = Place::new();
    let before = place.everything();
    let kinds: [&[(&str, &str)]; 9] = [
        &[],
        &[("Content-Type", "")],
        &[("Content-Type", "text/plain")],
        &[("Content-Type", "application/x-www-form-urlencoded")],
        &[("Content-Type", "multipart/form-data; boundary=x")],
        &[("Content-Type", "application/json-patch+json")],
        &[("Content-Type", "application/json; charset=utf-16")],
        &[("Content-Type", "text/plain; application/json")],
        &[JSON, ("Content-Type", "text/plain")],
    ];
    for route in place.routes() {
        for headers in kinds {
            let answer = place.send(&route, headers, route.good.to_string().as_bytes());
            let what = format!("{} {headers:?}", route.path);
            let expected = (415, "unsupported_media_type".to_owned());
            assert_eq!(refusal(&answer, &what), expected, "{what}");
        }
        // Compressed: the bytes are never taken for something else.
        let zipped = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0C\xbf\xa6\xa3\x02\0\0\0";
        let answer = place.send(&route, &[JSON, ("Content-Encoding", "gzip")], zipped);
        let (status, _) = refusal(&answer, &route.path);
        assert!([400, 415].contains(&status), "{} {status}", route.path);
    }
    place.check_untouched(&before);
}

#[test]
fn a_body_has_a_length() {
    let mut place = Place::new();
    let before = place.everything();
    for route in place.routes() {
        let mut long = route.good.to_string();
        long.push_str(&" ".repeat(64 * 1024 + 1 - long.len()));
        let answer = place.send(&route, &[JSON], long.as_bytes());
        let what = format!("{} {}", route.method, route.path);
        assert_eq!(refusal(&answer, &what), (413, "too_large".into()), "{what}");

        let head = head(&place, &route);
        let chunk = format!("8000\r\n{}\r\n", " ".repeat(0x8000));
        let chunked =
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunk}{chunk}1\r\n \r\n0\r\n\r\n");
        check(&place.world, &chunked, 413, true);
        // Declared only: refused without a byte of it.
        for length in ["65537", "1099511627776", "9223372036854775807"] {
            check(
                &place.world,
                &format!("{head}Content-Length: {length}\r\n\r\n"),
                413,
                true,
            );
        }
    }
    place.check_untouched(&before);
}

#[test]
fn bad_framing_is_refused_and_the_connection_closed() {
    let mut place = Place::new();
    let before = place.everything();
    let routes = place.routes();
    let mut routes = routes.iter();
    let route = routes
        .find(|route| route.path.ends_with("/messages"))
        .expect("a route");
    let (head, body) = (head(&place, route), route.good.to_string());
    let hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let length = body.len();
    let framings = [
        format!("Content-Length: {length}\r\nContent-Length: 0\r\n\r\n{body}"),
        format!("Content-Length: {length}, {length}\r\n\r\n{body}"),
        format!("Content-Length: +{length}\r\n\r\n{body}"),
        "Content-Length: -1\r\n\r\n".into(),
        format!("Content-Length: 0x10\r\n\r\n{body}"),
        format!("Content-Length: 1e2\r\n\r\n{body}"),
        "Content-Length: 99999999999999999999\r\n\r\n".into(),
        "Transfer-Encoding: identity\r\n\r\n".into(),
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n".into(),
        "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n".into(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n".into(),
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n".into(),
        "Transfer-Encoding:\u{b} chunked\r\n\r\n0\r\n\r\n".into(),
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n".into(),
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n".into(),
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n".into(),
        format!(
            "Transfer-Encoding: chunked\r\n\r\n2;{}\r\n{{}}\r\n0\r\n\r\n",
            "x".repeat(40_000)
        ),
        format!(
            "Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n{}\r\n",
            "X: y\r\n".repeat(5_000)
        ),
        "X: a\r\n folded\r\n\r\n".into(),
        "X: a\0b\r\n\r\n".into(),
        "X y: a\r\n\r\n".into(),
        ": a\r\n\r\n".into(),
        "no colon\r\n\r\n".into(),
    ];
    for framing in framings {
        check(&place.world, &format!("{head}{framing}{hidden}"), 400, true);
    }
    let http_1_0 = head.replacen("HTTP/1.1", "HTTP/1.0", 1);
    check(
        &place.world,
        &format!("{http_1_0}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        400,
        true,
    );
    // Both lengths: the chunks count, and whatever follows is no request.
    let both = format!(
        "{head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{hidden}"
    );
    check(&place.world, &both, 422, true);
    for garbage in [
        "\x16\x03\x01\x02\r\n\r\n",
        "GET\r\n\r\n",
        "G<T / HTTP/1.1\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /a b HTTP/1.1\r\n\r\n",
    ] {
        check(&place.world, garbage, 400, true);
    }
    place.check_untouched(&before);
}

#[test]
fn headers_have_a_measure() {
    let mut world = World::start(&[]);
    let get = |rest: String| format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{rest}\r\n");
    let many: String = (0..200).map(|n| format!("X-{n}: y\r\n")).collect();
    let too_much = [
        get(format!("X: {}\r\n", "y".repeat(17 * 1024))),
        get(format!("Cookie: {}\r\n", "y=z; ".repeat(4 * 1024))),
        get(many),
        format!(
            "GET /api/groups/{} HTTP/1.1\r\nHost: x\r\n\r\n",
            "x".repeat(20_000)
        ),
    ];
    for request in too_much {
        check(&world, &request, 431, true);
    }
    check(
        &world,
        &get(format!("X: {}\r\n", "y".repeat(15 * 1024))),
        200,
        false,
    );
    check(&world, "GET /healthz HTTP/1.0\r\n\r\n", 200, true);
    check(
        &world,
        "HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        200,
        true,
    );
    // One after the other on one connection, sent at once.
    let one = get(String::new());
    let (answer, _) = world.raw(one.repeat(5).as_bytes(), MOMENT);
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 5, "{answer}");
    world.check_alive();
}

#[test]
fn who_dawdles_is_not_waited_for() {
    let mut place = Place::new();
    let before = place.everything();
    let address = place.world.server.addr();
    let routes = place.routes();
    let head = head(&place, &routes[0]);
    // What is sent at once, and what then comes byte by byte.
    let dawdlers = [
        (String::new(), "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
        (
            "GET /healthz HTTP/1.1\r\nHost: x\r\n".into(),
            "X: yyyyyyyyyyyyyyyyyyyyyyyyy",
        ),
        (
            format!("{head}Content-Length: 40\r\n\r\n"),
            "                                        ",
        ),
        (
            format!("{head}Transfer-Encoding: chunked\r\n\r\n"),
            "1\r\n \r\n1\r\n \r\n1\r\n \r\n1\r\n \r\n1\r\n",
        ),
        (format!("{head}Content-Length: 40\r\n\r\n"), ""),
    ];
    let waiting = dawdlers.map(|(at_once, slowly)| {
        thread::spawn(move || {
            let begun = Instant::now();
            let mut connection = TcpStream::connect(address).unwrap();
            connection.write_all(at_once.as_bytes()).unwrap();
            let mut writer = connection.try_clone().unwrap();
            thread::spawn(move || {
                for byte in slowly.bytes() {
                    thread::sleep(Duration::from_secs(1));
                    if writer.write_all(&[byte]).is_err() {
                        return;
                    }
                }
            });
            connection
                .set_read_timeout(Some(Duration::from_secs(15)))
                .unwrap();
            let mut answer = Vec::new();
            // A reset is an end, too.
            let _ = connection.read_to_end(&mut answer);
            let answer = String::from_utf8_lossy(&answer).into_owned();
            (begun.elapsed(), at_once, answer)
        })
    });
    for waiting in waiting {
        let (took, what, answer) = waiting.join().unwrap();
        assert!(took < Duration::from_secs(13), "{took:?} {what} {answer}");
        assert!(answer.starts_with("HTTP/1.1 408 "), "{what} {answer}");
        assert!(
            answer.contains("application/problem+json"),
            "{what} {answer}"
        );
    }
    place.check_untouched(&before);
}

/// Request line and headers, without what frames the body.
fn head(place: &Place, route: &Route) -> String {
    format!(
        "{} {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n",
        route.method, route.path, place.owner.token
    )
}

/// Exactly one answer, with this status, as a problem if it is a refusal.
#[track_caller]
fn check(world: &World, request: &str, status: u16, closes: bool) {
    let patience = if closes {
        Duration::from_secs(5)
    } else {
        MOMENT
    };
    let (answer, closed) = world.raw(request.as_bytes(), patience);
    let what = format!("{}\n→ {answer}", &request[..request.len().min(400)]);
    assert!(answer.starts_with("HTTP/1."), "{what}");
    assert_eq!(answer[9..12], status.to_string(), "{what}");
    assert_eq!(answer.matches("HTTP/1.").count(), 1, "{what}");
    assert_eq!(closed, closes, "{what}");
    if status >= 400 {
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(
            head.contains("content-type: application/problem+json"),
            "{what}"
        );
        assert!(head.contains("cache-control: no-store"), "{what}");
        let problem: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(problem["status"], json!(status), "{what}");
    }
}
