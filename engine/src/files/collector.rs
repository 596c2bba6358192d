//! What nothing refers to goes: files first, then contents that no file has, then their objects.
//!
//! Rows go in a transaction that looks again, objects only after their rows: what breaks off in
//! between leaves an object that nothing names. Such objects, and those of uploads that broke off,
//! are swept: listed, held against the rows, and deleted if they are old and nobody is about to
//! refer to them.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::StreamExt;

use super::Files;
use super::storage::StorageError;
use crate::core::Core;
use crate::ids::BlobId;
use crate::limits::{
    COLLECT_AT_ONCE, COLLECT_ENTRIES, COLLECT_EVERY, COLLECT_FIRST, SWEEP_AGE_MS, SWEEP_EVERY,
};
use crate::store::{Entry, StoreError};

/// Why a round ended early. The next one goes on from the same rows.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("the journal did not write")]
    Journal,
}

/// Collects every few minutes until the engine closes, and sweeps once a day.
pub(crate) fn watch(core: &Arc<Core>, files: &Arc<Files>) {
    let (runtime, stopping) = (core.runtime.clone(), core.stopping.clone());
    let spawner = runtime.clone();
    let (core, files) = (Arc::downgrade(core), files.clone());
    let task = async move {
        let mut swept = None;
        loop {
            let pause = match swept {
                None => COLLECT_FIRST,
                Some(_) => runtime.spread(COLLECT_EVERY, 20),
            };
            let pause = runtime.sleep(pause);
            tokio::select! {
                () = stopping.cancelled() => return,
                () = pause => {}
            }
            let Some(core) = core.upgrade() else { return };
            if let Err(error) = collect(&core, &files).await {
                tracing::warn!(%error, "collecting files goes on later");
            }
            let now = runtime.now();
            if swept.is_none_or(|at| now >= at + SWEEP_EVERY) {
                match sweep(&core, &files).await {
                    Ok(gone) => tracing::info!(gone, "swept objects that nothing names"),
                    Err(error) => tracing::warn!(%error, "sweeping broke off"),
                }
                swept = Some(now);
            }
        }
    };
    spawner.spawn(Box::pin(task));
}

/// One round over all that is due.
pub(crate) async fn collect(core: &Core, files: &Files) -> Result<(), Stopped> {
    for _ in 0..COLLECT_ENTRIES {
        let now_ms = core.runtime.wall_ms();
        let due = core.store.expired_files(now_ms, COLLECT_AT_ONCE).await?;
        let more = due.len() == COLLECT_AT_ONCE;
        if !due.is_empty() {
            tracing::debug!(files = due.len(), "collecting files");
            let files = due;
            write(core, Entry::ForgetFiles { files, now_ms }).await?;
        }
        if !more {
            break;
        }
    }
    for _ in 0..COLLECT_ENTRIES {
        let unused = core.store.unused_blobs(COLLECT_AT_ONCE).await?;
        if unused.is_empty() {
            break;
        }
        let more = unused.len() == COLLECT_AT_ONCE;
        forget(core, files, unused).await?;
        if !more {
            break;
        }
    }
    Ok(())
}

/// Forgets contents that were found unused a moment ago, and deletes their objects.
pub(crate) async fn forget(core: &Core, files: &Files, unused: Vec<BlobId>) -> Result<(), Stopped> {
    let blobs = unused.clone();
    write(core, Entry::ForgetBlobs { blobs }).await?;
    // Those that an upload took up meanwhile are still there.
    let kept = known(core, &unused).await?;
    for blob in unused.into_iter().filter(|blob| !kept.contains(blob)) {
        files.storage.delete(blob).await?;
    }
    Ok(())
}

/// Deletes objects that nothing names, but none before one was found that this database does name: a
/// place that had no [mark](super::marker) when the first server came may be another's. First
/// listed, then asked for: what is added in between is young, and under way.
pub(crate) async fn sweep(core: &Core, files: &Arc<Files>) -> Result<usize, Stopped> {
    let of = files.clone();
    let under_way = move |blob| of.is_under_way(blob);
    let mut gone = files.storage.delete_half_written(under_way).await;
    let before_ms = core.runtime.wall_ms() - SWEEP_AGE_MS;
    // Of a database that names none of what lies here, these are perhaps not the files at all.
    let (mut is_ours, mut spared) = (false, 0);
    let mut listed = files.storage.list().chunks(COLLECT_AT_ONCE);
    while let Some(chunk) = listed.next().await {
        let chunk: Result<Vec<_>, _> = chunk.into_iter().collect();
        let chunk = chunk?;
        // Asked before the rows are: an upload that ends in between has its row.
        let old: BTreeSet<BlobId> = chunk
            .iter()
            .filter(|(blob, at_ms)| *at_ms < before_ms && !files.is_under_way(*blob))
            .map(|(blob, _)| *blob)
            .collect();
        if old.is_empty() {
            continue;
        }
        let all: Vec<BlobId> = chunk.into_iter().map(|(blob, _)| blob).collect();
        let named = known(core, &all).await?;
        is_ours |= !named.is_empty();
        for blob in old.difference(&named) {
            if !is_ours {
                spared += 1;
                continue;
            }
            files.storage.delete(*blob).await?;
            gone += 1;
        }
    }
    if spared > 0 {
        tracing::warn!(
            spared,
            "there are files here that the database does not know, and none that it does: is this \
             its directory? They are left alone"
        );
    }
    Ok(gone)
}

async fn known(core: &Core, blobs: &[BlobId]) -> Result<BTreeSet<BlobId>, Stopped> {
    let rows = core.store.blobs(blobs).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Waits for as long as it takes: the next round would only ask for the same.
async fn write(core: &Core, entry: Entry) -> Result<(), Stopped> {
    match core.journal.write(entry).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Stopped::Journal),
    }
}
