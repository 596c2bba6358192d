//! What is reported to administrators, and the groups they oversee.

use serde_json::{Value, json};
use webqq_testkit::http::Response;

use super::{NOTHING, Place};
use crate::common::roles::verdict;
use crate::common::{Person, password};

#[test]
fn a_report_shows_one_message_and_is_closed_once() {
    let mut place = Place::new(&[]);
    let stranger = place.world.person("stranger");
    let report = |who: &Person, seq: i64, reason: &str| {
        let body = json!({"conversation": place.group, "seq": seq, "reason": reason});
        place.act(who, "POST", "/api/reports", &body)
    };
    let said = |answer: &Response| verdict(answer, "report");
    assert_eq!(said(&report(&stranger, 3, "rude")), "404 not_found");
    assert_eq!(said(&report(&place.boss, 3, "rude")), "404 not_found");
    assert_eq!(said(&report(&place.user, 99, "rude")), "404 not_found");
    assert_eq!(said(&report(&place.other, 3, "mine")), "422 invalid");
    let first = report(&place.user, 3, "it is rude").expect(201).json();
    let again = report(&place.user, 3, "again").expect(201).json();
    assert_eq!(first, again);

    let open = || {
        let found = place.boss("GET", "/api/admin/reports?state=open", &Value::Null);
        found.expect(200).json()["reports"].clone()
    };
    let all = open();
    assert_eq!(all.as_array().map(Vec::len), Some(1));
    let one = &all[0];
    assert_eq!(one["reason"], "it is rude");
    assert_eq!(one["reporter"]["username"], "user");
    let message = &one["message"];
    assert_eq!(message["body"], json!({"text": "very rude words"}));
    assert_eq!(message["sender"]["username"], "other");
    // Nothing else of the conversation is open to the administrator.
    let path = format!("/api/conversations/{}/messages", place.group);
    for path in [path.clone(), format!("{path}/3"), format!("{path}/2")] {
        let answer = place.boss("GET", &path, &Value::Null);
        assert_eq!(verdict(&answer, &path), "404 not_found");
    }
    let path = format!("/api/admin/reports/{}", first["id"].as_str().unwrap());
    let close = json!({"state": "resolved", "note": "spoke to them"});
    let _ = place.boss("POST", &path, &close).expect(204);
    assert_eq!(
        said(&place.boss("POST", &path, &close)),
        "409 report_closed"
    );
    assert_eq!(open(), json!([]));
    let closed = place
        .boss("GET", "/api/admin/reports", &Value::Null)
        .expect(200);
    assert!(!closed.text().contains("rude words"), "the copy is kept");
    assert_eq!(closed.json()["reports"][0]["judged_by"]["username"], "boss");
    let last = place.audit().remove(0);
    assert_eq!(
        (last["act"].as_str(), &last["target"]),
        (Some("report.close"), &first["id"])
    );
    assert_eq!(
        last["detail"],
        json!({"state": "resolved", "note": "spoke to them"})
    );
    assert_eq!(last["address"], "127.0.0.1");
    place.world.check_alive();
}

#[test]
fn groups_are_overseen() {
    let mut place = Place::new(&["--max-group-members", "5"]);
    let path = format!("/api/admin/groups/{}", place.group);
    let said = |answer: Response| verdict(&answer, "groups");
    let limit = |members: i64| {
        let body = json!({"member_limit": members});
        said(place.boss("PATCH", &path, &body))
    };
    assert_eq!(limit(2), "422 invalid");
    assert_eq!(limit(100_001), "422 invalid");
    assert_eq!((limit(50), limit(50)), ("204".into(), "204".into()));
    let none = Value::Null;
    let lost = format!("/api/admin/groups/{NOTHING}");
    assert_eq!(said(place.boss("DELETE", &lost, &none)), "404 not_found");
    // No group, though a conversation: the owner's own.
    let own = format!("/api/admin/groups/{}", place.user.id);
    assert_eq!(said(place.boss("DELETE", &own, &none)), "404 not_found");
    for who in [&place.user, &place.other] {
        let answer = place.act(who, "DELETE", &path, &none);
        assert_eq!(said(answer), "403 not_allowed", "not even its owner");
    }
    let found = || {
        let found = place.boss("GET", "/api/admin/groups?query=GRO", &none);
        found.expect(200).json()["groups"].clone()
    };
    assert_eq!(found()[0]["member_limit"], 50);
    assert_eq!(found()[0]["dissolved_at"], none);
    assert_eq!(said(place.boss("DELETE", &path, &none)), "204");
    assert_eq!(said(place.boss("DELETE", &path, &none)), "409 dissolved");
    assert_eq!(limit(60), "409 dissolved");
    let all = place
        .boss("GET", "/api/admin/groups", &none)
        .expect(200)
        .json();
    assert!(all["groups"][0]["dissolved_at"].is_string());
    assert_eq!(found(), json!([]), "its name is given up");

    let messages = format!("/api/conversations/{}/messages", place.group);
    let history = place
        .act(&place.other, "GET", &messages, &none)
        .expect(200)
        .json();
    let last = history["messages"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&last["kind"], &last["sender"]),
        (&json!("group.dissolve"), &none)
    );
    let audit = place.audit();
    let acts: Vec<_> = audit
        .iter()
        .map(|row| row["act"].as_str().unwrap())
        .collect();
    assert_eq!(acts[..2], ["group.dissolve", "group.limit"]);
    assert_eq!(audit[1]["detail"], json!({"member_limit": 50}));
    assert_eq!(audit[0]["target"], place.group.as_str());
    assert_eq!(audit[0]["administrator"]["username"], "boss");
    assert_eq!(acts.iter().filter(|act| **act == "group.limit").count(), 1);
    // Who owned it may go now.
    let body = json!({"password": password("user")});
    assert_eq!(
        said(place.act(&place.user, "DELETE", "/api/me", &body)),
        "204"
    );
    place.world.check_alive();
}
