//! Finding users and groups by name or number.

use super::*;

async fn groups(log: &Log, viewer: UserId, query: &str, limit: usize) -> Vec<String> {
    let found = log.store.find_groups(viewer, query, limit).await.unwrap();
    found.into_iter().map(|group| group.settings.name).collect()
}

/// Groups by a part of their name, every character as itself, or by number.
pub(crate) async fn groups_are_found(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let names = [
        "100% sure",
        "1000 things",
        "a_b",
        "axb",
        "back\\slash",
        "Ähre",
        "Zug",
        "天气预报",
        "apostro'phe",
    ];
    for name in names {
        log.group(ann, name).await;
    }
    for (query, expected) in [
        ("100", vec!["100% sure", "1000 things"]),
        ("0%", vec!["100% sure"]),
        ("%", vec!["100% sure"]),
        ("_", vec!["a_b"]),
        ("A_B", vec!["a_b"]),
        ("\\", vec!["back\\slash"]),
        ("'", vec!["apostro'phe"]),
        ("ÄHR", vec!["Ähre"]),
        ("气", vec!["天气预报"]),
        (" zug ", vec!["Zug"]),
        ("nothing", vec![]),
    ] {
        assert_eq!(groups(log, ann, query, 9).await, expected, "{query}");
    }
    // By folded name, to the byte, whatever the database's language.
    let all = groups(log, ann, "", 99).await;
    let sorted = [
        "100% sure",
        "1000 things",
        "a_b",
        "apostro'phe",
        "axb",
        "back\\slash",
        "Zug",
        "Ähre",
        "天气预报",
    ];
    assert_eq!(all, sorted);
    assert_eq!(groups(log, ann, "a", 2).await, ["a_b", "apostro'phe"]);
    assert_eq!(groups(log, ann, "a", 0).await, [""; 0]);
    let zug = log
        .store
        .find_groups(bob, "zug", 1)
        .await
        .unwrap()
        .remove(0);
    assert_eq!((zug.role, zug.member_count), (None, 1));
    assert_eq!(groups(log, ann, &zug.number.to_string(), 9).await, ["Zug"]);
    let mine = log
        .store
        .find_groups(ann, "zug", 1)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(mine.role, Some(Role::Owner));
    let signed = format!("+{}", zug.number);
    for query in [signed.as_str(), "99999999999999999999999", "-1"] {
        assert_eq!(groups(log, ann, query, 9).await, [""; 0], "{query}");
    }
}

/// Users by the beginning of their user name or display name, or by number.
pub(crate) async fn users_are_found(log: &Log) {
    for username in [
        "ann", "Anna", "100%", "1000", "_under", "Äpfel", "李雷", "zoe",
    ] {
        log.user(username).await;
    }
    let zoe = log.store.credentials("zoe").await.unwrap().unwrap().0;
    let name = ProfileField::Name("Ännchen".into());
    assert_eq!(word(&log.profile(zoe.id, &[name]).await), "appended");
    let find = async |query: &str, limit| {
        let found = log.store.find_users(query, limit).await.unwrap();
        found
            .into_iter()
            .map(|user| user.username)
            .collect::<Vec<_>>()
    };
    for (query, expected) in [
        ("ann", vec!["ann", "Anna"]),
        ("ANNA", vec!["Anna"]),
        ("nn", vec![]),
        ("100", vec!["100%", "1000"]),
        ("100%", vec!["100%"]),
        ("%", vec![]),
        ("_", vec!["_under"]),
        ("ä", vec!["zoe", "Äpfel"]),
        ("ÄNN", vec!["zoe"]),
        ("zo", vec!["zoe"]),
        ("李", vec!["李雷"]),
        ("雷", vec![]),
    ] {
        assert_eq!(find(query, 9).await, expected, "{query}");
    }
    assert_eq!(find("ann", 1).await, ["ann"]);
    assert_eq!(find(&zoe.number.to_string(), 9).await, ["zoe"]);
    let all = find("", 99).await;
    let sorted = [
        "100%", "1000", "_under", "ann", "Anna", "zoe", "Äpfel", "李雷",
    ];
    assert_eq!(all, sorted);
}

/// Administrators find all groups; one that was dissolved by its number, and among all.
pub(crate) async fn all_groups_are_found(log: &Log) {
    let ann = log.user("ann").await;
    let mut groups = Vec::new();
    for name in ["Rust", "rusty 50%", "天气", "over"] {
        groups.push(log.group(ann, name).await);
    }
    let bob = log.user("bob").await;
    log.direct(ann, bob).await;
    let over = Effect::SetField(GroupField::Dissolved(9));
    assert_eq!(word(&log.change(groups[3], ann, &[over]).await), "appended");
    let find = async |query: &str, after, limit| {
        let found = log.store.all_groups(query, after, limit).await.unwrap();
        assert!(found.iter().all(|group| group.role.is_none()));
        let number = |group: &webqq_engine::store::Group| group.number - 10_000;
        found.iter().map(number).collect::<Vec<_>>()
    };
    assert_eq!(find("", 0, 9).await, [2, 3, 4, 5]);
    assert_eq!(find("RUST", 0, 9).await, [2, 3]);
    assert_eq!(find("rust", 10_002, 9).await, [3]);
    assert_eq!(find("rust", 0, 1).await, [2]);
    assert_eq!(find("%", 0, 9).await, [3]);
    assert_eq!(find("气", 0, 9).await, [4]);
    assert_eq!(find("over", 0, 9).await, NONE);
    assert_eq!(find("10005", 0, 9).await, [5]);
    assert_eq!(find("10001", 0, 9).await, NONE, "a user");
}
