//! The session that writes: outside the pool, one at a time, and holding the writer lock.
//!
//! The lock belongs to the session, not to a transaction, so whoever holds it knows that no
//! earlier session of this log has anything under way any more. That is what makes
//! [`Writer::resolve`] final.

use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep};
use tokio_postgres::Config;

use super::Access;
use super::connect::{Connection, FORGET_PLANS, connect, query, query_opt};
use super::write;
use crate::ids::Epoch;
use crate::store::{Batch, Outcome, Result, StoreError};

pub(super) const TRY_LOCK: &str = "select pg_try_advisory_lock(hashtext('webqq'), 0)";
const HOLDER: &str = "select a.pid, coalesce(a.backend_start::text, ''), \
     coalesce(host(a.client_addr), 'local') \
     from pg_locks l join pg_stat_activity a using (pid) \
     where l.locktype = 'advisory' and l.granted and l.objsubid = 2 \
     and l.database = (select oid from pg_database where datname = current_database()) \
     and l.classid = (hashtext('webqq')::bigint & 4294967295)::oid and l.objid = 0";
const MYSELF: &str = "select pid, backend_start::text from pg_stat_activity \
     where pid = pg_backend_pid()";
const END: &str = "select pg_terminate_backend(pid) from pg_stat_activity \
     where pid = $1 and backend_start::text = $2";

/// After how many entries a session makes its plans anew for the first time (see
/// [`FORGET_PLANS`]).
const FIRST_PLAN_ENTRIES: usize = 64;
/// How often the lock is asked for.
const PAUSE: Duration = Duration::from_millis(40);
/// How long a session that was lost may finish by itself before its successor ends it.
const GRACE: Duration = Duration::from_millis(800);
/// How long a successor waits for the lock. Beyond: the call fails and the next one tries again.
const SUCCESSION: Duration = Duration::from_secs(3);

/// Writes, over one session at a time.
pub(super) struct Writer {
    config: Config,
    access: Access,
    state: Mutex<State>,
}

struct State {
    /// In order, and not in use; `None` after anything went wrong on it.
    session: Option<Connection>,
    /// The backend of the last session that had the lock.
    last: Option<Backend>,
    closed: bool,
    /// Entries that this session has seen, and at how many its plans are made anew: each time that
    /// the tables may have doubled.
    entries: usize,
    plan_at: usize,
}

/// One server process, told apart from a later one of the same number.
#[derive(PartialEq)]
struct Backend {
    pid: i32,
    started: String,
}

impl Writer {
    /// Takes the lock, if `access` asks for it, waiting for it up to `patience`.
    pub(super) async fn open(config: Config, access: Access, patience: Duration) -> Result<Self> {
        let writer = Self {
            config,
            access,
            state: Mutex::new(State {
                session: None,
                last: None,
                closed: false,
                entries: 0,
                plan_at: FIRST_PLAN_ENTRIES,
            }),
        };
        let mut state = writer.state.lock().await;
        let session = writer.session(&mut state, patience).await?;
        state.session = Some(session);
        drop(state);
        Ok(writer)
    }

    /// See [`Store::commit`](crate::store::Store::commit).
    pub(super) async fn commit(&self, batch: &Batch) -> Result<Vec<Outcome>> {
        if batch.number.is_some() && self.access == Access::Beside {
            let text = "only the writer commits numbered batches";
            return Err(StoreError::Refused(text.into()));
        }
        let mut state = self.state.lock().await;
        let session = self.session(&mut state, SUCCESSION).await?;
        if state.entries >= state.plan_at {
            state.plan_at = state.plan_at.saturating_mul(2);
            session.batch_execute(FORGET_PLANS).await?;
        }
        state.entries = state.entries.saturating_add(batch.entries.len());
        let result = write::commit(&session, batch).await;
        keep(state, session, &result);
        result
    }

    /// See [`Store::resolve`](crate::store::Store::resolve).
    pub(super) async fn resolve(&self, number: i64) -> Result<Option<Vec<Outcome>>> {
        let mut state = self.state.lock().await;
        let session = self.session(&mut state, SUCCESSION).await?;
        let result = write::resolve(&session, number).await;
        keep(state, session, &result);
        result
    }

    /// See [`Store::new_epoch`](crate::store::Store::new_epoch).
    pub(super) async fn new_epoch(&self, epoch: Epoch) -> Result<()> {
        let mut state = self.state.lock().await;
        let session = self.session(&mut state, SUCCESSION).await?;
        let sql = "update head set epoch = $1 where id = 1";
        let result = query(&session, sql, &[&i64::from(epoch.0)]).await;
        keep(state, session, &result);
        result.map(|_| ())
    }

    /// Gives the lock back.
    pub(super) async fn close(&self) {
        let mut state = self.state.lock().await;
        state.closed = true;
        if let Some(session) = state.session.take() {
            // If this fails, the end of the session does the same a moment later.
            let _ = query(&session, "select pg_advisory_unlock_all()", &[]).await;
        }
    }

    /// The session, taken out: if its user is cancelled, it ends. A new one if there is none.
    async fn session(&self, state: &mut State, patience: Duration) -> Result<Connection> {
        if state.closed {
            return Err(StoreError::Unavailable("the store is closed".into()));
        }
        if let Some(session) = state.session.take().filter(|s| !s.is_closed()) {
            return Ok(session);
        }
        (state.entries, state.plan_at) = (0, FIRST_PLAN_ENTRIES);
        let session = connect(&self.config).await?;
        if self.access == Access::Writer {
            lock(&session, patience, state.last.as_ref()).await?;
            state.last = myself(&session).await?;
        }
        Ok(session)
    }
}

/// Puts the session back, unless its connection is doubtful.
fn keep<T>(mut state: MutexGuard<'_, State>, session: Connection, result: &Result<T>) {
    if !matches!(result, Err(StoreError::Unavailable(_))) {
        state.session = Some(session);
    }
}

/// Takes the writer lock. If our own `lost` session holds it still, because the server does not
/// know yet that its client is gone, ends that.
async fn lock(session: &Connection, patience: Duration, lost: Option<&Backend>) -> Result<()> {
    let began = Instant::now();
    let mut ended = false;
    loop {
        let row = query_opt(session, TRY_LOCK, &[]).await?;
        if let Some(row) = row
            && row.try_get(0)?
        {
            return Ok(());
        }
        if let Some(lost) = lost
            && began.elapsed() > GRACE
            && !ended
        {
            query(session, END, &[&lost.pid, &lost.started]).await?;
            ended = true;
        }
        if began.elapsed() >= patience {
            return Err(held(session, lost, patience).await?);
        }
        sleep(PAUSE).await;
    }
}

async fn held(
    session: &Connection,
    lost: Option<&Backend>,
    patience: Duration,
) -> Result<StoreError> {
    let Some(row) = query_opt(session, HOLDER, &[]).await? else {
        let text = "the writer lock was given back a moment too late";
        return Ok(StoreError::Unavailable(text.into()));
    };
    let pid: i32 = row.try_get(0)?;
    let started = row.try_get(1)?;
    let from: &str = row.try_get(2)?;
    if lost == Some(&Backend { pid, started }) {
        let text = format!("backend {pid}, our own lost session, still holds the writer lock");
        return Ok(StoreError::Unavailable(text));
    }
    let waited = patience.as_secs_f32();
    Ok(StoreError::Locked(format!(
        "backend {pid} ({from}) of the database holds the writer lock, waited {waited} s; stop \
         that server first"
    )))
}

async fn myself(session: &Connection) -> Result<Option<Backend>> {
    let row = query_opt(session, MYSELF, &[]).await?;
    let backend = |row: tokio_postgres::Row| -> Result<Backend> {
        Ok(Backend {
            pid: row.try_get(0)?,
            started: row.try_get(1)?,
        })
    };
    row.map(backend).transpose()
}
