//! Files in PostgreSQL: what a commit reads of them, and what is asked about them. Written are they
//! in `file_changes`.

use async_trait::async_trait;
use futures_util::future::try_join4;
use tokio_postgres::Row;
use uuid::Uuid;

use super::PostgresStore;
use super::columns::named;
use super::connect::{Connection, query, query_opt};
use super::log::bounded;
use super::write::{ids, select};
use crate::ids::{BlobId, ConversationId, FileId, Seq, UserId};
use crate::store::Result;
use crate::store::files::{BlobRecord, FileRecord, FileStore, Purpose};
use crate::store::plan::files::{FileNeeds, FileRows};

/// What [`file`] reads.
macro_rules! file_columns {
    () => {
        "f.id, f.blob, f.thumbnail, f.owner, f.purpose, f.name, f.mime, f.size, f.width, f.height, \
         f.uploaded, f.uses, f.expires_at, f.created_at"
    };
}
/// What [`blob`] reads.
macro_rules! blob_columns {
    () => {
        "b.id, b.sha256, b.size, b.mime, b.uses, b.created_at"
    };
}

/// The files `$1`, those of the messages `$2`, `$3`, and the avatars of `$4`, users or groups.
macro_rules! needed_files {
    () => {
        "(select unnest($1::uuid[]) union select r.file \
         from unnest($2::uuid[], $3::bigint[]) as n (conversation, seq) \
         join message_files r on r.conversation = n.conversation and r.seq = n.seq \
         union select u.avatar from users u where u.id = any($4) \
         union select c.avatar from conversations c where c.id = any($4))"
    };
}
const NEEDED_FILES: &str = concat!(
    "select ",
    file_columns!(),
    " from files f where f.id in ",
    needed_files!()
);
const NEEDED_BLOBS: &str = concat!(
    "select ",
    blob_columns!(),
    " from blobs b where b.id = any($5) or b.sha256 = any($6) or b.id in (\
     select unnest(array[f.blob, f.thumbnail]) from files f where f.id in ",
    needed_files!(),
    ")"
);
const REFERENCES: &str = "select r.conversation, r.seq, r.file \
     from unnest($1::uuid[], $2::bigint[]) as n (conversation, seq) \
     join message_files r on r.conversation = n.conversation and r.seq = n.seq";
const UPLOADS: &str = "select n.owner, n.since, coalesce((select sum(f.uploaded) from files f \
     where f.owner = n.owner and f.created_at > n.since), 0)::bigint \
     from unnest($1::uuid[], $2::bigint[]) as n (owner, since)";

const FILES_OF: &str = concat!(
    "select ",
    file_columns!(),
    " from message_files r join files f on f.id = r.file \
     where r.conversation = $1 and r.seq = $2 order by f.id"
);
const FILE: &str = concat!(
    "select ",
    file_columns!(),
    " from files f where f.id = $1 and f.blob is not null"
);
/// `$3` is the user's id as text, as audiences hold it.
const FILES_FOR: &str = concat!(
    "select ",
    file_columns!(),
    " from files f where f.id = any($2) and f.blob is not null and (f.owner = $1 or exists (\
     select 1 from message_files r \
     join messages m on m.conversation = r.conversation and m.seq = r.seq \
     join stays s on s.conversation = r.conversation and s.user_id = $1 \
     and s.from_seq <= r.seq and (s.left_seq is null or s.left_seq >= r.seq) \
     where r.file = f.id and m.body is not null \
     and (m.audience is null or position($3 in m.audience) > 0))) order by f.id"
);
const UPLOADED: &str = "select coalesce(sum(uploaded), 0)::bigint from files \
     where owner = $1 and created_at > $2";
const EXPIRED: &str = "select id from files where expires_at is not null and expires_at <= $1 \
     order by expires_at, id limit $2";
const UNUSED: &str = "select id from blobs where uses = 0 order by id limit $1";
const BLOBS: &str = concat!(
    "select ",
    blob_columns!(),
    " from blobs b where b.id = any($1) order by b.id"
);

fn file(row: &Row) -> Result<FileRecord> {
    let optional = |column: usize| row.try_get::<_, Option<Uuid>>(column);
    Ok(FileRecord {
        id: FileId(row.try_get(0)?),
        blob: optional(1)?.map(BlobId),
        thumbnail: optional(2)?.map(BlobId),
        owner: UserId(row.try_get(3)?),
        purpose: named(row, 4, Purpose::parse)?,
        name: row.try_get(5)?,
        mime: row.try_get(6)?,
        size: row.try_get(7)?,
        width: row.try_get(8)?,
        height: row.try_get(9)?,
        uploaded: row.try_get(10)?,
        uses: row.try_get(11)?,
        expires_at_ms: row.try_get(12)?,
        created_at_ms: row.try_get(13)?,
    })
}

fn blob(row: &Row) -> Result<BlobRecord> {
    Ok(BlobRecord {
        id: BlobId(row.try_get(0)?),
        sha256: row.try_get(1)?,
        size: row.try_get(2)?,
        mime: row.try_get(3)?,
        uses: row.try_get(4)?,
        created_at_ms: row.try_get(5)?,
    })
}

/// What a batch needs, within the open transaction.
pub(super) async fn read(db: &Connection, needs: &FileNeeds) -> Result<FileRows> {
    let files = ids(&needs.files, |id| id.0);
    let messages = (
        ids(&needs.messages, |(conversation, _)| conversation.0),
        ids(&needs.messages, |(_, seq)| seq.0),
    );
    let mut shown = ids(&needs.users, |id| id.0);
    shown.extend(needs.groups.iter().map(|id| id.0));
    let blobs = ids(&needs.blobs, |id| id.0);
    let hashes = ids(&needs.hashes, String::as_str);
    let uploads = (
        ids(&needs.uploads, |(owner, _)| owner.0),
        ids(&needs.uploads, |(_, since_ms)| *since_ms),
    );
    let about_files = files.len() + messages.0.len() + shown.len();
    let about_blobs = about_files + blobs.len() + hashes.len();
    let (files, blobs, references, uploads) = try_join4(
        select(
            db,
            NEEDED_FILES,
            about_files,
            &[&files, &messages.0, &messages.1, &shown],
        ),
        select(
            db,
            NEEDED_BLOBS,
            about_blobs,
            &[&files, &messages.0, &messages.1, &shown, &blobs, &hashes],
        ),
        select(
            db,
            REFERENCES,
            messages.0.len(),
            &[&messages.0, &messages.1],
        ),
        select(db, UPLOADS, uploads.0.len(), &[&uploads.0, &uploads.1]),
    )
    .await?;
    let mut rows = FileRows::default();
    for row in &files {
        let row = file(row)?;
        rows.files.insert(row.id, row);
    }
    for row in &blobs {
        let row = blob(row)?;
        rows.blobs.insert(row.id, row);
    }
    for row in &references {
        let message = (ConversationId(row.try_get(0)?), Seq(row.try_get(1)?));
        let files = rows.messages.entry(message).or_default();
        files.insert(FileId(row.try_get(2)?));
    }
    for row in &uploads {
        let key = (UserId(row.try_get(0)?), row.try_get(1)?);
        rows.uploads.insert(key, row.try_get(2)?);
    }
    Ok(rows)
}

#[async_trait]
impl FileStore for PostgresStore {
    async fn file(&self, id: FileId) -> Result<Option<FileRecord>> {
        self.read(async |db| {
            let row = query_opt(db, FILE, &[&id.0]).await?;
            row.as_ref().map(file).transpose()
        })
        .await
    }

    async fn files_for(&self, user: UserId, ids: &[FileId]) -> Result<Vec<FileRecord>> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        self.read(async |db| {
            let values: super::connect::Values<'_> = &[&user.0, &ids, &user.to_string()];
            let rows = query(db, FILES_FOR, values).await?;
            rows.iter().map(file).collect()
        })
        .await
    }

    async fn files_of(&self, conversation: ConversationId, seq: Seq) -> Result<Vec<FileRecord>> {
        self.read(async |db| {
            let rows = query(db, FILES_OF, &[&conversation.0, &seq.0]).await?;
            rows.iter().map(file).collect()
        })
        .await
    }

    async fn uploaded_since(&self, user: UserId, since_ms: i64) -> Result<i64> {
        self.read(async |db| {
            let row = query_opt(db, UPLOADED, &[&user.0, &since_ms]).await?;
            let sum = row.map(|row| row.try_get(0)).transpose()?;
            Ok(sum.unwrap_or(0))
        })
        .await
    }

    async fn expired_files(&self, now_ms: i64, limit: usize) -> Result<Vec<FileId>> {
        self.read(async |db| {
            let rows = query(db, EXPIRED, &[&now_ms, &bounded(limit)]).await?;
            rows.iter().map(|row| Ok(FileId(row.try_get(0)?))).collect()
        })
        .await
    }

    async fn unused_blobs(&self, limit: usize) -> Result<Vec<BlobId>> {
        self.read(async |db| {
            let rows = query(db, UNUSED, &[&bounded(limit)]).await?;
            rows.iter().map(|row| Ok(BlobId(row.try_get(0)?))).collect()
        })
        .await
    }

    async fn blobs(&self, ids: &[BlobId]) -> Result<Vec<BlobRecord>> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        self.read(async |db| {
            let rows = query(db, BLOBS, &[&ids]).await?;
            rows.iter().map(blob).collect()
        })
        .await
    }
}
