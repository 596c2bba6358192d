//! The store in memory, for tests and simulation: the same contract and the same plan, without
//! threads and timers, so that it runs under a paused clock and the same way every time. It
//! outlives the server that uses it: [`MemoryStore::reopen`] is a restart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::watch;

use super::plan::{Changes, Needs, PostedKey, Snapshot};
use super::rows::*;
use super::*;
use crate::limits::PAGE_MESSAGES;

pub(super) mod views;

/// What a test makes of the next commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailCommit {
    /// It is not written, and reported as [`StoreError::Unavailable`].
    Before,
    /// It is written, and reported as [`StoreError::Unavailable`].
    After,
}

/// A log in memory.
pub struct MemoryStore {
    tables: Mutex<Tables>,
    fault: Mutex<Option<FailCommit>>,
    paused: watch::Sender<bool>,
    reads: AtomicU64,
    commits: AtomicU64,
}

/// An older copy of a log.
pub struct Backup(Box<Tables>);

/// The rows, and the indexes that the databases have as well.
#[derive(Clone)]
struct Tables {
    closed: bool,
    epoch: Epoch,
    head: HeadRow,
    outcomes: Vec<Outcome>,
    conversations: BTreeMap<ConversationId, ConversationRecord>,
    group_names: BTreeMap<String, ConversationId>,
    stays: BTreeMap<(ConversationId, UserId, Position), StayRecord>,
    stays_of: BTreeSet<(UserId, ConversationId)>,
    messages: BTreeMap<Position, MessageRecord>,
    by_seq: BTreeMap<(ConversationId, Seq), Position>,
    by_client_id: BTreeMap<PostedKey, Position>,
    kind_states: BTreeMap<(ConversationId, String), String>,
    users: BTreeMap<UserId, UserRecord>,
    usernames: BTreeMap<String, UserId>,
    sessions: BTreeMap<SessionId, SessionRecord>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new(Epoch(1))
    }
}

impl MemoryStore {
    /// An empty log of this epoch; its secret follows from the epoch.
    pub fn new(epoch: Epoch) -> Self {
        let head = HeadRow {
            position: Position(0),
            batch: 0,
            next_number: 10_001,
            access_version: 0,
        };
        let tables = Tables {
            closed: false,
            epoch,
            head,
            outcomes: Vec::new(),
            conversations: BTreeMap::new(),
            group_names: BTreeMap::new(),
            stays: BTreeMap::new(),
            stays_of: BTreeSet::new(),
            messages: BTreeMap::new(),
            by_seq: BTreeMap::new(),
            by_client_id: BTreeMap::new(),
            kind_states: BTreeMap::new(),
            users: BTreeMap::new(),
            usernames: BTreeMap::new(),
            sessions: BTreeMap::new(),
        };
        Self {
            tables: Mutex::new(tables),
            fault: Mutex::new(None),
            paused: watch::Sender::new(false),
            reads: AtomicU64::new(0),
            commits: AtomicU64::new(0),
        }
    }

    /// Fault injection for tests: the next commit is written or not, and in both cases its caller
    /// is told that the connection broke.
    pub fn fail_next_commit(&self, fail: FailCommit) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fail);
    }

    /// Fault injection for tests: while paused, commits, resolves and reads wait.
    pub fn pause(&self, paused: bool) {
        self.paused.send_replace(paused);
    }

    /// Undoes [`close`](Store::close), with everything still there.
    pub fn reopen(&self) {
        self.lock().closed = false;
    }

    /// A copy of the log as it is now, for [`restore`](Self::restore).
    pub fn backup(&self) -> Backup {
        Backup(Box::new(self.lock().clone()))
    }

    /// Fault injection for tests: puts an older copy in the log's place, as somebody who restores
    /// a backup behind a running server's back would.
    pub fn restore(&self, backup: &Backup) {
        self.lock().clone_from(&backup.0);
    }

    /// How many reads there were.
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// How many commits there were, refused and failed ones included.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tables, once not paused.
    async fn open(&self) -> Result<MutexGuard<'_, Tables>> {
        // The sender lives as long as we do, so waiting cannot fail.
        let _ = self.paused.subscribe().wait_for(|paused| !paused).await;
        let tables = self.lock();
        if tables.closed {
            return Err(StoreError::Unavailable("it is closed".into()));
        }
        Ok(tables)
    }

    async fn read(&self) -> Result<MutexGuard<'_, Tables>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.open().await
    }
}

impl Tables {
    // ---- writing -------------------------------------------------------------------------------

    fn snapshot(&self, needs: &Needs) -> Snapshot {
        let mut rows = Snapshot::new(self.head.clone());
        rows.conversations = pick(&self.conversations, &needs.conversations);
        rows.group_names = pick(&self.group_names, &needs.group_names);
        rows.users = pick(&self.users, &needs.users);
        rows.usernames = pick(&self.usernames, &needs.usernames);
        rows.sessions = pick(&self.sessions, &needs.sessions);
        for (id, row) in &self.sessions {
            if needs.sessions_of.contains(&row.user) {
                rows.sessions.insert(*id, row.clone());
            }
        }
        for key @ (conversation, user) in &needs.stays {
            let last = self.stays_in(*conversation, *user).last();
            rows.stays.extend(last.map(|stay| (*key, stay.clone())));
        }
        for key in &needs.posted {
            rows.posted
                .extend(self.posted(key).map(|posted| (*key, posted)));
        }
        for key @ (conversation, seq) in &needs.counted {
            let message = self.message(*conversation, *seq);
            rows.counted
                .extend(message.map(|message| (*key, message.counted)));
        }
        for user in &needs.group_counts {
            let groups = self.open_groups(*user).count();
            rows.group_counts.insert(*user, groups as i64);
        }
        rows
    }

    fn write(&mut self, changes: Changes) {
        self.head = changes.head;
        for row in changes.messages {
            let message = &row.message;
            let (position, id) = (message.position, message.conversation);
            let key = (id, message.sender, message.client_id);
            self.by_seq.insert((id, message.seq), position);
            self.by_client_id.insert(key, position);
            self.messages.insert(position, row);
        }
        // Names given up go first: another group of the batch may have taken one.
        for id in changes.conversations.keys() {
            if let Some(old) = self.conversations.get(id) {
                self.group_names.remove(&fold(&old.settings.name));
            }
        }
        for (id, row) in changes.conversations {
            if row.r#type == ConversationType::Group {
                self.group_names.insert(fold(&row.settings.name), id);
            }
            self.conversations.insert(id, row);
        }
        for (key, row) in changes.stays {
            self.stays_of.insert((row.user, row.conversation));
            self.stays.insert(key, row);
        }
        for (key, row) in changes.kind_states {
            self.kind_states.insert(key, row.state);
        }
        for (id, row) in changes.users {
            self.usernames.insert(fold(&row.username), id);
            self.users.insert(id, row);
        }
        for id in changes.ended_sessions {
            self.sessions.remove(&id);
        }
        self.sessions.extend(changes.sessions);
    }

    // ---- reading -------------------------------------------------------------------------------

    fn head(&self) -> Head {
        Head {
            epoch: self.epoch,
            position: self.head.position,
            batch: self.head.batch,
            access_version: self.head.access_version,
        }
    }

    /// A user's stays in one conversation, the first first.
    fn stays_in(
        &self,
        id: ConversationId,
        user: UserId,
    ) -> impl DoubleEndedIterator<Item = &StayRecord> {
        let all = (id, user, Position(i64::MIN))..=(id, user, Position(i64::MAX));
        self.stays.range(all).map(|(_, stay)| stay)
    }

    /// All stays in one conversation.
    fn stays_at(&self, id: ConversationId) -> impl Iterator<Item = &StayRecord> {
        let from = (id, UserId(uuid::Uuid::nil()), Position(i64::MIN));
        let stays = self.stays.range(from..).map(|(_, stay)| stay);
        stays.take_while(move |stay| stay.conversation == id)
    }

    fn open_at(&self, id: ConversationId) -> impl Iterator<Item = &StayRecord> {
        self.stays_at(id).filter(|stay| stay.left.is_none())
    }

    /// Where a user is or was.
    fn places(&self, user: UserId) -> impl Iterator<Item = &ConversationRecord> {
        let all =
            (user, ConversationId(uuid::Uuid::nil()))..=(user, ConversationId(uuid::Uuid::max()));
        let ids = self.stays_of.range(all);
        ids.filter_map(|(_, id)| self.conversations.get(id))
    }

    fn open_groups(&self, user: UserId) -> impl Iterator<Item = &ConversationRecord> {
        let groups = self.places(user);
        groups.filter(move |row| {
            row.r#type == ConversationType::Group && self.role(row.id, user).is_some()
        })
    }

    fn role(&self, id: ConversationId, user: UserId) -> Option<Role> {
        let last = self.stays_in(id, user).last();
        last.filter(|stay| stay.left.is_none())
            .map(|stay| stay.role)
    }

    fn message(&self, id: ConversationId, seq: Seq) -> Option<&Message> {
        let position = self.by_seq.get(&(id, seq))?;
        self.messages.get(position).map(|row| &row.message)
    }

    fn posted(&self, key: &PostedKey) -> Option<Posted> {
        let row = self.messages.get(self.by_client_id.get(key)?)?;
        Some(Posted {
            seq: row.message.seq,
            sent_at_ms: row.message.sent_at_ms,
            digest: row.digest.clone(),
        })
    }

    /// What a user may see after a position, straight from the rule.
    fn feed(&self, user: UserId, after: Position) -> impl Iterator<Item = &Message> {
        let log = self.messages.range(after.next()..);
        log.map(|(_, row)| &row.message).filter(move |message| {
            let mut stays = self.stays_in(message.conversation, user);
            stays.any(|stay| holds(stay, message.position))
        })
    }

    fn user(&self, id: UserId) -> Option<User> {
        self.users.get(&id).cloned().map(views::user)
    }

    fn session(&self, row: &SessionRecord) -> Option<Session> {
        Some(views::session(row.clone(), self.user(row.user)?))
    }
}

/// Whether a stay's feed carries this position.
fn holds(stay: &StayRecord, position: Position) -> bool {
    stay.joined_position <= position
        && stay
            .left
            .as_ref()
            .is_none_or(|left| position <= left.position)
}

/// The rows of a table whose keys are asked for.
fn pick<K: Ord + Clone, V: Clone>(table: &BTreeMap<K, V>, keys: &BTreeSet<K>) -> BTreeMap<K, V> {
    let found = keys.iter().filter_map(|key| table.get_key_value(key));
    found.map(|(key, row)| (key.clone(), row.clone())).collect()
}

#[async_trait]
impl Store for MemoryStore {
    async fn head(&self) -> Result<Head> {
        Ok(self.read().await?.head())
    }

    async fn secret(&self) -> Result<[u8; 32]> {
        let epoch = self.read().await?.epoch.0.to_be_bytes();
        Ok(std::array::from_fn(|at| epoch[at % epoch.len()]))
    }

    async fn commit(&self, batch: &Batch) -> Result<Vec<Outcome>> {
        self.commits.fetch_add(1, Ordering::Relaxed);
        let mut tables = self.open().await?;
        let fault = self
            .fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        plan::check(batch, &tables.head)?;
        let injected = || StoreError::Unavailable("a fault was injected".into());
        if fault == Some(FailCommit::Before) {
            return Err(injected());
        }
        let snapshot = tables.snapshot(&plan::needs(&batch.entries));
        let (outcomes, changes) = plan::plan(batch, snapshot);
        tables.write(changes);
        if batch.number.is_some() {
            tables.outcomes.clone_from(&outcomes);
        }
        match fault {
            Some(_) => Err(injected()),
            None => Ok(outcomes),
        }
    }

    async fn resolve(&self, number: i64) -> Result<Option<Vec<Outcome>>> {
        let tables = self.open().await?;
        let there = plan::is_in(number, tables.head.batch)?;
        Ok(there.then(|| tables.outcomes.clone()))
    }

    async fn new_epoch(&self, epoch: Epoch) -> Result<Head> {
        let mut tables = self.open().await?;
        tables.epoch = epoch;
        Ok(tables.head())
    }

    async fn conversation(
        &self,
        id: ConversationId,
    ) -> Result<Option<(ConversationState, Position)>> {
        let tables = self.read().await?;
        let Some(row) = tables.conversations.get(&id) else {
            return Ok(None);
        };
        let mut kind_states: BTreeMap<String, Value> = BTreeMap::new();
        let states = tables.kind_states.range((id, String::new())..);
        for ((_, kind), state) in states.take_while(|((at, _), _)| *at == id) {
            let state = serde_json::from_str(state)
                .map_err(|_| StoreError::Unusable("a kind's state is no JSON".into()))?;
            kind_states.insert(kind.clone(), state);
        }
        let open = tables.open_at(id).cloned();
        let state = views::state(row.clone(), open, kind_states);
        Ok(Some((state, tables.head.position)))
    }

    async fn audience(&self, positions: &[Position]) -> Result<BTreeSet<UserId>> {
        let tables = self.read().await?;
        let mut users = BTreeSet::new();
        for position in positions {
            if let Some(row) = tables.messages.get(position) {
                let stays = tables.stays_at(row.message.conversation);
                let seeing = stays.filter(|stay| holds(stay, *position));
                users.extend(seeing.map(|stay| stay.user));
            }
        }
        Ok(users)
    }

    async fn page(
        &self,
        user: UserId,
        after: Position,
        messages: usize,
        bytes: usize,
        furthest: i64,
    ) -> Result<Behind> {
        let tables = self.read().await?;
        let head = tables.head.position;
        if after > head {
            return Ok(Behind::Ahead);
        }
        if furthest > 0 && head.0 - after.0 > furthest {
            let most = usize::try_from(furthest).unwrap_or(usize::MAX);
            if tables.feed(user, after).nth(most).is_some() {
                return Ok(Behind::TooFar);
            }
        }
        let limit = messages.max(1);
        let found = tables.feed(user, after).take(limit.saturating_add(1));
        let found = found.cloned().collect();
        Ok(Behind::Page(views::page(found, limit, bytes, head)))
    }

    async fn history(
        &self,
        user: UserId,
        conversation: ConversationId,
        range: Range,
    ) -> Result<Option<Vec<Message>>> {
        let tables = self.read().await?;
        let stays: Vec<_> = tables.stays_in(conversation, user).cloned().collect();
        if stays.is_empty() {
            return Ok(None);
        }
        let (runs, backwards) = views::asked(views::visible(&stays), range);
        let mut seqs: Vec<Seq> = Vec::with_capacity(range.limit.min(PAGE_MESSAGES));
        for (from, to) in runs {
            let run = tables
                .by_seq
                .range((conversation, from)..=(conversation, to));
            let run = run.map(|((_, seq), _)| *seq);
            let room = range.limit - seqs.len();
            match backwards {
                true => seqs.extend(run.rev().take(room)),
                false => seqs.extend(run.take(room)),
            }
        }
        seqs.sort_unstable();
        let messages = seqs
            .into_iter()
            .filter_map(|seq| tables.message(conversation, seq));
        Ok(Some(messages.cloned().collect()))
    }

    async fn messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        seqs: &[Seq],
    ) -> Result<Vec<Message>> {
        let tables = self.read().await?;
        let stays: Vec<_> = tables.stays_in(conversation, user).cloned().collect();
        let runs = views::visible(&stays);
        let shown = |seq: &Seq| runs.iter().any(|(from, to)| from <= seq && seq <= to);
        let seqs: BTreeSet<Seq> = seqs.iter().copied().filter(shown).collect();
        let messages = seqs
            .into_iter()
            .filter_map(|seq| tables.message(conversation, seq));
        Ok(messages.cloned().collect())
    }

    async fn posted(
        &self,
        conversation: ConversationId,
        sender: Option<UserId>,
        client_id: ClientId,
    ) -> Result<Option<Posted>> {
        let key = (conversation, sender, client_id);
        Ok(self.read().await?.posted(&key))
    }

    async fn sync(&self, user: UserId) -> Result<Option<SyncRows>> {
        let tables = self.read().await?;
        let Some(me) = tables.user(user) else {
            return Ok(None);
        };
        let mut gathered = views::Gathered::default();
        for row in tables.places(user) {
            let Some(stay) = tables.stays_in(row.id, user).last() else {
                continue;
            };
            let peer = match row.r#type {
                ConversationType::Direct => tables
                    .stays_at(row.id)
                    .find(|stay| stay.user != user)
                    .and_then(|stay| tables.users.get(&stay.user))
                    .map(|peer| (peer.id, peer.name.clone())),
                _ => None,
            };
            let last = views::read_position(stay, row).head_seq;
            let last = tables.message(row.id, last).cloned();
            gathered.add(stay.clone(), row.clone(), peer, last);
        }
        Ok(Some(gathered.into_rows(tables.head(), me)))
    }

    async fn read_position(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> Result<Option<ReadPosition>> {
        let tables = self.read().await?;
        let last = tables.stays_in(conversation, user).last();
        let row = tables.conversations.get(&conversation);
        Ok(last
            .zip(row)
            .map(|(stay, row)| views::read_position(stay, row)))
    }

    async fn read_positions(&self, user: UserId) -> Result<Vec<ReadPosition>> {
        let tables = self.read().await?;
        let positions = tables.places(user).filter_map(|row| {
            let last = tables.stays_in(row.id, user).last();
            last.map(|stay| views::read_position(stay, row))
        });
        Ok(positions.collect())
    }

    async fn group(&self, viewer: UserId, id: ConversationId) -> Result<Option<Group>> {
        let tables = self.read().await?;
        let row = tables.conversations.get(&id).cloned();
        Ok(row.and_then(|row| views::group(row, tables.role(id, viewer))))
    }

    async fn find_groups(&self, viewer: UserId, query: &str, limit: usize) -> Result<Vec<Group>> {
        let tables = self.read().await?;
        let query = fold(query);
        let number = views::number(&query);
        let named = tables.group_names.iter().filter_map(|(name, id)| {
            let row = tables.conversations.get(id)?;
            let asked = name.contains(&query) || (number.is_some() && row.number == number);
            asked.then(|| views::group(row.clone(), tables.role(*id, viewer)))?
        });
        Ok(named.take(limit).collect())
    }

    async fn members(&self, id: ConversationId) -> Result<Vec<MemberRow>> {
        let tables = self.read().await?;
        let members = tables
            .open_at(id)
            .filter_map(|stay| Some(views::member(stay, tables.user(stay.user)?)));
        let mut members: Vec<_> = members.collect();
        views::sort_members(&mut members);
        Ok(members)
    }

    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>> {
        let tables = self.read().await?;
        let ids: BTreeSet<UserId> = ids.iter().copied().collect();
        Ok(ids.into_iter().filter_map(|id| tables.user(id)).collect())
    }

    async fn find_users(&self, query: &str, limit: usize) -> Result<Vec<User>> {
        let tables = self.read().await?;
        let query = fold(query);
        let number = views::number(&query);
        let found = tables.usernames.iter().filter_map(|(name, id)| {
            let row = tables.users.get(id).filter(|row| !row.disabled)?;
            let asked = name.starts_with(&query)
                || fold(&row.name).starts_with(&query)
                || Some(row.number) == number;
            asked.then(|| views::user(row.clone()))
        });
        Ok(found.take(limit).collect())
    }

    async fn credentials(&self, username: &str) -> Result<Option<(User, Option<String>)>> {
        let tables = self.read().await?;
        let id = tables.usernames.get(&fold(username));
        let row = id.and_then(|id| tables.users.get(id)).cloned();
        Ok(row.map(|row| {
            let hash = row.password_hash.clone();
            (views::user(row), hash)
        }))
    }

    async fn share_a_group(&self, one: UserId, other: UserId) -> Result<bool> {
        let tables = self.read().await?;
        let mut groups = tables.open_groups(one);
        Ok(groups.any(|row| tables.role(row.id, other).is_some()))
    }

    async fn direct_peers(&self, user: UserId, limit: usize) -> Result<Vec<UserId>> {
        let tables = self.read().await?;
        let direct = tables
            .places(user)
            .filter(|row| row.r#type == ConversationType::Direct);
        let mut direct: Vec<_> = direct.map(|row| (row.head_position, row.id)).collect();
        direct.sort_by_key(|(news, id)| (std::cmp::Reverse(*news), *id));
        let peers = direct.into_iter().filter_map(|(_, id)| {
            let mut stays = tables.stays_at(id).map(|stay| stay.user);
            stays.find(|other| *other != user)
        });
        Ok(peers.take(limit).collect())
    }

    async fn session(&self, token_hash: &str) -> Result<Option<Session>> {
        let tables = self.read().await?;
        let mut rows = tables.sessions.values();
        let row = rows.find(|row| row.token_hash == token_hash);
        let session = row.and_then(|row| tables.session(row));
        Ok(session.filter(|session| !session.user.disabled))
    }

    async fn sessions(&self, user: UserId) -> Result<Vec<Session>> {
        let tables = self.read().await?;
        let rows = tables.sessions.values().filter(|row| row.user == user);
        let mut found: Vec<_> = rows.filter_map(|row| tables.session(row)).collect();
        found.sort_by_key(|session| std::cmp::Reverse((session.last_used_at_ms, session.id)));
        Ok(found)
    }

    async fn living_sessions(&self, sessions: &[SessionId]) -> Result<BTreeSet<SessionId>> {
        let tables = self.read().await?;
        let living = sessions.iter().filter(|id| {
            let user = tables
                .sessions
                .get(id)
                .and_then(|row| tables.user(row.user));
            user.is_some_and(|user| !user.disabled)
        });
        Ok(living.copied().collect())
    }

    async fn close(&self) {
        self.lock().closed = true;
    }
}
