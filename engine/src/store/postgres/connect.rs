//! Connections: how their sessions are set up, how long anything may take, what an error means.
//!
//! A connection that did not end its work in an orderly way is never used again: what is still on
//! its way on it would be taken for the answer to something else, or commit behind our back.

use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, Object, Pool};
use deadpool_postgres::{PoolError, RecyclingMethod, Runtime};
use futures_util::future::{try_join_all, try_join3};
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, WasNull, WrongType};
use tokio_postgres::{Config, NoTls, Row};

use crate::store::{Result, StoreError};

/// A connection with its prepared statements. Dropping it closes it at once.
pub(super) type Connection = ClientWrapper;

/// Values of a statement's parameters.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// How long one call may take in all. Beyond: [`StoreError::Unavailable`], and its connection is
/// thrown away.
pub(super) const CALL: Duration = Duration::from_millis(4_600);
/// How long one statement, one wait for a lock, or a pause within a transaction may take on the
/// server. Beyond: the server ends it, so that nothing outlives its caller for long.
const STATEMENT: Duration = Duration::from_secs(4);
/// How long connecting and each wait for the pool may take.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a peer that does not acknowledge what was sent is believed to live, on both sides.
const SILENCE: Duration = Duration::from_secs(4);
/// The server keeps the plan of a prepared statement until it gathers statistics anew, in a fresh
/// database for a minute. A plan that was made when a table was all but empty, and every index as
/// good as any, may read all of it when it holds a million rows. So plans are made anew now and
/// then; that costs less than a millisecond.
pub(super) const FORGET_PLANS: &str = "discard plans";
/// How often a connection of the pool is lent before its plans are made anew.
const LENDINGS_PER_PLAN: usize = 64;
/// Connections for reading. Further readers wait for one.
const POOL: usize = 8;

const _: () = assert!(STATEMENT.as_millis() < CALL.as_millis());
const _: () = assert!(CONNECT.as_millis() < CALL.as_millis());
const _: () = assert!(CALL.as_millis() < 5_000);

/// Reads a URL and adds what every session of ours has.
///
/// # Errors
/// [`StoreError::Unusable`]; the text never holds the URL, which may hold a password.
pub(super) fn configuration(url: &str) -> Result<Config> {
    let mut config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
        StoreError::Unusable(format!("not a PostgreSQL URL: {}", whole(&error)))
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(StoreError::Unusable(
            "TLS to PostgreSQL is not built in: drop sslmode=require and reach the server over a \
             unix socket, a private network or a tunnel"
                .into(),
        ));
    }
    let (statement, silence) = (STATEMENT.as_millis(), SILENCE.as_millis());
    // The server's own keepalives free the locks of a client that vanished without a word. No
    // table is to be read through where there is an index (see [`FORGET_PLANS`]).
    let ours = format!(
        "-c synchronous_commit=on -c statement_timeout={statement} -c lock_timeout={statement} \
         -c idle_in_transaction_session_timeout={statement} -c tcp_keepalives_idle=2 \
         -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 -c tcp_user_timeout={silence} \
         -c enable_seqscan=off -c jit=off"
    );
    let options = match config.get_options() {
        Some(theirs) => format!("{theirs} {ours}"),
        None => ours,
    };
    config
        .options(options)
        .application_name("webqq")
        .connect_timeout(CONNECT)
        .keepalives(true)
        .keepalives_idle(Duration::from_secs(2))
        .keepalives_interval(Duration::from_secs(1))
        .keepalives_retries(2)
        .tcp_user_timeout(SILENCE)
        // Reads promise to see what was committed: a standby would not do.
        .target_session_attrs(TargetSessionAttrs::ReadWrite);
    Ok(config)
}

/// A connection outside the pool.
pub(super) async fn connect(config: &Config) -> Result<Connection> {
    let (client, driver) = config.connect(NoTls).await?;
    // Whoever uses the client learns of its end, and says so.
    let driver = tokio::spawn(async move {
        let _ = driver.await;
    });
    Ok(Connection::new(client, driver))
}

/// The connections for reading; none is made before it is needed.
pub(super) fn pool(config: &Config) -> Result<Pool> {
    let recycling_method = RecyclingMethod::Fast;
    let manager_config = ManagerConfig { recycling_method };
    let manager = Manager::from_config(config.clone(), NoTls, manager_config);
    Pool::builder(manager)
        .max_size(POOL)
        .wait_timeout(Some(CONNECT))
        .create_timeout(Some(CONNECT))
        .recycle_timeout(Some(CONNECT))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| StoreError::Unusable(error.to_string()))
}

/// Gives up what takes longer than this.
pub(super) async fn within<T>(
    longest: Duration,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let ended = tokio::time::timeout(longest, work).await;
    ended.unwrap_or_else(|_| {
        let text = format!("no answer within {longest:?}");
        Err(StoreError::Unavailable(text))
    })
}

/// Carries out `work` with a connection of the pool. It goes back only if the work ends well;
/// otherwise, and when the work is cancelled, it is closed.
pub(super) async fn lent<T>(
    pool: &Pool,
    work: impl AsyncFnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    let mut lent = Lent(None);
    let connection = lent.0.insert(pool.get().await?);
    if Object::metrics(connection).recycle_count % LENDINGS_PER_PLAN == LENDINGS_PER_PLAN - 1 {
        connection.batch_execute(FORGET_PLANS).await?;
    }
    let value = work(connection).await?;
    lent.0 = None;
    Ok(value)
}

struct Lent(Option<Object>);

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

/// The rows of one prepared statement.
pub(super) async fn query(db: &Connection, sql: &str, values: Values<'_>) -> Result<Vec<Row>> {
    let statement = db.prepare_cached(sql).await?;
    Ok(db.query(&statement, values).await?)
}

/// The one row of a statement, if there is one.
pub(super) async fn query_opt(
    db: &Connection,
    sql: &str,
    values: Values<'_>,
) -> Result<Option<Row>> {
    Ok(query(db, sql, values).await?.pop())
}

/// A statement for [`query_together`].
pub(super) fn read<'a>(sql: &'a str, values: Values<'a>) -> (&'a str, Values<'a>) {
    (sql, values)
}

/// The rows of several statements that all see the same snapshot, in one round trip.
pub(super) async fn query_together<const N: usize>(
    db: &Connection,
    reads: [(&str, Values<'_>); N],
) -> Result<[Vec<Row>; N]> {
    // First all statements, so that below everything leaves in the order in which it is first
    // polled, which is the order it is written in.
    let statements = try_join_all(reads.iter().map(|(sql, _)| db.prepare_cached(sql))).await?;
    let begin = db.batch_execute("begin isolation level repeatable read, read only");
    let reads = statements.iter().zip(reads);
    let reads = try_join_all(reads.map(|(statement, (_, values))| db.query(statement, values)));
    let (_, rows, _) = try_join3(begin, reads, db.batch_execute("rollback")).await?;
    // `try_join_all` answers as many as it was asked.
    rows.try_into()
        .map_err(|_| StoreError::Unavailable("answers were lost".into()))
}

impl From<tokio_postgres::Error> for StoreError {
    /// What passes by itself is [`Unavailable`](StoreError::Unavailable): connections, time-outs,
    /// shutdown, lack of resources. The rest, the server will refuse again.
    fn from(error: tokio_postgres::Error) -> Self {
        let text = whole(&error);
        let Some(code) = error.code() else {
            let cause = std::error::Error::source(&error);
            // Ours: a value that does not fit its parameter or column.
            return match cause.is_some_and(|c| c.is::<WrongType>() || c.is::<WasNull>()) {
                true => Self::Refused(text),
                false => Self::Unavailable(text),
            };
        };
        let class = code.code().get(..2).unwrap_or_default();
        let passes = matches!(class, "08" | "28" | "3D" | "40" | "53" | "55" | "57" | "58")
            || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
            || *code == SqlState::READ_ONLY_SQL_TRANSACTION;
        match passes {
            true => Self::Unavailable(text),
            false => Self::Refused(text),
        }
    }
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => Self::Unavailable(whole(&error)),
            error => Self::Unavailable(error.to_string()),
        }
    }
}

/// An error with its causes. What the server adds as detail is left out: it quotes rows.
pub(super) fn whole(error: &tokio_postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("{} ({})", error.message(), error.code().code());
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
