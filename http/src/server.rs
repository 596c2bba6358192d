//! `webqq serve`: from the options to a running server, and back to a clean stop.

use std::io::Write;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use webqq_engine::Engine;
use webqq_engine::limits::{DirectPolicy, Limits};
use webqq_engine::store::Store as EngineStore;
use webqq_engine::store::postgres::PostgresStore;
use webqq_engine::store::sqlite::{Access, SqliteStore};

use crate::app::{App, router};
use crate::config::{Bound, Config, DirectMessages, Store};
use crate::{bind, listener};

/// How long the engine may take to end after the last connection is gone.
const ENGINE_TIME: Duration = Duration::from_millis(900);

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// One sentence that says what to do.
pub fn run(config: Config) -> Result<(), String> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = config.threads {
        runtime.worker_threads(threads);
    }
    let runtime = runtime.enable_all().build();
    let runtime = runtime.map_err(|error| format!("The runtime does not start: {error}."))?;
    let result = runtime.block_on(serve(config));
    // Whatever still blocks a thread must not hold up the end.
    runtime.shutdown_timeout(Duration::from_millis(100));
    result
}

async fn serve(config: Config) -> Result<(), String> {
    // The signals first: one that comes while we start is a wish to stop, too.
    let shutdown = CancellationToken::new();
    stop_on_signals(shutdown.clone())?;
    std::fs::create_dir_all(&config.data).map_err(|error| {
        let data = config.data.display();
        format!("The data directory {data} cannot be made ({error}); choose another with --data.")
    })?;
    let data = std::path::absolute(&config.data).unwrap_or_else(|_| config.data.clone());
    tracing::info!(directory = %data.display(), "data");
    match &config.store {
        Store::Sqlite(path) => tracing::info!(file = %path.display(), "store: SQLite"),
        Store::Postgres(url) => tracing::info!(%url, "store: PostgreSQL"),
    }
    let store = open_store(&config.store, Access::Writer).await?;
    // The port before the engine: a second server on the same port says so at once.
    let socket = bind::bind(config.listen)?;
    let address = socket.local_addr().map_err(|error| error.to_string())?;
    let files = config.files.open()?;
    let engine = Engine::builder(store).files(files);
    let engine = engine.limits(limits(&config)).start();
    let engine = engine.await.map_err(|error| format!("{error}."))?;
    let app = App::new(engine.clone(), &config)?;
    let bounds = listener::Limits {
        connections_per_address: number(config.connections_per_address) as usize,
        not_counted: config.trusted_proxies.clone(),
        stalled: engine.stalled(),
        ..listener::Limits::default()
    };
    say(&format!("listening on http://{address}"));
    // Streams end on the engine's own token, so it closes while the connections drain.
    let closing = tokio::spawn({
        let (engine, shutdown) = (engine.clone(), shutdown.clone());
        async move {
            shutdown.cancelled().await;
            tracing::info!("stopping");
            engine.close().await;
        }
    });
    listener::serve(socket, router(app), bounds, shutdown).await;
    if tokio::time::timeout(ENGINE_TIME, closing).await.is_err() {
        tracing::warn!("the engine did not end in time; everything acknowledged is on the disk");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Opens the store of the options; PostgreSQL's tables are made first.
///
/// # Errors
/// One sentence that says what to do.
pub async fn open_store(store: &Store, access: Access) -> Result<Arc<dyn EngineStore>, String> {
    match store {
        Store::Sqlite(path) => {
            let opened = SqliteStore::open(path, access);
            Ok(Arc::new(opened.map_err(|error| format!("{error}."))?))
        }
        Store::Postgres(url) => {
            init_postgres(url.expose()).await?;
            let opened = PostgresStore::open(url.expose(), access).await;
            Ok(Arc::new(opened.map_err(|error| format!("{error}."))?))
        }
    }
}

/// Makes the tables in PostgreSQL, on a thread of its own: the synchronous client wants that.
async fn init_postgres(url: &str) -> Result<(), String> {
    let url = url.to_owned();
    let made = tokio::task::spawn_blocking(move || PostgresStore::init(&url)).await;
    made.map_err(|error| error.to_string())?
        .map_err(|error| format!("{error}."))
}

fn limits(config: &Config) -> Limits {
    Limits {
        group_members_most: match number(config.max_group_members) {
            0 => i64::from(u32::MAX),
            most => i64::from(most),
        },
        groups_per_user: i64::from(number(config.groups_per_user)),
        posts_per_second: number(config.post_rate),
        streams_per_user: number(config.streams_per_user) as usize,
        catch_up_messages: i64::from(number(config.catch_up_max)),
        direct: match config.direct_messages {
            DirectMessages::Friends => DirectPolicy::Friends,
            DirectMessages::Groups => DirectPolicy::Groups,
            DirectMessages::Everyone => DirectPolicy::Everyone,
        },
        session_days: i64::from(number(config.session_days)),
        file_bytes: config.files.most_bytes.unwrap_or(0),
        upload_bytes_per_day: config.files.bytes_per_day.unwrap_or(0),
    }
}

fn number(bound: Bound) -> u32 {
    bound.map_or(0, NonZeroU32::get)
}

fn stop_on_signals(shutdown: CancellationToken) -> Result<(), String> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    for stream in signals {
        let mut stream = stream.map_err(|error| format!("No signals: {error}."))?;
        let shutdown = shutdown.clone();
        tokio::spawn(async move {
            while stream.recv().await.is_some() {
                if shutdown.is_cancelled() {
                    tracing::warn!("told to stop twice: ending at once");
                    std::process::exit(1);
                }
                shutdown.cancel();
            }
        });
    }
    Ok(())
}

/// A line on standard output, which may be closed.
fn say(line: &str) {
    let mut out = std::io::stdout();
    let _closed = writeln!(out, "{line}").and_then(|()| out.flush());
}
