//! Files in SQLite: what a commit reads and writes of them, and what is asked about them.

use std::collections::BTreeSet;

use async_trait::async_trait;
use rusqlite::types::Type;
use rusqlite::{Error, Result, Row, Transaction};
use uuid::Uuid;

use super::SqliteStore;
use super::columns::{blob, uuid};
use super::write::{all, one, select};
use crate::ids::{BlobId, ConversationId, FileId, Seq, UserId};
use crate::store;
use crate::store::files::{BlobRecord, FileRecord, FileStore, Purpose};
use crate::store::plan::files::{FileChanges, FileNeeds, FileRows};

type Tx<'a> = Transaction<'a>;

/// What [`file`] reads.
const FILE: &str = "f.id, f.blob, f.thumbnail, f.owner, f.purpose, f.name, f.mime, f.size, \
     f.width, f.height, f.uploaded, f.uses, f.expires_at, f.created_at";
/// What [`blob_row`] reads.
const BLOB: &str = "id, sha256, size, mime, uses, created_at";
/// Whether the user `?1` may have the file `f`.
const MAY_HAVE: &str = "f.blob is not null and (f.owner = ?1 or exists (\
     select 1 from message_files r \
     join messages m on m.conversation = r.conversation and m.seq = r.seq \
     join stays s on s.conversation = r.conversation and s.user_id = ?1 \
     and s.from_seq <= r.seq and (s.left_seq is null or s.left_seq >= r.seq) \
     where r.file = f.id and m.body is not null \
     and (m.audience is null or instr(m.audience, ?3) > 0)))";
const UPLOADED: &str =
    "select coalesce(sum(uploaded), 0) from files where owner = ?1 and created_at > ?2";

fn optional(row: &Row<'_>, column: usize) -> Result<Option<Uuid>> {
    let id: Option<[u8; 16]> = row.get(column)?;
    Ok(id.map(Uuid::from_bytes))
}

fn file(row: &Row<'_>) -> Result<FileRecord> {
    let purpose: String = row.get(4)?;
    let purpose = Purpose::parse(&purpose).ok_or_else(|| {
        let said = format!("{purpose:?} is not known here");
        Error::FromSqlConversionFailure(4, Type::Text, said.into())
    })?;
    Ok(FileRecord {
        id: FileId(uuid(row, 0)?),
        blob: optional(row, 1)?.map(BlobId),
        thumbnail: optional(row, 2)?.map(BlobId),
        owner: UserId(uuid(row, 3)?),
        purpose,
        name: row.get(5)?,
        mime: row.get(6)?,
        size: row.get(7)?,
        width: row.get(8)?,
        height: row.get(9)?,
        uploaded: row.get(10)?,
        uses: row.get(11)?,
        expires_at_ms: row.get(12)?,
        created_at_ms: row.get(13)?,
    })
}

fn blob_row(row: &Row<'_>) -> Result<BlobRecord> {
    Ok(BlobRecord {
        id: BlobId(uuid(row, 0)?),
        sha256: row.get(1)?,
        size: row.get(2)?,
        mime: row.get(3)?,
        uses: row.get(4)?,
        created_at_ms: row.get(5)?,
    })
}

/// What a batch needs.
pub(super) fn read(tx: &Tx<'_>, needs: &FileNeeds) -> Result<FileRows> {
    let mut rows = FileRows::default();
    let mut files = needs.files.clone();
    for key @ (conversation, seq) in &needs.messages {
        let sql = "select file from message_files where conversation = ?1 and seq = ?2";
        let params = (blob(conversation.0), seq.0);
        let found = all(tx, sql, params, |row| uuid(row, 0).map(FileId))?;
        files.extend(&found);
        rows.messages.insert(*key, found.into_iter().collect());
    }
    let users = needs.users.iter().map(|id| ("users", id.0));
    let groups = needs.groups.iter().map(|id| ("conversations", id.0));
    for (table, id) in users.chain(groups) {
        let sql = format!("select avatar from {table} where id = ?1");
        let avatar = one(tx, &sql, [blob(id)], |row| optional(row, 0))?;
        files.extend(avatar.flatten().map(FileId));
    }
    let mut blobs = needs.blobs.clone();
    let sql = select(FILE, "files f where f.id = ?1");
    for id in files {
        if let Some(row) = one(tx, &sql, [blob(id.0)], file)? {
            blobs.extend([row.blob, row.thumbnail].into_iter().flatten());
            rows.files.insert(id, row);
        }
    }
    let by_id = select(BLOB, "blobs where id = ?1");
    for id in blobs {
        let row = one(tx, &by_id, [blob(id.0)], blob_row)?;
        rows.blobs.extend(row.map(|row| (id, row)));
    }
    let by_hash = select(BLOB, "blobs where sha256 = ?1");
    for hash in &needs.hashes {
        let row = one(tx, &by_hash, [hash], blob_row)?;
        rows.blobs.extend(row.map(|row| (row.id, row)));
    }
    for key @ (owner, since_ms) in &needs.uploads {
        let sum = one(tx, UPLOADED, (blob(owner.0), since_ms), |row| row.get(0))?;
        rows.uploads.extend(sum.map(|sum| (*key, sum)));
    }
    Ok(rows)
}

/// What a batch changed. What goes, goes first.
pub(super) fn write(tx: &Tx<'_>, changes: &FileChanges) -> Result<()> {
    for id in &changes.removed_files {
        tx.prepare_cached("delete from files where id = ?1")?
            .execute([blob(id.0)])?;
    }
    for id in &changes.removed_blobs {
        tx.prepare_cached("delete from blobs where id = ?1")?
            .execute([blob(id.0)])?;
    }
    for (conversation, seq) in &changes.detached {
        tx.prepare_cached("delete from message_files where conversation = ?1 and seq = ?2")?
            .execute((blob(conversation.0), seq.0))?;
    }
    for row in changes.blobs.values() {
        tx.prepare_cached(
            "insert into blobs (id, sha256, size, mime, uses, created_at) \
             values (?1, ?2, ?3, ?4, ?5, ?6) \
             on conflict (id) do update set uses = excluded.uses",
        )?
        .execute((
            blob(row.id.0),
            &row.sha256,
            row.size,
            &row.mime,
            row.uses,
            row.created_at_ms,
        ))?;
    }
    for row in changes.files.values() {
        write_file(tx, row)?;
    }
    for (conversation, seq, file) in &changes.attached {
        tx.prepare_cached(
            "insert into message_files (conversation, seq, file) values (?1, ?2, ?3)",
        )?
        .execute((blob(conversation.0), seq.0, blob(file.0)))?;
    }
    Ok(())
}

fn write_file(tx: &Tx<'_>, row: &FileRecord) -> Result<()> {
    tx.prepare_cached(
        "insert into files (id, blob, thumbnail, owner, purpose, name, mime, size, width, height, \
         uploaded, uses, expires_at, created_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
         on conflict (id) do update set blob = excluded.blob, thumbnail = excluded.thumbnail, \
         uses = excluded.uses, expires_at = excluded.expires_at",
    )?
    .execute((
        blob(row.id.0),
        row.blob.map(|id| blob(id.0)),
        row.thumbnail.map(|id| blob(id.0)),
        blob(row.owner.0),
        row.purpose.name(),
        &row.name,
        &row.mime,
        row.size,
        row.width,
        row.height,
        row.uploaded,
        row.uses,
        row.expires_at_ms,
        row.created_at_ms,
    ))?;
    Ok(())
}

#[async_trait]
impl FileStore for SqliteStore {
    async fn file(&self, id: FileId) -> store::Result<Option<FileRecord>> {
        self.read(move |tx| {
            let sql = select(FILE, "files f where f.id = ?1 and f.blob is not null");
            one(tx, &sql, [blob(id.0)], file)
        })
        .await
    }

    async fn files_for(&self, user: UserId, ids: &[FileId]) -> store::Result<Vec<FileRecord>> {
        let ids: BTreeSet<FileId> = ids.iter().copied().collect();
        self.read(move |tx| {
            let sql = select(FILE, &format!("files f where f.id = ?2 and {MAY_HAVE}"));
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                let params = (blob(user.0), blob(id.0), user.to_string());
                found.extend(one(tx, &sql, params, file)?);
            }
            Ok(found)
        })
        .await
    }

    async fn files_of(
        &self,
        conversation: ConversationId,
        seq: Seq,
    ) -> store::Result<Vec<FileRecord>> {
        self.read(move |tx| {
            let rest = "message_files r join files f on f.id = r.file \
                 where r.conversation = ?1 and r.seq = ?2 order by f.id";
            let params = (blob(conversation.0), seq.0);
            all(tx, &select(FILE, rest), params, file)
        })
        .await
    }

    async fn uploaded_since(&self, user: UserId, since_ms: i64) -> store::Result<i64> {
        self.read(move |tx| {
            let sum = one(tx, UPLOADED, (blob(user.0), since_ms), |row| row.get(0))?;
            Ok(sum.unwrap_or(0))
        })
        .await
    }

    async fn expired_files(&self, now_ms: i64, limit: usize) -> store::Result<Vec<FileId>> {
        self.read(move |tx| {
            let sql = "select id from files where expires_at is not null and expires_at <= ?1 \
                 order by expires_at, id limit ?2";
            all(tx, sql, (now_ms, limit as i64), |row| {
                uuid(row, 0).map(FileId)
            })
        })
        .await
    }

    async fn unused_blobs(&self, limit: usize) -> store::Result<Vec<BlobId>> {
        self.read(move |tx| {
            let sql = "select id from blobs where uses = 0 order by id limit ?1";
            all(tx, sql, [limit as i64], |row| uuid(row, 0).map(BlobId))
        })
        .await
    }

    async fn blobs(&self, ids: &[BlobId]) -> store::Result<Vec<BlobRecord>> {
        let ids: BTreeSet<BlobId> = ids.iter().copied().collect();
        self.read(move |tx| {
            let sql = select(BLOB, "blobs where id = ?1");
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                found.extend(one(tx, &sql, [blob(id.0)], blob_row)?);
            }
            Ok(found)
        })
        .await
    }
}
