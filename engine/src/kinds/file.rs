//! `file`: something that was uploaded, to be saved. What the body says about it comes from the
//! upload, whatever the client wrote.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::files::sniff;
use crate::group::admission::no_such_file;
use crate::ids::FileId;
use crate::kind::{Admission, ConversationType, Effect, Effects, Lang, MessageKind};
use crate::message::Rejection;
use crate::store::files::FileRecord;

/// Body of `file`. A client sends `{file}`, or `{file, name}` to call it something else; the rest
/// is filled in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Which upload.
    pub file: FileId,
    /// What it is called; empty or absent: as it was uploaded.
    #[serde(default)]
    pub name: String,
    /// Bytes.
    #[serde(default)]
    pub size: i64,
    /// What it is, found in its content.
    #[serde(default)]
    pub mime: String,
    /// Of a picture, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    /// Of a picture, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
}

impl File {
    /// Fills in what is known of the upload.
    ///
    /// # Errors
    /// `invalid`: there is no such file, or none that the sender may send.
    pub(crate) fn fill_in(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let FileRecord {
            name,
            mime,
            size,
            width,
            height,
            ..
        } = at.file(self.file).ok_or_else(no_such_file)?;
        self.name = match self.name.trim().is_empty() {
            true => name.clone(),
            false => sniff::name(&self.name),
        };
        (self.size, self.mime) = (*size, mime.clone());
        (self.width, self.height) = (*width, *height);
        Ok(Effects::of([Effect::Attach { file: self.file }]))
    }
}

impl MessageKind for File {
    const NAME: &'static str = "file";
    const CONVERSATIONS: &'static [ConversationType] =
        &[ConversationType::Group, ConversationType::Direct];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        self.fill_in(at)
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => format!("[file] {}", self.name),
            Lang::Zh => format!("[文件] {}", self.name),
        }
    }

    fn files(&self) -> Vec<FileId> {
        vec![self.file]
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::context::LookedUp;
    use crate::kinds::check::{admit_at, code, group, user};
    use crate::store::files::Purpose;
    use serde_json::{Value, json};
    use uuid::Uuid;

    pub(crate) fn upload(id: u128, width: Option<i64>) -> FileRecord {
        FileRecord {
            id: FileId(Uuid::from_u128(id)),
            blob: None,
            thumbnail: None,
            owner: user(3),
            purpose: Purpose::Attachment,
            name: "报告.pdf".into(),
            mime: "application/pdf".into(),
            size: 1_234,
            width,
            height: width,
            uploaded: 1_234,
            uses: 0,
            expires_at_ms: None,
            created_at_ms: 0,
        }
    }

    /// What the kind says to member 3, who may have these files.
    pub(crate) fn verdict(
        kind: &str,
        files: Vec<FileRecord>,
        body: Value,
    ) -> Result<(Value, Effects), Rejection> {
        let looked_up = LookedUp {
            files,
            ..LookedUp::default()
        };
        admit_at(kind, &group(), 3, body, &looked_up, 1_000)
    }

    #[test]
    fn what_it_says_comes_from_the_upload() {
        let file = upload(7, None);
        let id = file.id;
        let sent = json!({"file": id, "size": 5, "mime": "text/html", "width": 3});
        let (body, effects) = verdict("file", vec![file.clone()], sent).unwrap();
        assert_eq!(
            body,
            json!({"file": id, "name": "报告.pdf", "size": 1_234, "mime": "application/pdf"})
        );
        assert_eq!(effects.list, [Effect::Attach { file: id }]);
        let named = json!({"file": id, "name": "../a\u{202e}b.pdf"});
        let (body, _) = verdict("file", vec![file], named).unwrap();
        assert_eq!(body["name"], "ab.pdf");
    }

    #[test]
    fn only_what_the_sender_may_have() {
        for body in [
            json!({"file": Uuid::from_u128(8)}),
            json!({"file": "x"}),
            json!({}),
            json!({"file": Uuid::from_u128(7), "colour": 1}),
        ] {
            let said = verdict("file", vec![upload(7, None)], body.clone());
            assert_eq!(code(&said), "invalid", "{body}");
        }
    }
}
