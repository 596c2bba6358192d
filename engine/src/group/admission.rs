//! Admission: from a draft to something the journal can append, or a refusal. Pure.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::companions;
use super::state::{ConversationState, ConversationType, GroupField, Member, Role};
use crate::context::{Admission, may_write};
use crate::effects::{Audience, Effect, Effects, Mentions, ProfileField};
use crate::ids::{ConversationId, UserId};
use crate::kinds::registry::{Kind, Registry, Verdict};
use crate::limits::{
    COMPANIONS_PER_MESSAGE, DirectPolicy, EFFECTS_PER_MESSAGE, KIND_STATE_BYTES, MAP_KEY_BYTES,
    MAP_VALUE_BYTES, MESSAGE_BODY_BYTES,
};
use crate::mailbox::Post;
use crate::message::{Rejection, sorted};
use crate::store::{Append, Rights};

/// What admission takes from outside.
pub(crate) struct Circumstances<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) now_ms: i64,
    pub(crate) group_members_most: i64,
    pub(crate) direct: DirectPolicy,
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
    may_be_here(state, sender, kind, post.looked_up.rights, around)?;
    let display_name = draft.sender.as_ref().map_or("", |sender| &sender.name);
    let at = Admission {
        conversation: state,
        sender,
        sender_name: display_name,
        now_ms: around.now_ms,
        group_members_most: around.group_members_most,
        kind: kind.name(),
        direct: around.direct,
        registry: around.registry,
        looked_up: &post.looked_up,
    };
    let Verdict {
        body,
        effects,
        counts,
    } = kind.admit(&draft.body, &at)?;
    let body = fitting(&body)?;
    check_sizes(&effects)?;
    check_files(&effects, &at)?;
    let changes = !effects.list.is_empty() || !effects.companions.is_empty();
    if !kind.durable() && changes {
        let detail = "A signal changes nothing; this kind must be durable.";
        return Err(Rejection::unprocessable("signal_with_effects", detail));
    }
    let audience = resolve(&effects.audience, state, sender);
    let card = sender.and_then(|user| state.roster.get(&user));
    let card = card.map_or("", |member| &member.card);
    let mut append = Append {
        conversation: draft.conversation,
        r#type: state.r#type,
        expects: Some(state.seq),
        kind: kind.name().into(),
        sender,
        sender_name: if card.is_empty() { display_name } else { card }.to_owned(),
        body,
        client_id: draft.client_id,
        digest: post.digest.clone(),
        sent_at_ms: around.now_ms,
        counts: counts && audience.is_none(),
        mentions: called(&effects.mentions, audience.as_deref()),
        audience,
        effects: effects.list,
        companions: Vec::new(),
        act: post.act.clone(),
    };
    for (nth, companion) in effects.companions.into_iter().enumerate() {
        let companion = companions::address(companion, nth, &append, display_name)?;
        append.companions.push(companion);
    }
    Ok(Admitted {
        append,
        barrier: kind.barrier(),
        durable: kind.durable(),
    })
}

/// A body as JSON text.
pub(super) fn fitting(body: &Value) -> Result<String, Rejection> {
    let body = body.to_string();
    if body.len() > MESSAGE_BODY_BYTES {
        let detail = format!("A body has at most {MESSAGE_BODY_BYTES} bytes of JSON.");
        return Err(Rejection::unprocessable("body_too_large", detail));
    }
    Ok(body)
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
fn may_be_here(
    state: &ConversationState,
    sender: Option<UserId>,
    kind: &dyn Kind,
    rights: Option<Rights>,
    around: &Circumstances<'_>,
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
    if kind.always() {
        return Ok(());
    }
    if state.settings.dissolved_at_ms.is_some() {
        if member.is_none() && sender.is_some() {
            return Err(Rejection::not_found());
        }
        let detail = "This group is dissolved.";
        return Err(Rejection::conflict("dissolved", detail));
    }
    // What is said, for good or as a signal; not governance, which has rules of its own.
    if !kind.postable() && kind.durable() {
        return Ok(());
    }
    if state.r#type == ConversationType::Direct {
        return may_write(rights, around.direct);
    }
    match member {
        Some(member) => restraints(state, member, kind, around.now_ms),
        None => Ok(()),
    }
}

/// What holds ordinary members back: mutes, slow mode.
fn restraints(
    state: &ConversationState,
    member: &Member,
    kind: &dyn Kind,
    now_ms: i64,
) -> Result<(), Rejection> {
    let until = member.muted_until_ms.filter(|until| *until > now_ms);
    if let Some(until) = until.filter(|_| member.role != Role::Owner) {
        return Err(Rejection {
            retry_after_ms: u64::try_from(until - now_ms).ok(),
            ..Rejection::forbidden("muted", "You are muted in this group.")
        });
    }
    if member.role != Role::Member {
        return Ok(());
    }
    if state.settings.mute_all {
        let detail = "Only the owner and the admins may post in this group now.";
        return Err(Rejection::forbidden("all_muted", detail));
    }
    let slow_ms = state.settings.slow_mode_s.saturating_mul(1_000);
    let next = member.posted_at_ms.map(|at| at.saturating_add(slow_ms));
    // A clock that was set back must not silence anybody for longer than the mode says.
    let wait = next.map_or(0, |next| (next - now_ms).min(slow_ms));
    if kind.counts() && wait > 0 {
        let detail = "This group is in slow mode; wait a moment between two messages.";
        let wait = u64::try_from(wait).unwrap_or(0);
        return Err(Rejection::too_many("slow_mode", detail, wait));
    }
    Ok(())
}

/// A group that is not over can be found by anyone, so a stranger is told; all else a stranger may
/// not know of.
fn outsider(state: &ConversationState) -> Rejection {
    let is_over = state.settings.dissolved_at_ms.is_some();
    if state.exists && state.r#type == ConversationType::Group && !is_over {
        Rejection::forbidden("not_a_member", "You are not a member of this group.")
    } else {
        Rejection::not_found()
    }
}

/// What effects carry has bounds of its own, whatever a kind asks for.
pub(super) fn check_sizes(effects: &Effects) -> Result<(), Rejection> {
    let companions = &effects.companions;
    let theirs = companions.iter().flat_map(|companion| &companion.effects);
    if effects.list.len() + theirs.clone().count() > EFFECTS_PER_MESSAGE
        || companions.len() > COMPANIONS_PER_MESSAGE
    {
        let detail = "This kind changes more at once than a message may.";
        return Err(Rejection::unprocessable("too_many_effects", detail));
    }
    for effect in effects.list.iter().chain(theirs) {
        let (key, value) = match effect {
            Effect::SetState(state) if state.to_string().len() > KIND_STATE_BYTES => {
                let detail = "This kind remembers as much about the conversation as it may.";
                return Err(Rejection::conflict("kind_state_full", detail));
            }
            Effect::Put { key, value, .. } => (key, Some(value)),
            Effect::SetNote { key, value, .. } => (key, value.as_ref()),
            _ => continue,
        };
        if key.len() > MAP_KEY_BYTES {
            let detail = format!("A key has at most {MAP_KEY_BYTES} bytes.");
            return Err(Rejection::unprocessable("key_too_long", detail));
        }
        if value.is_some_and(|value| value.to_string().len() > MAP_VALUE_BYTES) {
            let detail = format!("A value has at most {MAP_VALUE_BYTES} bytes of JSON.");
            return Err(Rejection::unprocessable("value_too_large", detail));
        }
    }
    Ok(())
}

/// Whatever a kind says: a message refers to files that its sender may have, or to none.
fn check_files(effects: &Effects, at: &Admission<'_>) -> Result<(), Rejection> {
    let theirs = effects.companions.iter().flat_map(|one| &one.effects);
    for effect in effects.list.iter().chain(theirs) {
        let file = match effect {
            Effect::Attach { file } => Some(file),
            Effect::SetField(GroupField::Avatar(file))
            | Effect::SetProfile(ProfileField::Avatar(file)) => file.as_ref(),
            _ => None,
        };
        if file.is_some_and(|file| at.file(*file).is_none()) {
            return Err(no_such_file());
        }
    }
    Ok(())
}

/// The refusal of a file that is not there for the sender.
pub(crate) fn no_such_file() -> Rejection {
    let detail = "There is no such file, or none that you may send.";
    Rejection::invalid("body.file", detail)
}

/// Whom a message calls, as it is stored; nobody who does not see it.
fn called(mentions: &Mentions, audience: Option<&[UserId]>) -> Vec<UserId> {
    let sees = |user: &UserId| audience.is_none_or(|seen_by| seen_by.contains(user));
    let named = mentions.users.iter().copied().filter(sees);
    let all = mentions.all && audience.is_none();
    sorted(named.chain(all.then_some(UserId::ALL)))
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
