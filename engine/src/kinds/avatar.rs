//! `profile.avatar` and `group.avatar`: the faces of users and of groups. The file was uploaded
//! for this by the same person a moment before; a route does both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::effects::ProfileField;
use crate::group::admission::no_such_file;
use crate::ids::FileId;
use crate::kind::{Admission, ConversationType, Effect, Effects, GroupField, Lang};
use crate::kind::{MessageKind, Role};
use crate::message::Rejection;
use crate::store::files::Purpose;

/// Body of both.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Face {
    /// The uploaded avatar; `null` takes it away.
    pub file: Option<FileId>,
}

impl Face {
    fn check(&self, at: &Admission<'_>) -> Result<Option<FileId>, Rejection> {
        let Some(id) = self.file else {
            return Ok(None);
        };
        let file = at.file(id).filter(|file| {
            // Those of others are to be seen, not to be worn.
            file.purpose == Purpose::Avatar && Some(file.owner) == at.sender
        });
        file.map(|file| Some(file.id)).ok_or_else(no_such_file)
    }
}

/// Body of `profile.avatar`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ProfileAvatar(pub Face);

impl MessageKind for ProfileAvatar {
    const NAME: &'static str = "profile.avatar";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Own];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let file = self.0.check(at)?;
        let change = Effect::SetProfile(ProfileField::Avatar(file));
        Ok(Effects::of([change]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You changed your avatar".into(),
            Lang::Zh => "你修改了头像".into(),
        }
    }

    fn files(&self) -> Vec<FileId> {
        self.0.file.into_iter().collect()
    }
}

/// Body of `group.avatar`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct GroupAvatar(pub Face);

impl MessageKind for GroupAvatar {
    const NAME: &'static str = "group.avatar";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        at.at_least(Role::Admin)?;
        let file = self.0.check(at)?;
        if file == at.conversation.settings.avatar {
            return Err(Rejection::unchanged());
        }
        let change = Effect::SetField(GroupField::Avatar(file));
        Ok(Effects::of([change]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "changed the group's avatar".into(),
            Lang::Zh => "修改了群头像".into(),
        }
    }

    fn files(&self) -> Vec<FileId> {
        self.0.file.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::check::{admit_at, code, group, user};
    use crate::kinds::file::tests::upload;
    use crate::store::files::FileRecord;
    use serde_json::json;

    #[test]
    fn admins_show_what_they_uploaded_for_it() {
        let face = |id, owner, purpose| FileRecord {
            owner: user(owner),
            purpose,
            ..upload(id, Some(240))
        };
        let mut state = group();
        for (by, file, expected) in [
            (1, Some(face(7, 1, Purpose::Avatar)), "ok"),
            (2, Some(face(7, 2, Purpose::Avatar)), "ok"),
            (3, Some(face(7, 3, Purpose::Avatar)), "not_allowed"),
            (2, Some(face(7, 1, Purpose::Avatar)), "invalid"),
            (2, Some(face(7, 2, Purpose::Attachment)), "invalid"),
            (2, None, "unchanged"),
        ] {
            let body = json!({"file": file.as_ref().map(|file| file.id)});
            let looked_up = crate::context::LookedUp {
                files: file.into_iter().collect(),
                ..Default::default()
            };
            let said = admit_at("group.avatar", &state, by, body, &looked_up, 0);
            assert_eq!(code(&said), expected, "{by}");
        }
        state.settings.avatar = Some(upload(7, None).id);
        let none = crate::context::LookedUp::default();
        let said = admit_at("group.avatar", &state, 2, json!({"file": null}), &none, 0);
        let gone = Effect::SetField(GroupField::Avatar(None));
        assert_eq!(said.unwrap().1.list, [gone]);
    }
}
