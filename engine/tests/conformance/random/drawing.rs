//! Who and what there is in a run, and the entries that are drawn from it.

use super::*;

/// Who and what there is in a run.
pub(super) struct World {
    pub(super) random: Random,
    pub(super) users: Vec<UserId>,
    pub(super) groups: Vec<ConversationId>,
    pub(super) sessions: Vec<SessionId>,
    pub(super) sent: Vec<Append>,
    /// What each conversation's last seq will be, as far as the generator can tell.
    pub(super) seqs: BTreeMap<ConversationId, i64>,
    /// Who was where before the batch, so that most of what is asked for makes sense.
    pub(super) members: BTreeMap<ConversationId, Vec<UserId>>,
    now_ms: i64,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
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

    pub(super) fn conversations(&self) -> Vec<ConversationId> {
        let mut all = self.groups.clone();
        for (at, one) in self.users.iter().enumerate() {
            all.push(ConversationId::own(*one));
            let others = self.users[at..].iter();
            all.extend(others.map(|other| ConversationId::direct(*one, *other)));
        }
        all
    }

    pub(super) fn entry(&mut self) -> Entry {
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
