//! Random batches, the same over several stores: all must answer what the first answers, and what
//! each user is shown must be what a plain fold of the log says.

use std::collections::BTreeMap;

use uuid::Uuid;
use webqq_engine::store::{CompanionAppend, ConversationRow, WhichSessions};

use super::*;

/// Batches of one run.
const BATCHES: usize = 100;
/// Users, and as many groups less one.
const USERS: usize = 6;

/// A small generator of random numbers (xorshift64*): the same seed, the same run.
pub(crate) struct Random(u64);

impl Random {
    /// From a seed other than 0.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }
}

/// A message, as far as it is counted.
struct Said {
    position: Position,
    conversation: ConversationId,
    seq: Seq,
    counts: bool,
    mentions: Vec<UserId>,
}

/// A stay, as the fold of the log knows it.
struct Stay {
    conversation: ConversationId,
    user: UserId,
    joined: Position,
    from: Seq,
    left: Option<Position>,
}

/// What the log says, folded without any store.
#[derive(Default)]
struct Fold {
    messages: Vec<Said>,
    stays: Vec<Stay>,
    shared: BTreeMap<ConversationId, bool>,
}

impl Fold {
    fn take(&mut self, entry: &Entry, outcome: &Outcome) {
        let head = self
            .messages
            .last()
            .map_or(Position(0), |last| last.position);
        match (entry, outcome) {
            (Entry::Append(append), Outcome::Appended { at, companions }) => {
                self.message(append, *at);
                for (companion, at) in append.companions.iter().zip(companions) {
                    let Some(at) = at else { continue };
                    if let Some((one, other)) = companion.direct {
                        self.open_direct(one, other, Position(at.position.0 - 1));
                    }
                    self.message(&companion.append, *at);
                }
            }
            (Entry::OpenDirect { one, other, .. }, Outcome::Done) => {
                self.open_direct(*one, *other, head);
            }
            _ => {}
        }
    }

    fn message(&mut self, append: &Append, at: Placed) {
        let Placed { position, seq, .. } = at;
        self.messages.push(Said {
            position,
            conversation: append.conversation,
            seq,
            counts: append.counts && append.audience.is_none(),
            mentions: append.mentions.clone(),
        });
        if append.r#type == ConversationType::Own && seq == Seq(1) {
            let user = UserId(append.conversation.0);
            self.open(append.conversation, user, position, Seq(1));
        }
        for effect in &append.effects {
            self.effect(append.conversation, effect, position, seq);
        }
    }

    fn open_direct(&mut self, one: UserId, other: UserId, head: Position) {
        let id = ConversationId::direct(one, other);
        if !self.stays.iter().any(|stay| stay.conversation == id) {
            self.open(id, one, head, Seq(1));
            self.open(id, other, head, Seq(1));
        }
    }

    fn open(&mut self, conversation: ConversationId, user: UserId, joined: Position, from: Seq) {
        self.stays.push(Stay {
            conversation,
            user,
            joined,
            from,
            left: None,
        });
    }

    fn effect(&mut self, id: ConversationId, effect: &Effect, position: Position, seq: Seq) {
        match effect {
            Effect::AddMember { user, .. } => {
                let shared = self.shared.get(&id).copied().unwrap_or_default();
                self.open(id, *user, position, if shared { Seq(1) } else { seq });
            }
            Effect::RemoveMember { user } => {
                let mut stays = self.stays.iter_mut();
                let stay = stays
                    .find(|s| s.conversation == id && s.user == *user && s.left.is_none())
                    .unwrap();
                stay.left = Some(position);
            }
            Effect::Recall { seq } => {
                let here = self.messages.iter_mut();
                let recalled = here.filter(|said| said.conversation == id && said.seq == *seq);
                recalled.for_each(|said| said.mentions.clear());
            }
            Effect::SetField(GroupField::HistoryShared(shared)) => {
                self.shared.insert(id, *shared);
            }
            _ => {}
        }
    }

    fn stays(&self, user: UserId, id: ConversationId) -> impl Iterator<Item = &Stay> {
        let mine = self.stays.iter().filter(move |stay| stay.user == user);
        mine.filter(move |stay| stay.conversation == id)
    }

    fn feed(&self, user: UserId, after: Position) -> Vec<Position> {
        let shown = self.messages.iter().filter(|said| {
            let position = said.position;
            let mut stays = self.stays(user, said.conversation);
            position > after
                && stays.any(|stay| {
                    stay.joined <= position && stay.left.is_none_or(|left| position <= left)
                })
        });
        shown.map(|said| said.position).collect()
    }

    /// Messages behind a read position that count as unread, and those that call the user.
    fn behind(&self, user: UserId, row: &ConversationRow) -> (i64, i64) {
        let here = self
            .messages
            .iter()
            .filter(|said| said.conversation == row.id);
        let behind = here.filter(|said| row.read_seq < said.seq && said.seq <= row.head_seq);
        let calls =
            |said: &&Said| said.mentions.contains(&user) || said.mentions.contains(&UserId::ALL);
        let (mut unread, mut mentions) = (0, 0);
        for said in behind {
            unread += i64::from(said.counts);
            mentions += i64::from(calls(&said));
        }
        (unread, mentions)
    }

    fn history(&self, user: UserId, id: ConversationId) -> Option<Vec<i64>> {
        self.stays(user, id).next()?;
        let here = self.messages.iter().filter(|said| said.conversation == id);
        let shown = here.filter(|said| {
            let mut stays = self.stays(user, id);
            stays.any(|stay| {
                said.seq >= stay.from && stay.left.is_none_or(|left| said.position <= left)
            })
        });
        Some(shown.map(|said| said.seq.0).collect())
    }

    fn members(&self, id: ConversationId) -> BTreeSet<UserId> {
        let here = self.stays.iter().filter(|stay| stay.conversation == id);
        here.filter(|stay| stay.left.is_none())
            .map(|stay| stay.user)
            .collect()
    }
}

/// Who and what there is in a run.
struct World {
    random: Random,
    users: Vec<UserId>,
    groups: Vec<ConversationId>,
    sessions: Vec<SessionId>,
    sent: Vec<Append>,
    /// What each conversation's last seq will be, as far as the generator can tell.
    seqs: BTreeMap<ConversationId, i64>,
    /// Who was where before the batch, so that most of what is asked for makes sense.
    members: BTreeMap<ConversationId, Vec<UserId>>,
    now_ms: i64,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        Self {
            users: (0..USERS).map(|_| UserId(random.uuid())).collect(),
            groups: (1..USERS).map(|_| ConversationId(random.uuid())).collect(),
            sessions: Vec::new(),
            sent: Vec::new(),
            seqs: BTreeMap::new(),
            members: BTreeMap::new(),
            now_ms: 1,
            random,
        }
    }

    fn user(&mut self) -> UserId {
        self.random.pick(&self.users)
    }

    fn member(&mut self, id: ConversationId) -> UserId {
        match self.members.get(&id).map(Vec::as_slice) {
            None | Some([]) => self.user(),
            Some(members) => self.random.pick(members),
        }
    }

    fn conversation(&mut self) -> (ConversationId, ConversationType) {
        match self.random.below(8) {
            0 => (ConversationId::own(self.user()), ConversationType::Own),
            1 | 2 => (
                ConversationId::direct(self.user(), self.user()),
                ConversationType::Direct,
            ),
            _ => (self.random.pick(&self.groups), ConversationType::Group),
        }
    }

    fn conversations(&self) -> Vec<ConversationId> {
        let mut all = self.groups.clone();
        for (at, one) in self.users.iter().enumerate() {
            all.push(ConversationId::own(*one));
            let others = self.users[at..].iter();
            all.extend(others.map(|other| ConversationId::direct(*one, *other)));
        }
        all
    }

    fn entry(&mut self) -> Entry {
        self.now_ms += 1;
        let user = self.user();
        match self.random.below(20) {
            0 => Entry::CreateUser(NewUser {
                id: user,
                ..new_user(self.random.pick(&["Ann", "ÄNN", "änn", "%", "b_b", "李"]))
            }),
            1 => {
                let id = SessionId(self.random.uuid());
                self.sessions.push(id);
                Entry::OpenSession(NewSession {
                    id,
                    token_hash: id.to_string(),
                    ..new_session(user, self.now_ms)
                })
            }
            2 => self.entry_about_sessions(user),
            3 => Entry::OpenDirect {
                one: user,
                other: self.user(),
                at_ms: self.now_ms,
            },
            4 | 5 => Entry::SetRead {
                user,
                conversation: self.conversation().0,
                seq: Seq(self.random.below(30) as i64),
            },
            6 => {
                let name = self.random.pick(&["Ännchen", "annex", "_"]);
                let effects = vec![
                    Effect::SetProfile(ProfileField::Name(name.into())),
                    Effect::SetProfile(ProfileField::ReadReceipts(self.random.one_in(2))),
                ];
                let own = ConversationId::own(user);
                self.append(own, ConversationType::Own, user, effects)
            }
            7 if !self.sent.is_empty() => {
                let mut again = self.random.pick(&self.sent);
                if self.random.one_in(3) {
                    again.digest.push('!');
                }
                Entry::Append(again)
            }
            8..=13 => {
                let group = self.random.pick(&self.groups);
                let effects = self.effects(group, user);
                self.append(group, ConversationType::Group, user, effects)
            }
            _ => {
                let (id, r#type) = self.conversation();
                self.append(id, r#type, user, vec![])
            }
        }
    }

    fn entry_about_sessions(&mut self, user: UserId) -> Entry {
        let session = match self.sessions[..] {
            [] => SessionId(Uuid::nil()),
            _ => self.random.pick(&self.sessions),
        };
        match self.random.below(4) {
            0 => Entry::TouchSession {
                session,
                at_ms: self.now_ms,
            },
            1 => Entry::CloseSessions {
                user,
                which: WhichSessions::One(session),
            },
            2 => Entry::CloseSessions {
                user,
                which: WhichSessions::Except(session),
            },
            _ => Entry::SetPassword {
                user,
                hash: self.now_ms.to_string(),
                keep: Some(session),
            },
        }
    }

    fn effects(&mut self, group: ConversationId, user: UserId) -> Vec<Effect> {
        if self.seqs.get(&group).is_none_or(|seq| *seq == 0) {
            let name = self
                .random
                .pick(&["one", "ONE", "zwei Ä", "3%", "four", "五", "6"]);
            return vec![named(name), add(user, Role::Owner)];
        }
        let (one, other) = (self.member(group), self.member(group));
        match self.random.below(20) {
            14 | 15 => self.entries(),
            16 | 17 => vec![Effect::SetNote {
                seq: Seq(1 + self.random.below(9) as i64),
                key: self.random.pick(&["a", "b", "c"]).into(),
                value: (!self.random.one_in(3)).then(|| self.now_ms.into()),
                most: 2,
            }],
            18 => vec![Effect::Recall {
                seq: Seq(1 + self.random.below(9) as i64),
            }],
            19 => vec![Effect::SetCard {
                user: one,
                card: self.now_ms.to_string(),
            }],
            0..=3 => vec![add(user, Role::Member)],
            4..=6 => vec![remove(one)],
            7 => vec![role(one, Role::Owner), role(other, Role::Admin)],
            12 => vec![role(one, Role::Owner), remove(other)],
            13 => vec![add(user, Role::Admin), remove(one)],
            8 => vec![limited(3 + self.random.below(4) as i64)],
            9 => vec![named(self.random.pick(&["one", "zwei ä", "3%", "four"]))],
            10 => vec![shared(self.random.one_in(2))],
            _ => vec![Effect::SetMute {
                user,
                until_ms: Some(self.now_ms),
            }],
        }
    }

    /// Entries of a map that come and go.
    fn entries(&mut self) -> Vec<Effect> {
        let key = self.user().to_string();
        let map = self.random.pick(&["friend", "block", "group.request"]);
        match self.random.below(3) {
            0 => vec![Effect::Take {
                map: map.into(),
                key,
            }],
            _ => vec![Effect::Put {
                map: map.into(),
                key,
                value: self.now_ms.into(),
                most: 3,
                full: "map_full",
            }],
        }
    }

    /// Sometimes a message to another conversation, in the same transaction.
    fn companions(&mut self, sender: UserId) -> Vec<CompanionAppend> {
        let other = self.user();
        let direct = (self.random.one_in(2) && other != sender).then_some((sender, other));
        let (conversation, r#type) = match direct {
            Some(_) => (
                ConversationId::direct(sender, other),
                ConversationType::Direct,
            ),
            None => (ConversationId::own(other), ConversationType::Own),
        };
        let append = Append {
            r#type,
            expects: None,
            client_id: ClientId(self.random.uuid()),
            sent_at_ms: self.now_ms,
            effects: self.entries(),
            ..say(conversation, 0, sender, "with it")
        };
        let unless = self
            .random
            .one_in(2)
            .then(|| ("block".into(), sender.to_string()));
        vec![CompanionAppend {
            append,
            direct,
            unless,
        }]
    }

    fn append(
        &mut self,
        id: ConversationId,
        r#type: ConversationType,
        user: UserId,
        effects: Vec<Effect>,
    ) -> Entry {
        let companions = match self.random.one_in(5) {
            true => self.companions(user),
            false => Vec::new(),
        };
        let mentions = match self.random.one_in(4) {
            true => vec![UserId::ALL, self.user()],
            false => Vec::new(),
        };
        let seq = self.seqs.entry(id).or_default();
        let wrong = i64::from(self.random.one_in(12));
        let append = Append {
            r#type,
            kind: self.random.pick(&["text", "group.change"]).into(),
            client_id: ClientId(self.random.uuid()),
            sent_at_ms: self.now_ms,
            counts: !self.random.one_in(4),
            sender: (!self.random.one_in(10)).then_some(user),
            audience: self.random.one_in(6).then(|| vec![user]),
            mentions,
            effects,
            companions,
            ..say(id, *seq + wrong, user, &"x".repeat(self.random.below(40)))
        };
        *seq += 1;
        self.sent.push(append.clone());
        Entry::Append(append)
    }
}

/// Runs one seed over all these logs; all are new.
pub(crate) async fn stores_agree(logs: &[Log], seed: u64) {
    let mut world = World::new(seed);
    let mut users = Vec::new();
    for (at, id) in world.users.iter().enumerate().skip(1) {
        let user = NewUser {
            id: *id,
            ..new_user(&format!("user {at}"))
        };
        users.push(Entry::CreateUser(user));
    }
    for log in logs {
        log.commit(users.clone()).await;
    }
    let mut fold = Fold::default();
    let bounds = Bounds {
        groups_per_user: 3,
        sessions_per_user: 3,
        ..Bounds::default()
    };
    for _ in 0..BATCHES {
        let count = 1 + world.random.below(12);
        let entries: Vec<_> = (0..count).map(|_| world.entry()).collect();
        let fail = match world.random.below(12) {
            0 => Some(FailCommit::Before),
            1 => Some(FailCommit::After),
            _ => None,
        };
        let batch = Batch {
            bounds,
            ..logs[0].batch(entries).await
        };
        let outcomes = commit(&logs[0], &batch, fail).await;
        for log in &logs[1..] {
            assert_eq!(commit(log, &batch, fail).await, outcomes, "seed {seed}");
        }
        for (entry, outcome) in batch.entries.iter().zip(&outcomes) {
            fold.take(entry, outcome);
        }
        for (id, seq) in &mut world.seqs {
            *seq = logs[0].seq(*id).await;
        }
        let members = |id: &ConversationId| (*id, fold.members(*id).into_iter().collect());
        world.members = world.groups.iter().map(members).collect();
        if world.random.one_in(10) {
            compare(logs, &mut world, &fold, seed).await;
        }
    }
    compare(logs, &mut world, &fold, seed).await;
    // The run is worth something only if it got somewhere.
    let left = fold.stays.iter().filter(|stay| stay.left.is_some());
    let (messages, stays, left) = (fold.messages.len(), fold.stays.len(), left.count());
    let enough = messages > 100 && stays > 20 && left > 3;
    assert!(enough, "seed {seed}: {messages} {stays} {left}");
}

/// Writes a batch, through a failure if there is to be one.
async fn commit(log: &Log, batch: &Batch, fail: Option<FailCommit>) -> Vec<Outcome> {
    let Some(fail) = fail else {
        return log.store.commit(batch).await.unwrap();
    };
    log.fail_next_commit(fail);
    log.write(batch).await.unwrap_err();
    let resolved = log.store.resolve(batch.number.unwrap()).await.unwrap();
    assert_eq!(resolved.is_some(), fail == FailCommit::After);
    match resolved {
        Some(outcomes) => outcomes,
        None => log.store.commit(batch).await.unwrap(),
    }
}

async fn compare(logs: &[Log], world: &mut World, fold: &Fold, seed: u64) {
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
