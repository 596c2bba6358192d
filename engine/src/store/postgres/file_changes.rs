//! Writing what the plan changed of files: whole columns as arrays, like [`super::changes`], in
//! the order of `schema.sql`, and what goes before what comes.

use super::changes::{Rows, Write};
use crate::store::plan::files::FileChanges;

const REMOVE_FILES: &str = "delete from files where id = any($1)";
const REMOVE_BLOBS: &str = "delete from blobs where id = any($1)";
const DETACH: &str = "delete from message_files r \
     using unnest($1::uuid[], $2::bigint[]) as n (conversation, seq) \
     where r.conversation = n.conversation and r.seq = n.seq";
const BLOBS: &str = "insert into blobs (id, sha256, size, mime, uses, created_at) \
     select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], \
     $6::bigint[]) \
     on conflict (id) do update set uses = excluded.uses";
const FILES: &str = "insert into files (id, blob, thumbnail, owner, purpose, name, mime, size, \
     width, height, uploaded, uses, expires_at, created_at) \
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], \
     $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], \
     $13::bigint[], $14::bigint[]) \
     on conflict (id) do update set blob = excluded.blob, thumbnail = excluded.thumbnail, \
     uses = excluded.uses, expires_at = excluded.expires_at";
const ATTACH: &str = "insert into message_files (conversation, seq, file) \
     select * from unnest($1::uuid[], $2::bigint[], $3::uuid[])";

pub(super) fn writes(changes: &FileChanges) -> [Option<Write<'_>>; 6] {
    [
        Rows::new(REMOVE_BLOBS, &changes.removed_blobs)
            .column(|id| id.0)
            .write(),
        Rows::new(BLOBS, changes.blobs.values())
            .column(|row| row.id.0)
            .column(|row| row.sha256.as_str())
            .column(|row| row.size)
            .column(|row| row.mime.as_str())
            .column(|row| row.uses)
            .column(|row| row.created_at_ms)
            .write(),
        Rows::new(REMOVE_FILES, &changes.removed_files)
            .column(|id| id.0)
            .write(),
        Rows::new(FILES, changes.files.values())
            .column(|row| row.id.0)
            .column(|row| row.blob.map(|id| id.0))
            .column(|row| row.thumbnail.map(|id| id.0))
            .column(|row| row.owner.0)
            .column(|row| row.purpose.name())
            .column(|row| row.name.as_str())
            .column(|row| row.mime.as_str())
            .column(|row| row.size)
            .column(|row| row.width)
            .column(|row| row.height)
            .column(|row| row.uploaded)
            .column(|row| row.uses)
            .column(|row| row.expires_at_ms)
            .column(|row| row.created_at_ms)
            .write(),
        Rows::new(DETACH, &changes.detached)
            .column(|(conversation, _)| conversation.0)
            .column(|(_, seq)| seq.0)
            .write(),
        Rows::new(ATTACH, &changes.attached)
            .column(|(conversation, _, _)| conversation.0)
            .column(|(_, seq, _)| seq.0)
            .column(|(_, _, file)| file.0)
            .write(),
    ]
}
