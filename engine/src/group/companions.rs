//! Companions on their way: from what a kind says to something that the store can append.

use super::admission::fitting;
use super::state::ConversationType;
use crate::effects::{Companion, Place};
use crate::ids::ConversationId;
use crate::message::Rejection;
use crate::store::{Append, CompanionAppend};

/// Addresses the `nth` companion of `main`, whose sender goes by `name` there.
pub(super) fn address(
    companion: Companion,
    nth: usize,
    main: &Append,
    name: &str,
) -> Result<CompanionAppend, Rejection> {
    let (conversation, sort, direct) = match companion.to {
        Place::Own(user) => (ConversationId::own(user), ConversationType::Own, None),
        Place::Direct(user) => {
            let sender = main.sender.filter(|sender| *sender != user);
            let sender = sender.ok_or_else(Rejection::not_found)?;
            let id = ConversationId::direct(sender, user);
            (id, ConversationType::Direct, Some((sender, user)))
        }
    };
    Ok(CompanionAppend {
        append: Append {
            conversation,
            r#type: sort,
            // It comes after whatever is there.
            expects: None,
            kind: companion.kind.into(),
            sender: main.sender,
            sender_name: name.to_owned(),
            body: fitting(&companion.body)?,
            client_id: main.conversation.companion(main.client_id, nth),
            digest: main.digest.clone(),
            sent_at_ms: main.sent_at_ms,
            counts: companion.counts,
            audience: None,
            mentions: Vec::new(),
            effects: companion.effects,
            companions: Vec::new(),
            act: None,
        },
        direct,
        unless: companion.unless,
    })
}
