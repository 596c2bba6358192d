//! What all stores must answer alike, and what the fold says of it.

use super::*;

pub(super) async fn compare(logs: &[Log], world: &mut World, fold: &Fold, seed: u64) {
    let head = logs[0].store.head().await.unwrap().position;
    for user in world.users.clone() {
        let after = Position(world.random.below(head.0 as usize + 2) as i64);
        let limit = 1 + world.random.below(9);
        let bytes = 1 + world.random.below(300);
        let furthest = world.random.below(30) as i64;
        let range = Range {
            before: world
                .random
                .one_in(2)
                .then_some(Seq(world.random.below(40) as i64)),
            after: world
                .random
                .one_in(2)
                .then_some(Seq(world.random.below(40) as i64)),
            limit,
        };
        let all = world.conversations();
        let mut conversations = world.groups.clone();
        conversations.extend((0..5).map(|_| world.random.pick(&all)));
        let mut first: Option<Vec<String>> = None;
        for log in logs {
            check(log, user, after, fold, &conversations).await;
            let mut seen = vec![cuts(log, user, after, limit, bytes, furthest).await];
            seen.extend(of_user(log, user).await);
            for id in &conversations {
                seen.extend(of_conversation(log, user, *id, range).await);
            }
            let expected = first.get_or_insert_with(|| seen.clone());
            assert_eq!(seen, *expected, "seed {seed}");
        }
    }
    let mut first: Option<String> = None;
    for log in logs {
        let seen = at_large(log, world, head).await;
        let expected = first.get_or_insert_with(|| seen.clone());
        assert_eq!(seen, *expected, "seed {seed}");
    }
}

/// Compares with the fold, and with itself.
async fn check(
    log: &Log,
    user: UserId,
    after: Position,
    fold: &Fold,
    conversations: &[ConversationId],
) {
    let head = log.store.head().await.unwrap().position;
    let feed = log.feed(user, after.min(head)).await;
    let positions: Vec<_> = feed.iter().map(|message| message.position).collect();
    assert_eq!(positions, fold.feed(user, after));
    let sync = log.store.sync(user).await.unwrap();
    for row in sync.into_iter().flat_map(|sync| sync.conversations) {
        let counted = (row.counted - row.read_counted, row.mentions);
        assert_eq!(counted, fold.behind(user, &row), "{row:?}");
    }
    for id in conversations {
        let history = log.seqs_in_history(user, *id).await;
        assert_eq!(history, fold.history(user, *id));
        let Some((state, _)) = log.store.conversation(*id).await.unwrap() else {
            continue;
        };
        let roster: BTreeSet<_> = state.roster.keys().copied().collect();
        assert_eq!(roster, fold.members(*id));
        if let Some(group) = log.store.group(user, *id).await.unwrap() {
            assert_eq!(state.count(Role::Owner), 1);
            assert_eq!(group.member_count, roster.len() as i64);
            assert!(group.member_count <= group.settings.member_limit);
        }
    }
}

/// A page as cut by limits, whole in words.
async fn cuts(
    log: &Log,
    user: UserId,
    after: Position,
    limit: usize,
    bytes: usize,
    furthest: i64,
) -> String {
    let store = &log.store;
    let few = store.page(user, after, limit, 1 << 20, furthest).await;
    let small = store.page(user, after, 99, bytes, furthest).await;
    format!("{few:?} {small:?}")
}

async fn of_user(log: &Log, user: UserId) -> Vec<String> {
    let store = &log.store;
    let mut positions = store.read_positions(user).await.unwrap();
    positions.sort_by_key(|at| at.conversation);
    let own = ConversationId::own(user);
    let friends = store.map(own, "friend").await.unwrap();
    let mut sync = store.sync(user).await.unwrap();
    let mut head = None;
    if let Some(sync) = &mut sync {
        sync.conversations.sort_by_key(|row| row.id);
        // Each log has an epoch of its own.
        head = Some((
            sync.head.position,
            sync.head.batch,
            sync.head.access_version,
        ));
    }
    let sync = sync.map(|sync| (sync.me, sync.conversations, sync.settings));
    let sessions = store.sessions(user).await.unwrap();
    vec![
        format!("{positions:?}"),
        format!("{friends:?}"),
        format!("{head:?} {sync:#?}"),
        format!("{sessions:?}"),
    ]
}

async fn of_conversation(log: &Log, user: UserId, id: ConversationId, range: Range) -> Vec<String> {
    let store = &log.store;
    let mut seqs: Vec<_> = (0..9).map(|at| Seq(at * 3)).collect();
    seqs.extend(range.before);
    let mut singles = store.messages(user, id, &seqs).await.unwrap();
    singles.sort_by_key(|message| message.seq);
    vec![
        format!("{:?}", store.conversation(id).await.unwrap()),
        format!("{:?}", store.history(user, id, range).await.unwrap()),
        format!("{singles:?}"),
        format!("{:?}", store.read_position(user, id).await.unwrap()),
        format!("{:?}", store.group(user, id).await.unwrap()),
        format!("{:?}", store.members(id).await.unwrap()),
        format!("{:?}", store.conversation_type(id).await.unwrap()),
        format!("{:?}", store.rights(id, user).await.unwrap()),
    ]
}

/// What belongs to no single user.
async fn at_large(log: &Log, world: &World, head: Position) -> String {
    use std::fmt::Write;
    let store = &log.store;
    let mut seen = String::new();
    for query in ["", "a", "ä", "ÄN", "%", "_", "on", "zwei", "10003", "李"] {
        let users = store.find_users(query, 4).await.unwrap();
        let groups = store.find_groups(world.users[0], query, 4).await.unwrap();
        writeln!(seen, "{query}: {users:?} {groups:?}").unwrap();
        let credentials = store.credentials(query).await.unwrap();
        writeln!(seen, "{query}: {credentials:?}").unwrap();
    }
    let mut users = store.users(&world.users).await.unwrap();
    users.sort_by_key(|user| user.id);
    let living = store.living_sessions(&world.sessions).await.unwrap();
    writeln!(seen, "{users:?} {living:?}").unwrap();
    for id in &world.sessions {
        let session = store.session(&id.to_string()).await.unwrap();
        writeln!(seen, "{session:?}").unwrap();
    }
    for position in 0..=head.0 {
        let audience = store.audience(&[Position(position)]).await.unwrap();
        writeln!(seen, "{position}: {audience:?}").unwrap();
    }
    for sent in &world.sent {
        let posted = store
            .posted(sent.conversation, sent.sender, sent.client_id)
            .await
            .unwrap();
        writeln!(seen, "{posted:?}").unwrap();
    }
    for other in &world.users[1..] {
        let share = store.share_a_group(world.users[0], *other).await.unwrap();
        writeln!(seen, "{share}").unwrap();
    }
    seen
}
