//! Replays a real conversation: everyone who spoke in an IRC log becomes a user of one group, every
//! line is posted over HTTP by its speaker, and every speaker listens: half of them over
//! Server-Sent Events, half by long-poll, going away and coming back now and then. At the end
//! everyone must have got everything, once and in order.
//!
//! ```text
//! cargo run --release --example replay -- FILE [--store postgres://USER@HOST/DATABASE]
//! ```
//!
//! The server runs in this process on a store that goes with it; a PostgreSQL database is filled
//! and stays. A log with more speakers than a group takes shows the limit at work: the last ones
//! are refused until the owner raises it.
//!
//! `deliveries` are the log's messages as they reached the listeners by the client's rule (apply
//! seq = last + 1, ignore what is at or below); `lost` is what the rule left open, joins and
//! settings included, or held something else than the receipt of its post said; `duplicated` is a
//! post that arrived under two seqs; `out of order` is what arrived behind its successor, and posts
//! of one speaker whose seqs do not rise. Raw duplicates are what the server sent once more and
//! the rule ignored: allowed, and told apart. Exit code 1 if one of the three is not 0.

#[path = "replay/account.rs"]
mod account;
#[path = "replay/audience.rs"]
mod audience;
#[path = "replay/client.rs"]
mod client;
#[path = "replay/listener.rs"]
mod listener;
#[path = "replay/log.rs"]
mod log;
#[path = "replay/posting.rs"]
mod posting;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use futures_util::future::try_join_all;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use webqq::app::{App, router};
use webqq::config::{Cli, Config};
use webqq::listener as accept;
use webqq::server::open_store;
use webqq_engine::Engine;
use webqq_engine::limits::{DISPLAY_NAME_CHARS, Limits};
use webqq_engine::store::sqlite::Access;
use webqq_testkit::temp_dir::TempDir;

use account::Account;
use audience::Audience;
use listener::Person;
use log::Log;
use posting::{Posts, call};

/// Listening goes on a little, so that what is sent too often is seen.
const AFTERMATH: Duration = Duration::from_millis(300);
/// Where the limit of a group is raised to when it is full.
const RAISED_LIMIT: usize = 2_000;

#[derive(Parser)]
struct Options {
    /// The log of an IRC channel
    file: PathBuf,
    /// sqlite:PATH or postgres://USER@HOST/DATABASE [default: a temporary SQLite file]
    #[arg(long)]
    store: Option<String>,
    /// Posts under way at the same time
    #[arg(long, default_value_t = 32)]
    posts: usize,
    /// Decides when listeners go away
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(replay(&options)),
        Err(error) => Err(format!("the runtime does not start: {error}")),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("replay failed: {sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn replay(options: &Options) -> Result<bool, String> {
    let log = Log::read(&options.file)?;
    let directory = TempDir::new("replay");
    let mut arguments = vec!["webqq".to_owned(), "--data".to_owned()];
    arguments.push(directory.path().display().to_string());
    if let Some(store) = &options.store {
        arguments.extend(["--store".to_owned(), store.clone()]);
    }
    let (_serve, config) = Cli::from_arguments(arguments).map_err(|error| error.to_string())?;
    let server = Server::start(&config).await?;
    let result = converse(&server, log, options).await;
    server.stop().await;
    result
}

/// The whole story: people, listeners, the group, the conversation, the account.
async fn converse(server: &Server, log: Log, options: &Options) -> Result<bool, String> {
    // A database may hold an earlier replay: names must not meet.
    let tag = Uuid::new_v4().simple().to_string()[..8].to_owned();
    let people = sign_up(&server.engine, &log.speakers, &tag).await?;
    let mut audience = Audience::start(server.address, &people, options.seed);
    audience.wait_for(0).await?;
    let group = gather(server.address, &people, &tag).await?;
    if log.empty > 0 {
        println!("{} lines without text were not posted", log.empty);
    }

    let begun = Instant::now();
    let people = Arc::new(people);
    let posts = Posts::new(server.address, group, Arc::clone(&people), log);
    let posted = audience
        .or_trouble(posting::run(posts, options.posts))
        .await??;
    let head = posted.iter().map(|one| one.seq).max().unwrap_or_default();
    audience.wait_for(head).await?;
    let took = begun.elapsed();
    tokio::time::sleep(AFTERMATH).await;
    let ledgers = audience.dismiss().await?;

    let account = Account::draw_up(&posted, &ledgers, head);
    println!(
        "users {} messages {} deliveries {} lost {} duplicated {} out of order {} in {:.1} s \
         (raw duplicates {}, reconnects {})",
        ledgers.len(),
        posted.len(),
        account.deliveries,
        account.lost,
        account.duplicated,
        account.out_of_order,
        took.as_secs_f64(),
        account.raw_duplicates,
        account.reconnects,
    );
    Ok(account.lost + account.duplicated + account.out_of_order == 0)
}

/// Engine and HTTP server, in this process.
struct Server {
    engine: Engine,
    address: SocketAddr,
    shutdown: CancellationToken,
    serving: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn start(config: &Config) -> Result<Self, String> {
        let store = open_store(&config.store, Access::Writer).await?;
        // People in a log type faster than people type: minutes pass in moments.
        let limits = Limits {
            posts_per_second: 0,
            ..Limits::default()
        };
        let engine = Engine::builder(store).limits(limits).start().await;
        let engine = engine.map_err(|error| error.to_string())?;
        let socket = webqq::bind::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = socket.local_addr().map_err(|error| error.to_string())?;
        let app = App::new(engine.clone(), config)?;
        let bounds = accept::Limits {
            connections_per_address: 0,
            ..accept::Limits::default()
        };
        let shutdown = CancellationToken::new();
        let serving = accept::serve(socket, router(app), bounds, shutdown.clone());
        Ok(Self {
            engine,
            address,
            shutdown,
            serving: tokio::spawn(serving),
        })
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.engine.close().await;
        // Its only error is a panic, which has been printed.
        let _ended = self.serving.await;
    }
}

/// Makes the speakers users. Not over HTTP: hashing hundreds of passwords takes minutes.
async fn sign_up(engine: &Engine, speakers: &[String], tag: &str) -> Result<Vec<Person>, String> {
    let people = speakers
        .iter()
        .enumerate()
        .map(|(nth, speaker)| async move {
            let name: String = speaker.chars().take(DISPLAY_NAME_CHARS).collect();
            let user = engine.sign_up(&format!("{tag}-{nth}"), &name, None).await?;
            let session = engine.open_session(user.id, "replay").await?;
            Ok(Person {
                id: user.id.0,
                token: session.token,
            })
        });
    let people = try_join_all(people).await;
    people.map_err(|no: webqq_engine::message::Rejection| format!("signing up: {}", no.detail))
}

/// The first speaker makes the group and the others join, over HTTP.
async fn gather(server: SocketAddr, people: &[Person], tag: &str) -> Result<Uuid, String> {
    let (owner, others) = people.split_first().ok_or("nobody speaks")?;
    let name = json!({"name": format!("replay {tag}"), "client_id": Uuid::new_v4()});
    let made = call(server, "POST", "/api/groups", owner, &name).await?;
    let made = made.json(&[201])?;
    let group = made["group"]["id"].as_str().and_then(|id| id.parse().ok());
    let group: Uuid = group.ok_or_else(|| format!("a group without id: {made}"))?;

    let refused = join(server, group, others.to_vec()).await?;
    if !refused.is_empty() {
        println!("{} joins were refused with 409 group_full", refused.len());
        let path = format!("/api/groups/{group}");
        let limit = json!({"member_limit": RAISED_LIMIT});
        let raised = call(server, "PATCH", &path, owner, &limit).await?;
        raised.json(&[200])?;
        println!("the owner raised the limit to {RAISED_LIMIT}");
        let refused = join(server, group, refused).await?;
        if !refused.is_empty() {
            let count = refused.len();
            return Err(format!("{count} were refused in a group with room"));
        }
    }
    Ok(group)
}

/// All at once; who finds the group full comes back.
async fn join(server: SocketAddr, group: Uuid, people: Vec<Person>) -> Result<Vec<Person>, String> {
    let path = format!("/api/groups/{group}/members");
    let joins = people.into_iter().map(async |person| {
        let answer = call(server, "POST", &path, &person, &json!({})).await?;
        if answer.status == 409 && answer.json(&[409])?["code"] == "group_full" {
            return Ok::<_, String>(Some(person));
        }
        answer.json(&[200])?;
        Ok(None)
    });
    let refused = try_join_all(joins).await?;
    Ok(refused.into_iter().flatten().collect())
}
