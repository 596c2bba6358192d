//! Parts, caches, and who may have what.

use serde_json::{Value, json};
use webqq_testkit::http::Response;

use crate::place::{Person, Place, refusal, text};

fn get(place: &Place, person: &Person, file: &Value, headers: &[(&str, &str)]) -> Response {
    let path = format!("/api/files/{}", text(&file["id"]));
    let mut client = place.client(person);
    client.request("GET", &path, headers, b"").unwrap()
}

#[test]
fn parts_of_a_file() {
    let place = Place::start(&[]);
    let ann = place.person("ann");
    let file = place.upload(&ann, "digits", b"0123456789");
    for (range, status, body, is) in [
        ("bytes=0-3", 206, "0123", "bytes 0-3/10"),
        ("bytes=4-", 206, "456789", "bytes 4-9/10"),
        ("bytes=-3", 206, "789", "bytes 7-9/10"),
        ("bytes=9-100", 206, "9", "bytes 9-9/10"),
        ("bytes=0-1,3-4", 200, "0123456789", ""),
        ("lines=1-2", 200, "0123456789", ""),
    ] {
        let answer = get(&place, &ann, &file, &[("Range", range)]);
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (status, body),
            "{range}"
        );
        assert_eq!(answer.header("content-range").unwrap_or(""), is, "{range}");
        let length = body.len().to_string();
        assert_eq!(
            answer.header("content-length"),
            Some(length.as_str()),
            "{range}"
        );
    }
    let outside = get(&place, &ann, &file, &[("Range", "bytes=10-")]);
    assert_eq!(refusal(&outside), (416, "range_not_satisfiable".into()));
    assert_eq!(outside.header("content-range"), Some("bytes */10"));

    let tag = get(&place, &ann, &file, &[])
        .header("etag")
        .unwrap()
        .to_owned();
    let unchanged = get(&place, &ann, &file, &[("If-None-Match", &tag)]);
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    assert_eq!(unchanged.header("etag"), Some(tag.as_str()));
    let part = [("Range", "bytes=0-1"), ("If-Range", tag.as_str())];
    assert_eq!(get(&place, &ann, &file, &part).status, 206);
    let part = [("Range", "bytes=0-1"), ("If-Range", "\"another\"")];
    assert_eq!(get(&place, &ann, &file, &part).status, 200);
    place.check_alive();
}

/// The table of who may download, by every way of losing and getting the right.
#[test]
fn who_may_download() {
    let place = Place::start(&[]);
    let names = [
        "owner",
        "sender",
        "member",
        "left_before",
        "left_after",
        "newcomer",
        "stranger",
    ];
    let people: Vec<Person> = names.iter().map(|name| place.person(name)).collect();
    let [
        owner,
        sender,
        member,
        left_before,
        left_after,
        newcomer,
        stranger,
    ] = &people[..]
    else {
        panic!("seven");
    };
    let group = place.group(&[owner, sender, member, left_before, left_after], "group");
    let file = place.upload(sender, "a.txt", b"for the group");
    let who = |file: &Value| {
        let may = names.iter().zip(&people).filter(|(_, person)| {
            let answer = place.download(person, file);
            assert!([200, 404].contains(&answer.status), "{}", answer.status);
            answer.status == 200
        });
        may.map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(who(&file), "sender");
    // What one may not have is refused byte for byte like what is not there.
    let hidden = place.download(member, &file);
    let missing = place.download(member, &json!({"id": uuid::Uuid::new_v4().to_string()}));
    assert_eq!(hidden.body, missing.body);
    let plain = |answer: &Response| {
        let headers = answer.headers.iter().filter(|(name, _)| name != "date");
        headers.cloned().collect::<Vec<_>>()
    };
    assert_eq!(plain(&hidden), plain(&missing));
    // Nor can it be sent on by who may not have it.
    let stolen = place.try_send(member, &group, "file", &json!({"file": file["id"]}));
    assert_eq!(refusal(&stolen), (422, "invalid".into()));

    place.leave(left_before, &group);
    let seq = place.send(sender, &group, "file", &file);
    place.leave(left_after, &group);
    place.join(newcomer, &group);
    assert_eq!(who(&file), "owner sender member left_after");
    let body = place.body(member, &group, seq);
    assert_eq!(
        body,
        json!({"file": file["id"], "name": "a.txt", "size": 13,
            "mime": "application/octet-stream"})
    );
    // Who may have it may send it on, and then those there may have it too.
    let other = place.group(&[member, stranger], "other");
    let onward = place.send(member, &other, "file", &file);
    assert_eq!(who(&file), "owner sender member left_after stranger");
    // A forwarded message takes its file along.
    let third = place.group(&[stranger, left_before], "third");
    let source = json!({"source": {"conversation": other, "seq": onward}});
    let forwarded = place.try_send(stranger, &third, "forward", &source);
    let _ = forwarded.expect(201);
    assert_eq!(
        who(&file),
        "owner sender member left_before left_after stranger"
    );

    // Taken back in the first place, it is still in the others.
    let recalled = place.try_send(sender, &group, "recall", &json!({"seq": seq}));
    let _ = recalled.expect(201);
    assert_eq!(who(&file), "sender member left_before stranger");
    let recalled = place.try_send(member, &other, "recall", &json!({"seq": onward}));
    let _ = recalled.expect(201);
    assert_eq!(who(&file), "sender left_before stranger");
    place.check_alive();
}

#[test]
fn a_session_that_ended_has_nothing() {
    let place = Place::start(&[]);
    let ann = place.person("ann");
    let file = place.upload(&ann, "a", b"mine");
    let out = place
        .client(&ann)
        .request("DELETE", "/api/sessions/current", &[], b"");
    let _ = out.unwrap().expect(204);
    assert_eq!(
        refusal(&place.download(&ann, &file)),
        (401, "no_session".into())
    );
}
