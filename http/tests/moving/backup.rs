//! A copy of the database while people write.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use serde_json::json;
use webqq_testkit::http::Client;

use crate::place::{Place, history, post, shown};

#[test]
fn a_backup_while_people_write_is_a_whole_store() {
    let place = Place::sqlite();
    let (tokens, group) = place.seed(3);
    let server = place.server();
    let (stop, acknowledged) = (AtomicBool::new(false), AtomicI64::new(0));
    let copies: Vec<_> = (0..4)
        .map(|nth| shown(&place.path(&format!("copy{nth}.db"))))
        .collect();
    let mut least = Vec::new();
    let mut cursor = json!(null);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut ann = Client::new(server.addr()).bearer(&tokens[0]);
            for nth in 0.. {
                let seq = post(&mut ann, &group, &"x".repeat(2_000), nth);
                acknowledged.store(seq, Ordering::SeqCst);
                if stop.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        for copy in &copies {
            while acknowledged.load(Ordering::SeqCst) < 60 {
                std::thread::yield_now();
            }
            least.push(acknowledged.load(Ordering::SeqCst));
            place.fine(&["backup", copy]);
        }
        stop.store(true, Ordering::SeqCst);
        let mut ann = Client::new(server.addr()).bearer(&tokens[0]);
        cursor = ann.get("/api/sync").unwrap().expect(200).json()["cursor"].take();
    });
    let most = acknowledged.load(Ordering::SeqCst);
    for (copy, least) in copies.iter().zip(least) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(copy).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "it is nobody else's");
        }
        // A copy is a store: everything acknowledged before is in it, in order and without a gap.
        let other = Place::sqlite();
        fs::create_dir_all(other.path("data")).unwrap();
        fs::copy(copy, other.path("data/webqq.db")).unwrap();
        let server = other.server();
        let mut ann = Client::new(server.addr()).bearer(&tokens[0]);
        let seqs: Vec<i64> = history(&mut ann, &group)
            .iter()
            .map(|message| message["seq"].as_i64().unwrap())
            .collect();
        let last = *seqs.last().unwrap();
        assert_eq!(seqs, (1..=last).collect::<Vec<_>>());
        assert!((least..=most).contains(&last), "{least} ≤ {last} ≤ {most}");
        // Its past is another one: a client of the log it was taken from starts over.
        let poll = format!("/api/poll?cursor={}&wait=0", cursor.as_str().unwrap());
        let answer = ann.get(&poll).unwrap().expect(200).json();
        assert_eq!(answer["events"], json!([{"type": "reset"}]));
    }
    let beside: Vec<_> = fs::read_dir(place.path("")).unwrap().collect();
    assert!(
        beside
            .iter()
            .all(|one| !shown(&one.as_ref().unwrap().path()).ends_with(".new"))
    );
}

#[test]
fn a_backup_overwrites_nothing() {
    let place = Place::sqlite();
    let copy = place.path("copy.db");
    let none = place.sentence(&["backup", &shown(&copy)]);
    assert!(none.contains("there is no database"), "{none}");
    assert!(!copy.exists());
    place.fine(&["db", "init"]);
    fs::write(&copy, "precious").unwrap();
    let refused = place.sentence(&["backup", &shown(&copy)]);
    assert!(refused.contains("is not overwritten"), "{refused}");
    assert_eq!(fs::read_to_string(&copy).unwrap(), "precious");
    let nowhere = shown(&place.path("copy.db/below"));
    assert!(place.sentence(&["backup", &nowhere]).contains("copy.db"));
    // What one left that was killed is in nobody's way.
    fs::remove_file(&copy).unwrap();
    fs::write(place.path("copy.db.new"), "half").unwrap();
    place.fine(&["backup", &shown(&copy)]);
    assert!(copy.exists() && !place.path("copy.db.new").exists());
}
