//! Admission: from a draft to something the journal can append, or a refusal. Pure.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::state::{ConversationState, ConversationType, Role};
use crate::ids::{ConversationId, UserId};
use crate::kind::{Admission, Audience, Effect, Effects};
use crate::kinds::registry::{Kind, Registry};
use crate::limits::{KIND_STATE_BYTES, MESSAGE_BODY_BYTES};
use crate::mailbox::Post;
use crate::message::{Rejection, sorted};
use crate::store::Append;

/// What admission takes from outside.
pub(crate) struct Circumstances<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) now_ms: i64,
    pub(crate) group_members_most: i64,
}

/// A draft that may be posted.
pub(crate) struct Admitted {
    pub(crate) append: Append,
    /// The store may still refuse it: nothing more is handed over until it is answered.
    pub(crate) barrier: bool,
    /// False: a signal, to be fanned out and forgotten.
    pub(crate) durable: bool,
}

/// The draft of a post, admitted against `state`.
pub(crate) fn admit(
    state: &ConversationState,
    post: &Post,
    around: &Circumstances<'_>,
) -> Result<Admitted, Rejection> {
    let draft = &post.draft;
    let sender = draft.sender.as_ref().map(|sender| sender.id);
    // Before anything else: what a stranger may not know of answers like what is not there.
    let is_stranger = sender.is_some_and(|user| !state.roster.contains_key(&user));
    if is_stranger && state.r#type != ConversationType::Group {
        return Err(Rejection::not_found());
    }
    let kind = find_kind(around.registry, &draft.kind, post.from_client)?;
    may_be_here(state, sender, kind, around.now_ms)?;
    let at = Admission {
        conversation: state,
        sender,
        now_ms: around.now_ms,
        group_members_most: around.group_members_most,
        kind: kind.name(),
        references: &post.references,
    };
    let (body, effects) = kind.admit(&draft.body, &at)?;
    let body = body.to_string();
    if body.len() > MESSAGE_BODY_BYTES {
        let detail = format!("A body has at most {MESSAGE_BODY_BYTES} bytes of JSON.");
        return Err(Rejection::unprocessable("body_too_large", detail));
    }
    check_state_size(&effects)?;
    if !kind.durable() && !effects.list.is_empty() {
        let detail = "A signal changes nothing; this kind must be durable.";
        return Err(Rejection::unprocessable("signal_with_effects", detail));
    }
    let audience = resolve(&effects.audience, state, sender);
    let append = Append {
        conversation: draft.conversation,
        r#type: state.r#type,
        expects: state.seq,
        kind: kind.name().into(),
        sender,
        sender_name: draft
            .sender
            .as_ref()
            .map_or_else(String::new, |s| s.name.clone()),
        body,
        client_id: draft.client_id,
        digest: post.digest.clone(),
        sent_at_ms: around.now_ms,
        counts: kind.counts() && audience.is_none(),
        audience,
        effects: effects.list,
    };
    Ok(Admitted {
        append,
        barrier: kind.barrier(),
        durable: kind.durable(),
    })
}

/// The kind of this name, if whoever asks may post it.
pub(crate) fn find_kind<'a>(
    registry: &'a Registry,
    name: &str,
    from_client: bool,
) -> Result<&'a dyn Kind, Rejection> {
    let Some(kind) = registry.get(name) else {
        let detail = "There is no such kind; GET /api/kinds lists them.";
        return Err(Rejection {
            field: Some("kind".into()),
            ..Rejection::unprocessable("unknown_kind", detail)
        });
    };
    if from_client && !kind.postable() {
        let detail = "This kind has a route of its own and cannot be posted.";
        return Err(Rejection::unprocessable("kind_not_postable", detail));
    }
    Ok(kind)
}

/// Whether `sender` may post this kind here at all, before the kind's own rule.
pub(crate) fn may_be_here(
    state: &ConversationState,
    sender: Option<UserId>,
    kind: &dyn Kind,
    now_ms: i64,
) -> Result<(), Rejection> {
    let member = sender.and_then(|user| state.roster.get(&user));
    if sender.is_some() && member.is_none() && !kind.is_from_outside() {
        return Err(outsider(state));
    }
    if !kind.conversations().contains(&state.r#type) {
        let detail = format!(
            "Nothing of this kind stands in a {} conversation.",
            state.r#type.name()
        );
        return Err(Rejection::unprocessable("kind_not_here", detail));
    }
    if let Some(member) = member
        && member.role != Role::Owner
        && kind.postable()
        && member.muted_until_ms.is_some_and(|until| until > now_ms)
    {
        let left = member.muted_until_ms.unwrap_or(now_ms) - now_ms;
        return Err(Rejection {
            retry_after_ms: u64::try_from(left).ok(),
            ..Rejection::forbidden("muted", "You are muted in this group.")
        });
    }
    Ok(())
}

/// A group can be found by anyone, so a stranger is told; all else a stranger may not know of.
fn outsider(state: &ConversationState) -> Rejection {
    if state.exists && state.r#type == ConversationType::Group {
        Rejection::forbidden("not_a_member", "You are not a member of this group.")
    } else {
        Rejection::not_found()
    }
}

fn check_state_size(effects: &Effects) -> Result<(), Rejection> {
    let too_large = effects.list.iter().any(|effect| match effect {
        Effect::SetState(state) => state.to_string().len() > KIND_STATE_BYTES,
        _ => false,
    });
    if too_large {
        let detail = "This kind remembers as much about the conversation as it may.";
        return Err(Rejection::conflict("kind_state_full", detail));
    }
    Ok(())
}

/// The users of an audience as of this moment, always with the sender; `None`: everyone.
fn resolve(
    audience: &Audience,
    state: &ConversationState,
    sender: Option<UserId>,
) -> Option<Vec<UserId>> {
    let chosen: Vec<UserId> = match audience {
        Audience::Everyone => return None,
        Audience::Admins => {
            let roster = state.roster.iter();
            let admins = roster.filter(|(_, member)| member.role >= Role::Admin);
            admins.map(|(user, _)| *user).collect()
        }
        Audience::Members(users) => {
            let here = users.iter().filter(|user| state.roster.contains_key(user));
            here.copied().collect()
        }
    };
    Some(sorted(chosen.into_iter().chain(sender)))
}

/// The keyed hash of kind and body as sent, by which a retry is told from a reuse of its client
/// id. Keyed, so that nobody who reads the store can test guesses about a recalled message.
pub(crate) fn digest(
    secret: &[u8; 32],
    conversation: ConversationId,
    kind: &str,
    body: &Value,
) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return String::new(); // HMAC takes keys of any length.
    };
    mac.update(conversation.0.as_bytes());
    mac.update(kind.as_bytes());
    mac.update(&[0]);
    // Objects of `serde_json::Value` are ordered by key: equal values print alike.
    mac.update(body.to_string().as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes.iter().take(16).map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn the_digest_compares_values_not_spelling() {
        let here = ConversationId(Uuid::from_u128(1));
        let of = |kind: &str, text: &str| {
            digest(&[7; 32], here, kind, &serde_json::from_str(text).unwrap())
        };
        assert_eq!(
            of("text", r#"{"a":1,"b":{"d":2,"c":"é"}}"#),
            of("text", "{ \"b\" : {\"c\":\"\\u00e9\",\"d\":2}, \"a\":1 }")
        );
        assert_ne!(of("text", r#"{"a":1}"#), of("text", r#"{"a":2}"#));
        assert_ne!(of("text", "{}"), of("tex", "{}"));
        assert_ne!(
            digest(&[7; 32], here, "text", &json!({})),
            digest(&[8; 32], here, "text", &json!({}))
        );
    }

    #[test]
    fn an_audience_is_resolved_and_holds_the_sender() {
        use crate::kinds::check::{group, user};
        let state = group();
        let sender = Some(user(3));
        assert_eq!(resolve(&Audience::Everyone, &state, sender), None);
        assert_eq!(
            resolve(&Audience::Admins, &state, sender),
            Some(vec![user(1), user(2), user(3)])
        );
        let named = Audience::Members(vec![user(4), user(9), user(4)]);
        assert_eq!(
            resolve(&named, &state, sender),
            Some(vec![user(3), user(4)]),
            "strangers are left out"
        );
    }
}
