//! The contract, fulfilled from the tables.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use serde_json::Value;

use super::tables::holds;
use super::{FailCommit, MemoryStore, views};
use crate::kinds::maps;
use crate::limits::PAGE_MESSAGES;
use crate::store::*;

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
            kind_states.insert(kind.clone(), json(state)?);
        }
        let mut entries = Vec::new();
        let all = tables.entries.range((id, String::new(), String::new())..);
        for ((_, map, key), value) in all.take_while(|((at, _, _), _)| *at == id) {
            entries.push((map.clone(), key.clone(), json(value)?));
        }
        let open = tables.open_at(id).cloned();
        let state = views::state(row.clone(), open, kind_states, entries);
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
                    .and_then(|stay| Some((stay, tables.users.get(&stay.user)?)))
                    .map(|(stay, peer)| views::Peer {
                        id: peer.id,
                        name: peer.name.clone(),
                        shown_seq: (me.read_receipts && peer.read_receipts)
                            .then_some(stay.shown_seq),
                    }),
                _ => None,
            };
            let at = views::read_position(stay, row);
            let more = views::More {
                peer,
                last_message: tables.message(row.id, at.head_seq).cloned(),
                mentions: tables.mentions(user, &at),
            };
            gathered.add(stay.clone(), row.clone(), more);
        }
        let mut settings = BTreeMap::new();
        for (id, value) in tables.map(ConversationId::own(user), maps::SETTINGS) {
            settings.extend(id.parse().ok().zip(json(value).ok()));
        }
        Ok(Some(gathered.into_rows(tables.head(), me, settings)))
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
        Ok(row.and_then(|row| tables.group(viewer, row)))
    }

    async fn find_groups(&self, viewer: UserId, query: &str, limit: usize) -> Result<Vec<Group>> {
        let tables = self.read().await?;
        let query = fold(query);
        let number = views::number(&query);
        let named = tables.group_names.iter().filter_map(|(name, id)| {
            let row = tables.conversations.get(id)?;
            let asked = name.contains(&query) || (number.is_some() && row.number == number);
            asked.then(|| tables.group(viewer, row.clone()))?
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

    async fn bots(&self, owner: UserId) -> Result<Vec<User>> {
        let tables = self.read().await?;
        let found = tables.usernames.values().filter_map(|id| {
            let row = tables.users.get(id)?;
            let is_theirs = row.bot_of == Some(owner) && !row.deleted;
            is_theirs.then(|| views::user(row.clone()))
        });
        Ok(found.collect())
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
        Ok(self.read().await?.share_a_group(one, other))
    }

    async fn conversation_type(&self, id: ConversationId) -> Result<Option<ConversationType>> {
        let tables = self.read().await?;
        Ok(tables.conversations.get(&id).map(|row| row.r#type))
    }

    async fn rights(&self, conversation: ConversationId, user: UserId) -> Result<Option<Rights>> {
        let tables = self.read().await?;
        let place = tables.conversations.get(&conversation);
        if place.is_none_or(|row| row.r#type != ConversationType::Direct) {
            return Ok(None);
        }
        if tables.role(conversation, user).is_none() {
            return Ok(None);
        }
        let mut stays = tables.stays_at(conversation);
        let peer = stays.find(|stay| stay.user != user).map(|stay| stay.user);
        Ok(peer.and_then(|peer| tables.relation(user, peer)))
    }

    async fn relation(&self, user: UserId, other: UserId) -> Result<Option<Rights>> {
        Ok(self.read().await?.relation(user, other))
    }

    async fn member_names(&self, id: ConversationId) -> Result<Vec<MemberName>> {
        let tables = self.read().await?;
        let names = tables.open_at(id).filter_map(|stay| {
            let user = tables.users.get(&stay.user)?;
            Some(MemberName {
                user: user.id,
                username: user.username.clone(),
                name: user.name.clone(),
                card: stay.card.clone(),
            })
        });
        Ok(names.collect())
    }

    async fn map(&self, id: ConversationId, map: &str) -> Result<BTreeMap<String, Value>> {
        let tables = self.read().await?;
        let entries = tables.map(id, map);
        entries
            .map(|(key, value)| Ok((key.clone(), json(value)?)))
            .collect()
    }

    async fn session(&self, token_hash: &str) -> Result<Option<Session>> {
        let tables = self.read().await?;
        let mut rows = tables.sessions.values();
        let row = rows.find(|row| row.token_hash == token_hash);
        let row = row.filter(|row| tables.may_act(row.user));
        Ok(row.and_then(|row| tables.session(row)))
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
            let row = tables.sessions.get(id);
            row.is_some_and(|row| tables.may_act(row.user))
        });
        Ok(living.copied().collect())
    }

    async fn close(&self) {
        self.lock().closed = true;
    }
}

fn json(text: &str) -> Result<Value> {
    let said = |_| StoreError::Unusable("what a kind keeps is no JSON".into());
    serde_json::from_str(text).map_err(said)
}
