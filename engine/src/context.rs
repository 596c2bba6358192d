//! What a rule may look at: the conversation, who posts, the time, and what was looked up for it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::effects::Mentions;
use crate::group::state::{ConversationState, Member, Role};
use crate::ids::{FileId, Seq, UserId};
use crate::kinds::registry::Registry;
use crate::limits::{DirectPolicy, MENTIONS_PER_MESSAGE};
use crate::message::{Message, Rejection};
use crate::store::files::FileRecord;
use crate::store::{MemberName, Rights, fold};

/// What everyone of a group is called by.
const ALL: [&str; 3] = ["all", "所有人", "全体成员"];

/// What was looked up in the store for a draft before it came to its conversation's actor. All of
/// it is as of a moment ago; what must hold exactly is judged again in the transaction.
#[derive(Clone, Debug, Default)]
pub struct LookedUp {
    /// Earlier messages that the kind refers to, as the sender may see them.
    pub(crate) references: Vec<Message>,
    /// A message of any conversation, as the sender may see it.
    pub(crate) quoted: Option<Message>,
    /// In a direct conversation what the two are to one another; elsewhere what the sender and
    /// whom the kind is about are.
    pub(crate) rights: Option<Rights>,
    /// What the members are called, where the text may mention some.
    pub(crate) names: Vec<MemberName>,
    /// Files that the kind refers to, if the sender may have them.
    pub(crate) files: Vec<FileRecord>,
    /// Files of the quoted message.
    pub(crate) quoted_files: Vec<FileRecord>,
}

/// What a rule may look at.
pub struct Admission<'a> {
    /// The conversation with its roster, settings and maps, including what was admitted just
    /// before and is still on its way to the log.
    pub conversation: &'a ConversationState,
    /// Who posts; `None` is the system.
    pub sender: Option<UserId>,
    /// Their display name; empty for the system.
    pub sender_name: &'a str,
    /// Unix milliseconds; for display and expiries, never for order.
    pub now_ms: i64,
    /// The most an owner may set as member limit.
    pub group_members_most: i64,
    pub(crate) kind: &'static str,
    pub(crate) direct: DirectPolicy,
    pub(crate) registry: &'a Registry,
    pub(crate) looked_up: &'a LookedUp,
}

impl<'a> Admission<'a> {
    /// The sender's entry in the roster; `None` for a non-member and for the system.
    pub fn member(&self) -> Option<&'a Member> {
        self.conversation.roster.get(&self.sender?)
    }

    /// The sender's role; `None` for a non-member and for the system.
    pub fn role(&self) -> Option<Role> {
        self.member().map(|member| member.role)
    }

    /// The kind's own state in this conversation, as
    /// [`Effect::SetState`](crate::effects::Effect::SetState) last set it.
    pub fn state(&self) -> Option<&'a Value> {
        self.conversation.kind_states.get(self.kind)
    }

    /// An entry of a map that the conversation keeps.
    pub fn entry(&self, map: &str, key: &str) -> Option<&'a Value> {
        self.conversation.entry(map, key)
    }

    /// An earlier message that [`refers_to`](crate::kind::MessageKind::refers_to) asked for, if the
    /// sender may see it.
    pub fn message(&self, seq: Seq) -> Option<&'a Message> {
        let mut references = self.looked_up.references.iter();
        references.find(|message| message.seq == seq)
    }

    /// The message that [`quotes`](crate::kind::MessageKind::quotes) asked for, if the sender may
    /// see it.
    pub fn quoted(&self) -> Option<&'a Message> {
        self.looked_up.quoted.as_ref()
    }

    /// A file that [`files`](crate::kind::MessageKind::files) asked for, or that the quoted message
    /// refers to, if the sender may have it: they uploaded it, or may see a message with it.
    pub fn file(&self, id: FileId) -> Option<&'a FileRecord> {
        let mut files = self.looked_up.files.iter().chain(self.quoted_files());
        files.find(|file| file.id == id)
    }

    /// The files that the message which [`quotes`](crate::kind::MessageKind::quotes) asked for
    /// refers to.
    pub fn quoted_files(&self) -> std::slice::Iter<'a, FileRecord> {
        self.looked_up.quoted_files.iter()
    }

    /// Whether messages of this kind may be taken back.
    pub fn is_recallable(&self, kind: &str) -> bool {
        self.registry
            .get(kind)
            .is_some_and(|kind| kind.recallable())
    }

    /// What the sender and whom [`about`](crate::kind::MessageKind::about) names are to one
    /// another, in a direct conversation the two; `None`: there is nobody of this id.
    pub fn rights(&self) -> Option<Rights> {
        self.looked_up.rights
    }

    /// Whether the sender may write directly to whom [`rights`](Self::rights) is about.
    ///
    /// # Errors
    /// `not_found`, as to a stranger; `you_block_them`.
    pub fn may_write(&self) -> Result<(), Rejection> {
        may_write(self.rights(), self.direct)
    }

    /// In a direct conversation: the other of the two.
    pub fn peer(&self) -> Option<UserId> {
        let mut others = self.conversation.roster.keys();
        others.find(|user| Some(**user) != self.sender).copied()
    }

    /// The sender, or the refusal that a rule for people gives to the system.
    ///
    /// # Errors
    /// `not_found`, as to a stranger.
    pub fn person(&self) -> Result<UserId, Rejection> {
        self.sender.ok_or_else(Rejection::not_found)
    }

    /// The sender, if they have at least this role.
    ///
    /// # Errors
    /// `not_allowed`, saying who may.
    pub fn at_least(&self, role: Role) -> Result<UserId, Rejection> {
        let person = self.person()?;
        if self.role() >= Some(role) {
            return Ok(person);
        }
        let detail = match role {
            Role::Owner => "Only the owner may do this.",
            _ => "Only the owner and the admins may do this.",
        };
        Err(Rejection::forbidden("not_allowed", detail))
    }

    /// Another member on whom somebody of the sender's role may act: an owner on everyone else, an
    /// admin on ordinary members.
    ///
    /// # Errors
    /// `not_allowed`, `not_found`.
    pub fn below(&self, user: UserId) -> Result<&'a Member, Rejection> {
        self.at_least(Role::Admin)?;
        let member = self.conversation.roster.get(&user);
        let member = member.ok_or_else(Rejection::not_found)?;
        if Some(member.role) >= self.role() {
            let detail = "An admin acts on ordinary members, the owner on everyone else.";
            return Err(Rejection::forbidden("not_allowed", detail));
        }
        Ok(member)
    }

    /// Whom a text calls: behind each `@` the longest name that a member goes by here (user name,
    /// card, display name; case does not matter), or everyone. A name that several members go by
    /// calls them all.
    ///
    /// # Errors
    /// `invalid`: more than
    /// [`MENTIONS_PER_MESSAGE`].
    pub fn mentions(&self, text: &str) -> Result<Mentions, Rejection> {
        let mut users = BTreeSet::new();
        let mut all = false;
        for (at, _) in text
            .match_indices(['@', '＠'])
            .take(MENTIONS_PER_MESSAGE * 4)
        {
            let rest = text[at..].chars().skip(1).collect::<String>();
            let rest = fold_start(&rest);
            let names = self.looked_up.names.iter().flat_map(|one| {
                let names = [&one.username, &one.card, &one.name];
                names.map(|name| (fold(name), Some(one.user)))
            });
            let names = names.chain(ALL.map(|name| (name.to_owned(), None)));
            let called: Vec<_> = names.filter(|(name, _)| begins(&rest, name)).collect();
            let longest = called.iter().map(|(name, _)| name.len()).max();
            for (name, user) in called {
                match user {
                    _ if Some(name.len()) != longest => {}
                    Some(user) => {
                        users.insert(user);
                    }
                    None => all = true,
                }
            }
        }
        if users.len() > MENTIONS_PER_MESSAGE {
            let detail = format!("At most {MENTIONS_PER_MESSAGE} people may be mentioned.");
            return Err(Rejection::invalid("body.text", detail));
        }
        let here = |user: &UserId| self.conversation.roster.contains_key(user);
        let users = users.into_iter().filter(here).collect();
        Ok(Mentions { users, all })
    }
}

/// Whether somebody may write to another directly. Blocked, they are told what a stranger is told.
pub(crate) fn may_write(rights: Option<Rights>, policy: DirectPolicy) -> Result<(), Rejection> {
    let rights = rights.ok_or_else(Rejection::not_found)?;
    let by_policy = match policy {
        DirectPolicy::Friends => rights.friends,
        DirectPolicy::Groups => rights.friends || rights.share_a_group,
        DirectPolicy::Everyone => true,
    };
    if rights.blocked || rights.peer_disabled || !by_policy {
        return Err(Rejection::not_found());
    }
    if rights.blocking {
        let detail = "You block this person; take the block away to write to them.";
        return Err(Rejection::forbidden("you_block_them", detail));
    }
    Ok(())
}

/// The beginning of what stands behind an `@`, folded; no name is longer.
fn fold_start(rest: &str) -> String {
    let start: String = rest
        .chars()
        .take(crate::limits::DISPLAY_NAME_CHARS * 2)
        .collect();
    start.to_lowercase().replace('ς', "σ")
}

/// Whether a text begins with a name. A name of Latin letters or digits ends where they end:
/// `@bobby` does not call bob. In scripts without spaces any place may be the end of a name.
fn begins(rest: &str, name: &str) -> bool {
    let Some(after) = rest.strip_prefix(name).filter(|_| !name.is_empty()) else {
        return false;
    };
    let latin = |c: char| c.is_ascii_alphanumeric();
    !(name.ends_with(latin) && after.starts_with(latin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::check::{group, user};
    use serde_json::json;

    fn called(text: &str, names: &[(u128, &str, &str, &str)]) -> (Vec<u128>, bool) {
        let conversation = group();
        let member = |(id, username, name, card): &(u128, &str, &str, &str)| MemberName {
            user: user(*id),
            username: (*username).into(),
            name: (*name).into(),
            card: (*card).into(),
        };
        let looked_up = LookedUp {
            names: names.iter().map(member).collect(),
            ..LookedUp::default()
        };
        let registry = Registry::default();
        let at = Admission {
            conversation: &conversation,
            sender: Some(user(3)),
            sender_name: "",
            now_ms: 0,
            group_members_most: 200,
            kind: "text",
            direct: DirectPolicy::Groups,
            registry: &registry,
            looked_up: &looked_up,
        };
        let mentions = at.mentions(text).unwrap();
        let ids = mentions.users.iter().map(|user| user.0.as_u128());
        (ids.collect(), mentions.all)
    }

    #[test]
    fn the_longest_name_behind_an_at_is_called() {
        let names = [
            (1, "lili", "李丽", ""),
            (2, "bob", "Bob Stone", "石头"),
            (3, "bobby", "Bob", ""),
            (4, "zhang", "李丽华", ""),
            (9, "gone", "Gone", ""),
        ];
        for (text, expected) in [
            ("@lili hello", vec![1]),
            ("hello @LILI", vec![1]),
            ("你好@李丽你在吗", vec![1]),
            ("＠李丽华 在", vec![4]),
            ("@bobby", vec![3]),
            ("@bob stone and @lili", vec![1, 2]),
            ("@bob, look", vec![2, 3]),
            ("@石头来", vec![2]),
            ("mail me: me@lilith.org", vec![]),
            ("@bobbyx", vec![]),
            ("@", vec![]),
            ("@gone", vec![]),
        ] {
            assert_eq!(called(text, &names), (expected, false), "{text}");
        }
        assert_eq!(called("@all @全体成员!", &names), (vec![], true));
        assert_eq!(called("@allen", &names), (vec![], false));
    }

    #[test]
    fn entries_are_found_by_map_and_key() {
        let mut conversation = group();
        conversation.put("ban", "x", json!(1));
        assert_eq!(conversation.entry("ban", "x"), Some(&json!(1)));
        assert_eq!(conversation.entry("ban", "y"), None);
        conversation.take("ban", "x");
        assert_eq!(conversation.entry("ban", "x"), None);
    }
}
