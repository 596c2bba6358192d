//! What the log says, folded without any store.

use super::*;

/// A message, as far as it is counted.
pub(super) struct Said {
    position: Position,
    conversation: ConversationId,
    seq: Seq,
    counts: bool,
    mentions: Vec<UserId>,
}

/// A stay, as the fold of the log knows it.
pub(super) struct Stay {
    conversation: ConversationId,
    user: UserId,
    joined: Position,
    from: Seq,
    pub(super) left: Option<Position>,
}

/// What the log says, folded without any store.
#[derive(Default)]
pub(super) struct Fold {
    pub(super) messages: Vec<Said>,
    pub(super) stays: Vec<Stay>,
    shared: BTreeMap<ConversationId, bool>,
}

impl Fold {
    pub(super) fn take(&mut self, entry: &Entry, outcome: &Outcome) {
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

    pub(super) fn feed(&self, user: UserId, after: Position) -> Vec<Position> {
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
    pub(super) fn behind(&self, user: UserId, row: &ConversationRow) -> (i64, i64) {
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

    pub(super) fn history(&self, user: UserId, id: ConversationId) -> Option<Vec<i64>> {
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

    pub(super) fn members(&self, id: ConversationId) -> BTreeSet<UserId> {
        let here = self.stays.iter().filter(|stay| stay.conversation == id);
        here.filter(|stay| stay.left.is_none())
            .map(|stay| stay.user)
            .collect()
    }
}
