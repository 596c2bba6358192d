//! What only one may get, asked for by many at once.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;

use crate::common::roles::verdict;
use crate::common::{World, password};
use serde_json::json;

/// Does all of this at once, each on a connection of its own; how often each verdict was given.
fn at_once<T: Sync>(each: &[T], one: impl Fn(&T) -> String + Sync) -> BTreeMap<String, usize> {
    let start = Barrier::new(each.len());
    let mut verdicts = BTreeMap::new();
    thread::scope(|scope| {
        let (one, start) = (&one, &start);
        let tries: Vec<_> = each
            .iter()
            .map(|what| {
                scope.spawn(move || {
                    start.wait();
                    one(what)
                })
            })
            .collect();
        for verdict in tries {
            *verdicts
                .entry(verdict.join().expect("an answer"))
                .or_default() += 1;
        }
    });
    verdicts
}

fn sign_up(world: &World, name: &str, code: Option<&str>) -> String {
    let mut body = json!({"username": name, "password": password("x"), "name": "n"});
    if let Some(code) = code {
        body["invitation"] = json!(code);
    }
    let answer = world.stranger().json("POST", "/api/users", &body);
    verdict(&answer.expect("an answer"), name)
}

#[test]
fn one_of_many_names_that_look_alike() {
    let mut world = World::start(&[]);
    let names = [
        "paul", "раul", "PauI", "pau1", "ρaul", "РAUL", "paul", "PAUL",
    ];
    let verdicts = at_once(&names, |name| sign_up(&world, name, None));
    assert_eq!(verdicts.get("201"), Some(&1), "{verdicts:?}");
    let refused = ["409 username_lookalike", "409 username_taken"];
    let refused = refused.iter().filter_map(|code| verdicts.get(*code));
    assert_eq!(refused.sum::<usize>(), names.len() - 1, "{verdicts:?}");
    world.check_alive();
}

#[test]
fn the_last_use_of_an_invitation() {
    let mut world = World::start(&["--registration", "invite"]);
    let code = world.command(&["invite", "--uses", "2"]);
    let names = ["ann", "bob", "cid", "dan", "eve", "fay"];
    let verdicts = at_once(&names, |name| sign_up(&world, name, Some(code.trim())));
    let expected = [
        ("201".to_owned(), 2),
        ("403 invitation_invalid".to_owned(), 4),
    ];
    assert_eq!(verdicts, BTreeMap::from(expected));
    world.check_alive();
}

#[test]
fn administrators_who_dismiss_one_another() {
    let mut world = World::start(&[]);
    let people: Vec<_> = (0..4)
        .map(|nth| world.person(&format!("boss{nth}")))
        .collect();
    for nth in 0..people.len() {
        world.promote(&format!("boss{nth}"));
    }
    // Each dismisses all others, then themself.
    let verdicts = at_once(&people, |boss| {
        let mut client = world.client(boss);
        for nth in 0..=people.len() {
            let whom = people.iter().filter(|other| other.id != boss.id).nth(nth);
            let whom = whom.unwrap_or(boss);
            let path = format!("/api/admin/users/{}", whom.id);
            let body = match nth % 2 {
                0 => json!({"administrator": false}),
                _ => json!({"disabled": true}),
            };
            let _any = client.json("PATCH", &path, &body);
        }
        let answer = client.json(
            "PATCH",
            &format!("/api/admin/users/{}", boss.id),
            &json!({"disabled": true}),
        );
        verdict(&answer.expect("an answer"), "dismissed")
    });
    // Whoever is left could not go.
    let left = people.iter().filter(|boss| {
        let answer = world.client(boss).get("/api/admin/users");
        answer.expect("an answer").status == 200
    });
    assert_eq!(left.count(), 1, "{verdicts:?}");
    assert_eq!(
        verdicts.get("409 last_administrator"),
        Some(&1),
        "{verdicts:?}"
    );
    world.check_alive();
}
