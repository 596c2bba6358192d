//! Faces of users and groups.

use image::{GenericImageView, ImageFormat};
use serde_json::json;
use webqq_testkit::eventually;
use webqq_testkit::http::Response;
use webqq_testkit::pictures::{gps, oriented_jpeg, picture};

use crate::place::{Person, Place, refusal};

fn put(place: &Place, person: &Person, path: &str, bytes: &[u8]) -> Response {
    place
        .client(person)
        .request("PUT", path, &[], bytes)
        .unwrap()
}

fn size(place: &Place, person: &Person, path: &str) -> (u32, u32) {
    let face = place.client(person).get(path).unwrap().expect(200);
    assert_eq!(face.header("cache-control"), Some("private, max-age=300"));
    assert_eq!(face.header("x-content-type-options"), Some("nosniff"));
    image::load_from_memory(&face.body).unwrap().dimensions()
}

#[test]
fn a_user_shows_a_face() {
    let place = Place::start(&[]);
    let (ann, bob) = (place.person("ann"), place.person("bob"));
    let of_ann = format!("/api/users/{}/avatar", ann.id);
    let none = place.client(&bob).get(&of_ann).unwrap();
    assert_eq!(refusal(&none), (404, "not_found".into()));
    let photo = oriented_jpeg(&picture(900, 600, ImageFormat::Jpeg, true), 6);
    let me = put(&place, &ann, "/api/me/avatar", &photo)
        .expect(200)
        .json();
    let first = me["avatar"].clone();
    assert!(first.is_string(), "{me}");
    assert_eq!(size(&place, &bob, &of_ann), (240, 240));
    assert_eq!(
        size(&place, &bob, &format!("{of_ann}?size=large")),
        (240, 240)
    );
    assert_eq!(
        size(&place, &bob, &format!("{of_ann}?size=small&_=1")),
        (96, 96)
    );
    let odd = place
        .client(&bob)
        .get(&format!("{of_ann}?size=huge"))
        .unwrap();
    assert_eq!(refusal(&odd), (422, "invalid".into()));
    let face = place.client(&bob).get(&of_ann).unwrap();
    assert!(!face.body.windows(gps().len()).any(|part| part == gps()));
    let seen = place
        .client(&bob)
        .get(&format!("/api/users/{}", ann.id))
        .unwrap();
    assert_eq!(seen.json()["user"]["avatar"], first);
    // It is to be seen, not to be had as a file.
    let as_file = json!({"id": first});
    assert_eq!(place.download(&bob, &as_file).status, 404);

    let me = put(
        &place,
        &ann,
        "/api/me/avatar",
        &picture(50, 50, ImageFormat::Png, false),
    );
    assert_ne!(me.expect(200).json()["avatar"], first);
    for bad in [&b"<svg/>"[..], b"x"] {
        let refused = put(&place, &ann, "/api/me/avatar", bad);
        assert_eq!(refusal(&refused), (422, "not_a_picture".into()));
    }
    eventually(
        std::time::Duration::from_secs(10),
        "what was refused is gone",
        || place.stored().len() == 4,
    );
    for _ in 0..2 {
        let gone = place
            .client(&ann)
            .request("DELETE", "/api/me/avatar", &[], b"");
        let _ = gone.unwrap().expect(204);
        assert_eq!(place.client(&bob).get(&of_ann).unwrap().status, 404);
    }
    let me = place.client(&ann).get("/api/me").unwrap().json();
    assert_eq!(me.get("avatar"), None);
    place.check_alive();
}

#[test]
fn owner_and_admins_show_the_face_of_a_group() {
    let place = Place::start(&[]);
    let people = ["owner", "admin", "member", "stranger"].map(|name| place.person(name));
    let [owner, admin, member, stranger] = &people;
    let group = place.group(&[owner, admin, member], "group");
    let promote = format!("/api/groups/{group}/members/{}", admin.id);
    let promoted = place
        .client(owner)
        .json("PATCH", &promote, &json!({"role": "admin"}));
    let _ = promoted.unwrap().expect(200);
    let path = format!("/api/groups/{group}/avatar");
    let face = picture(300, 200, ImageFormat::Png, true);
    for (person, status, code) in [
        (member, 403, "not_allowed"),
        (stranger, 403, "not_a_member"),
    ] {
        let refused = put(&place, person, &path, &face);
        assert_eq!(refusal(&refused), (status, code.into()));
        let refused = place
            .client(person)
            .request("DELETE", &path, &[], b"")
            .unwrap();
        assert_eq!(refused.status, 403, "{}", refused.text());
    }
    assert!(place.stored().is_empty(), "nothing was taken in");
    let mut last = json!(null);
    for person in [owner, admin] {
        let told = put(&place, person, &path, &face).expect(200).json();
        assert_ne!(told["group"]["avatar"], last);
        last = told["group"]["avatar"].clone();
    }
    for person in [member, stranger] {
        assert_eq!(size(&place, person, &path), (240, 240));
        assert_eq!(
            size(&place, person, &format!("{path}?size=small")),
            (96, 96)
        );
    }
    // The members are told.
    let history = format!("/api/conversations/{group}/messages?limit=1");
    let said = place.client(member).get(&history).unwrap().json();
    assert_eq!(said["messages"][0]["kind"], "group.avatar");
    assert_eq!(said["messages"][0]["body"], json!({"file": last}));
    let gone = place
        .client(admin)
        .request("DELETE", &path, &[], b"")
        .unwrap();
    let _ = gone.expect(204);
    assert_eq!(place.client(owner).get(&path).unwrap().status, 404);
    let nowhere = format!("/api/groups/{}/avatar", uuid::Uuid::new_v4());
    let nowhere = put(&place, owner, &nowhere, &face);
    assert_eq!(refusal(&nowhere), (404, "not_found".into()));
    place.check_alive();
}
