//! Invitation links of groups, as routes ask for them. Whoever has the code of one comes in, until it
//! expires or was used up; what is kept is a hash of its secret.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::accounts::token_hash;
use crate::engine::Engine;
use crate::ids::{ConversationId, UserId};
use crate::kind::MessageKind;
use crate::kinds::groups::{join, link};
use crate::kinds::maps;
use crate::membership::Joined;
use crate::message::Rejection;
use crate::store::User;

/// Bytes of a link's secret before it is written as hexadecimal.
const SECRET_BYTES: usize = 16;
/// Hexadecimal digits of a conversation's id, and of the hash that names a link.
const ID_DIGITS: usize = 32;

/// A link that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLink {
    /// What names it among the group's links.
    pub link: String,
    /// What people come in with; told once, and stored nowhere.
    pub code: String,
}

impl Engine {
    /// Makes `user` a member of the group that the code of a link leads to.
    ///
    /// # Errors
    /// As [`join_group`](Self::join_group), and `link_expired`.
    pub async fn join_by_link(&self, user: &User, code: &str) -> Result<Joined, Rejection> {
        let (id, secret) = read_code(code).ok_or_else(Rejection::not_found)?;
        let body = json!({"user": user.id, "link": name_of(secret)});
        self.govern(user, id, join::Join::NAME, body).await?;
        self.member_of(user, id).await
    }

    /// Makes a link by which people come in.
    ///
    /// # Errors
    /// `invalid`, `not_allowed`, `too_many_links`, `unavailable`.
    pub async fn make_link(
        &self,
        user: &User,
        id: ConversationId,
        hours: i64,
        uses: i64,
    ) -> Result<NewLink, Rejection> {
        let (link, code) = self.draw_code(id);
        let body = json!({"link": link, "hours": hours, "uses": uses});
        self.govern(user, id, link::MakeLink::NAME, body).await?;
        Ok(NewLink { link, code })
    }

    /// A new code of a link or a hook of that group: what names it, and the code.
    pub(crate) fn draw_code(&self, id: ConversationId) -> (String, String) {
        let secret = self.inner.core.runtime.secret(SECRET_BYTES);
        (name_of(&secret), format!("{}{secret}", id.0.simple()))
    }

    /// The links of a group by their names, for owner and admins.
    ///
    /// # Errors
    /// As [`requests`](Self::requests).
    pub async fn links(
        &self,
        user: UserId,
        id: ConversationId,
    ) -> Result<BTreeMap<String, Value>, Rejection> {
        self.must_govern(user, id).await?;
        self.map(id, maps::LINKS).await
    }

    /// Ends a link.
    ///
    /// # Errors
    /// `not_found`, `not_allowed`, `unavailable`.
    pub async fn end_link(
        &self,
        user: &User,
        id: ConversationId,
        link: &str,
    ) -> Result<(), Rejection> {
        let body = json!({"link": link});
        self.govern(user, id, link::EndLink::NAME, body).await
    }
}

/// What names a link or a hook: a hash of its secret.
pub(crate) fn name_of(secret: &str) -> String {
    let mut name = token_hash(secret);
    name.truncate(ID_DIGITS);
    name
}

/// The group and the secret in the code of a link or a hook.
pub(crate) fn read_code(code: &str) -> Option<(ConversationId, &str)> {
    if code.len() != ID_DIGITS + 2 * SECRET_BYTES || !code.is_ascii() {
        return None;
    }
    let (id, secret) = code.split_at(ID_DIGITS);
    let id = uuid::Uuid::try_parse(id).ok()?;
    Some((ConversationId(id), secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_its_group() {
        let code = "0123456789abcdef0123456789abcdef00112233445566778899aabbccddeeff";
        let (id, secret) = read_code(code).unwrap();
        assert_eq!(id.0.simple().to_string(), code[..32]);
        assert_eq!(secret, &code[32..]);
        assert_eq!(name_of(secret).len(), 32);
        for bad in [
            "",
            &code[1..],
            &code.replace('0', "é"),
            &code.replace('0', "x"),
        ] {
            assert!(read_code(bad).is_none(), "{bad}");
        }
    }
}
