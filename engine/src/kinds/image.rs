//! `image`: an uploaded picture, to be drawn where it stands. What is no picture goes as
//! [`file`](super::file).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::File;
use crate::ids::FileId;
use crate::kind::{Admission, ConversationType, Effects, Lang, MessageKind};
use crate::message::Rejection;

/// Body of `image`: as that of `file`, always with a width and a height.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Image(pub File);

impl MessageKind for Image {
    const NAME: &'static str = "image";
    const CONVERSATIONS: &'static [ConversationType] =
        &[ConversationType::Group, ConversationType::Direct];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let effects = self.0.fill_in(at)?;
        if self.0.width.is_none() {
            let detail = "This file is no picture; send it as a file.";
            return Err(Rejection::invalid("body.file", detail));
        }
        Ok(effects)
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "[picture]".into(),
            Lang::Zh => "[图片]".into(),
        }
    }

    fn files(&self) -> Vec<FileId> {
        vec![self.0.file]
    }
}

#[cfg(test)]
mod tests {
    use crate::kinds::check::code;
    use crate::kinds::file::tests::{upload, verdict};
    use serde_json::json;

    #[test]
    fn is_a_picture_with_its_size() {
        let picture = upload(7, Some(40));
        let sent = json!({"file": picture.id});
        let (body, _) = verdict("image", vec![picture], sent).unwrap();
        assert_eq!((&body["width"], &body["height"]), (&json!(40), &json!(40)));
        let other = upload(8, None);
        let sent = json!({"file": other.id, "width": 40, "height": 40});
        assert_eq!(code(&verdict("image", vec![other], sent)), "invalid");
    }
}
