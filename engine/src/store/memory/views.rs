//! What a reader is shown of the rows, as pure functions: which messages, frozen where, cut when.
//! Stores that read rows use these, so that the rules of visibility stand in one place.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::group::state::{ConversationState, ConversationType, Member, Role};
use crate::ids::{ConversationId, Position, Seq, UserId};
use crate::message::Message;
use crate::store::rows::{ConversationRecord, SessionRecord, StayRecord, UserRecord};
use crate::store::{
    Account, ConversationRow, Group, Head, MemberRow, Page, Range, ReadPosition, Session, SyncRows,
    User, fold,
};

/// A run of seqs, both ends included.
pub(in crate::store) type Run = (Seq, Seq);

/// Which seqs of a conversation one user's stays there show in history: runs in ascending order
/// that do not touch. An open stay's run has no end.
pub(in crate::store) fn visible(stays: &[StayRecord]) -> Vec<Run> {
    let run = |stay: &StayRecord| {
        let last = stay.left.as_ref().map_or(Seq(i64::MAX), |left| left.seq);
        (stay.from_seq, last)
    };
    let mut runs: Vec<Run> = stays.iter().map(run).collect();
    runs.sort_unstable();
    runs.dedup_by(|later, earlier| {
        let touch = later.0.0 <= earlier.1.0.saturating_add(1);
        if touch {
            earlier.1 = earlier.1.max(later.1);
        }
        touch
    });
    runs
}

/// The parts of `runs` that `range` asks for, in the order in which to read them, and whether
/// that is backwards: the latest that fit, unless `after` says where to begin.
pub(in crate::store) fn asked(runs: Vec<Run>, range: Range) -> (Vec<Run>, bool) {
    let first = range
        .after
        .map_or(i64::MIN, |after| after.0.saturating_add(1));
    let last = range
        .before
        .map_or(i64::MAX, |before| before.0.saturating_sub(1));
    let clipped = runs
        .into_iter()
        .map(|(from, to)| (from.max(Seq(first)), to.min(Seq(last))))
        .filter(|(from, to)| from <= to);
    if range.after.is_some() {
        (clipped.collect(), false)
    } else {
        (clipped.rev().collect(), true)
    }
}

/// Cuts what was read, in position order and one more than `limit` where there are more, to a
/// page.
pub(in crate::store) fn page(
    mut messages: Vec<Message>,
    limit: usize,
    bytes: usize,
    head: Position,
) -> Page {
    let read = messages.len();
    let mut size = 0usize;
    let fits = messages.iter().take(limit).take_while(|message| {
        let empty = size == 0;
        // Every message counts for something, or a page of recalled ones would look empty.
        let notes = message.notes.as_ref().map_or(0, String::len);
        size += message.body.as_ref().map_or(0, String::len).max(1) + notes;
        empty || size <= bytes
    });
    let count = fits.count();
    messages.truncate(count);
    let complete = count == read;
    Page {
        scanned_to: match messages.last() {
            Some(last) if !complete => last.position,
            _ => head,
        },
        messages,
        complete,
    }
}

/// Whether somebody's sessions are good: not disabled, and a bot only while its owner is not either.
pub(in crate::store) fn may_act(user: &UserRecord, owner: Option<&UserRecord>) -> bool {
    let answered = user.bot_of.is_none() || owner.is_some_and(|owner| !owner.disabled);
    answered && !user.disabled
}

/// A user without the password.
pub(in crate::store) fn user(row: UserRecord) -> User {
    User {
        id: row.id,
        number: row.number,
        username: row.username,
        name: row.name,
        signature: row.signature,
        status: row.status,
        avatar: row.avatar,
        read_receipts: row.read_receipts,
        administrator: row.administrator,
        disabled: row.disabled,
        deleted: row.deleted,
        bot_of: row.bot_of,
    }
}

/// A user as administrators see them.
pub(in crate::store) fn account(row: UserRecord) -> Account {
    Account {
        created_at_ms: row.created_at_ms,
        user: user(row),
    }
}

/// A session with its user.
pub(in crate::store) fn session(row: SessionRecord, user: User) -> Session {
    Session {
        id: row.id,
        user,
        device: row.device,
        created_at_ms: row.created_at_ms,
        last_used_at_ms: row.last_used_at_ms,
    }
}

/// A group for somebody with this role; `pending`: who waits to be let in. `None`: no group.
pub(in crate::store) fn group(
    row: ConversationRecord,
    role: Option<Role>,
    pending: bool,
) -> Option<Group> {
    Some(Group {
        id: row.id,
        number: row
            .number
            .filter(|_| row.r#type == ConversationType::Group)?,
        settings: row.settings,
        member_count: row.member_count,
        role,
        pending,
    })
}

/// A member as others see them.
pub(in crate::store) fn member(stay: &StayRecord, user: User) -> MemberRow {
    MemberRow {
        user,
        role: stay.role,
        muted_until_ms: stay.muted_until_ms,
        card: stay.card.clone(),
    }
}

/// Owner, admins, then the rest, each by user name.
pub(in crate::store) fn sort_members(members: &mut [MemberRow]) {
    members.sort_by_cached_key(|member| {
        let name = fold(&member.user.username);
        (std::cmp::Reverse(member.role), name)
    });
}

/// A conversation for its actor.
pub(in crate::store) fn state(
    row: ConversationRecord,
    open: impl IntoIterator<Item = StayRecord>,
    kind_states: BTreeMap<String, Value>,
    entries: impl IntoIterator<Item = (String, String, Value)>,
) -> ConversationState {
    let member = |stay: StayRecord| {
        let member = Member {
            role: stay.role,
            muted_until_ms: stay.muted_until_ms,
            card: stay.card,
            posted_at_ms: stay.posted_at_ms,
        };
        (stay.user, member)
    };
    let mut maps: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (map, key, value) in entries {
        maps.entry(map).or_default().insert(key, value);
    }
    ConversationState {
        id: row.id,
        r#type: row.r#type,
        exists: true,
        seq: row.seq,
        counted: row.counted,
        settings: row.settings,
        roster: open.into_iter().map(member).collect(),
        kind_states,
        maps: maps
            .into_iter()
            .map(|(name, map)| (name, map.into()))
            .collect(),
    }
}

/// The read position that the last stay holds, against the head or where the user left.
pub(in crate::store) fn read_position(stay: &StayRecord, row: &ConversationRecord) -> ReadPosition {
    let (head_seq, counted) = match &stay.left {
        Some(left) => (left.seq, left.counted),
        None => (row.seq, row.counted),
    };
    ReadPosition {
        conversation: row.id,
        r#type: row.r#type,
        read_seq: stay.read_seq,
        read_counted: stay.read_counted,
        head_seq,
        counted,
    }
}

/// What a snapshot tells of a conversation beside its row and the user's stay.
pub(in crate::store) struct More {
    /// The other of a direct conversation.
    pub(in crate::store) peer: Option<Peer>,
    /// The last message up to where the user left.
    pub(in crate::store) last_message: Option<Message>,
    /// Messages behind the read position that call the user.
    pub(in crate::store) mentions: i64,
}

/// The other of a direct conversation.
pub(in crate::store) struct Peer {
    pub(in crate::store) id: UserId,
    pub(in crate::store) name: String,
    /// How far they have read, if both show it.
    pub(in crate::store) shown_seq: Option<Seq>,
}

/// The rows of a snapshot while they are gathered.
#[derive(Default)]
pub(in crate::store) struct Gathered(Vec<(Position, ConversationRow)>);

impl Gathered {
    /// Takes a conversation with the user's last stay in it and what else belongs to it.
    pub(in crate::store) fn add(&mut self, stay: StayRecord, row: ConversationRecord, more: More) {
        let at = read_position(&stay, &row);
        let open = stay.left.is_none();
        let (news, mut name, member_count) = match stay.left {
            Some(left) => (left.position, left.name, left.member_count),
            None => (row.head_position, row.settings.name, row.member_count),
        };
        let peer = more.peer.map(|peer| {
            name = peer.name;
            (peer.id, peer.shown_seq)
        });
        let conversation = ConversationRow {
            id: row.id,
            r#type: row.r#type,
            name,
            avatar: row.settings.avatar.filter(|_| open),
            peer: peer.map(|(id, _)| id),
            peer_read_seq: peer.and_then(|(_, shown)| shown),
            mentions: more.mentions,
            head_seq: at.head_seq,
            counted: at.counted,
            read_seq: at.read_seq,
            read_counted: at.read_counted,
            from_seq: stay.from_seq,
            left: !open,
            role: open.then_some(stay.role),
            member_count,
            last_message: more.last_message,
        };
        self.0.push((news, conversation));
    }

    /// All of it, the latest news first.
    pub(in crate::store) fn into_rows(
        mut self,
        head: Head,
        me: User,
        settings: BTreeMap<ConversationId, Value>,
    ) -> SyncRows {
        self.0
            .sort_by_key(|(news, row)| (std::cmp::Reverse(*news), row.id));
        SyncRows {
            head,
            me,
            conversations: self.0.into_iter().map(|(_, row)| row).collect(),
            settings,
        }
    }
}

/// The last of the stays in each conversation; they may come in any order.
pub(in crate::store) fn last_stays(
    stays: impl IntoIterator<Item = StayRecord>,
) -> BTreeMap<ConversationId, StayRecord> {
    let mut last: BTreeMap<ConversationId, StayRecord> = BTreeMap::new();
    for stay in stays {
        match last.get(&stay.conversation) {
            Some(known) if known.joined_position > stay.joined_position => {}
            _ => {
                last.insert(stay.conversation, stay);
            }
        }
    }
    last
}

/// The public number that a folded query names, if it is all digits.
pub(in crate::store) fn number(folded: &str) -> Option<i64> {
    let digits = !folded.is_empty() && folded.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| folded.parse().ok()).flatten()
}
