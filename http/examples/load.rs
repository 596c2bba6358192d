//! Measures what a delivery costs: one group, everyone in it on a stream of Server-Sent Events, and
//! messages at a few offered rates and in saturation.
//!
//! ```text
//! cargo build --release --bins --examples && target/release/examples/load
//! ```
//!
//! The server is the real binary as a process of its own, on a store filled by `webqq seed`. One
//! delivery is one message as one complete event at one member. Server CPU is the server
//! process's user and system time over the run, posting included, divided by the deliveries;
//! PostgreSQL's own is not in it. Latency is from the moment a message was due (in saturation: sent)
//! to its arrival at a member.
//!
//! How to read it: compare ratios, on one machine, run after run. CPU per delivery is steadier than
//! deliveries per second, because this program shares the cores with the server; when other
//! programs do, too (the load average says so), repeat and take the least. CPU per delivery should
//! fall as the rate rises, since frames that wait for each other are written together; where it
//! rises, something is done once per delivery that could be done once per message.

#[path = "replay/client.rs"]
#[expect(dead_code, reason = "shared with the replay, which reads more of it")]
mod client;
#[path = "load/group.rs"]
mod group;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use clap::Parser;
use serde_json::Value;
use webqq_testkit::server::Server;
use webqq_testkit::temp_dir::TempDir;

use group::{Group, Pace};

/// Messages before a run whose cost is not counted: code and connections warm up.
const WARM_UP: usize = 20;
/// Ticks of a second in /proc: the same on every Linux that people use.
const TICKS_PER_SECOND: f64 = 100.0;

#[derive(Parser)]
struct Options {
    /// The server [default: webqq of the same build]
    server: Option<PathBuf>,
    /// sqlite:PATH or postgres://USER@HOST/DATABASE, empty [default: a temporary SQLite file]
    #[arg(long)]
    store: Option<String>,
    /// Members of the group, each with one stream
    #[arg(long, default_value_t = 200)]
    members: usize,
    /// Offered rates in messages a second; 0 is saturation
    #[arg(long, value_delimiter = ',', default_value = "10,50,100,200,0")]
    rates: Vec<u32>,
    /// Length of each run
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Connections that post
    #[arg(long, default_value_t = 32)]
    posters: usize,
    /// Threads of this program
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.threads.max(1))
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(measure(&options)),
        Err(error) => Err(format!("the runtime does not start: {error}")),
    };
    if let Err(sentence) = result {
        eprintln!("load failed: {sentence}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn measure(options: &Options) -> Result<(), String> {
    let binary = match &options.server {
        Some(binary) => binary.clone(),
        None => sibling()?,
    };
    let directory = TempDir::new("load");
    let mut store = vec![
        "--data".to_owned(),
        directory.path().join("data").display().to_string(),
    ];
    if let Some(url) = &options.store {
        store.extend(["--store".to_owned(), url.clone()]);
    }
    let seeded = seed(&binary, &store, options.members, directory.path())?;
    let unlimited = [
        "--post-rate=0",
        "--request-rate=0",
        "--address-request-rate=0",
        "--address-post-rate=0",
        "--connections-per-address=0",
        "--log=warn",
    ];
    let mut arguments = vec!["serve".to_owned()];
    arguments.extend(store.into_iter().chain(unlimited.map(str::to_owned)));
    let server = Server::try_start(&binary, &arguments)?;
    let process = server.pid();

    let mut group = Group::open(server.addr(), seeded).await?;
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let members = options.members;
    println!("{members} members on SSE, {cores} cores, load average {load} at the start");
    println!("mode           messages/s  deliveries/s  server CPU µs/delivery    p50 ms    p99 ms");
    for rate in &options.rates {
        group.run(Pace::Count(WARM_UP), options.posters).await?;
        let pace = match rate {
            0 => Pace::Saturation(Duration::from_secs_f64(options.seconds)),
            rate => Pace::Rate(f64::from(*rate), options.seconds),
        };
        let before = cpu_seconds(process)?;
        let run = group.run(pace, options.posters).await?;
        let cpu = cpu_seconds(process)? - before;
        let mode = match rate {
            0 => "saturation".to_owned(),
            rate => format!("{rate}/s offered"),
        };
        println!(
            "{mode:<14} {:>10.1} {:>13.0} {:>23.2} {:>9.1} {:>9.1}",
            run.messages as f64 / run.seconds,
            run.latencies_us.len() as f64 / run.seconds,
            cpu * 1e6 / run.latencies_us.len() as f64,
            run.percentile_ms(50),
            run.percentile_ms(99),
        );
    }
    Ok(())
}

/// `webqq` beside the directory that this example lies in.
fn sibling() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = own.parent().and_then(Path::parent);
    let binary = target.map(|directory| directory.join("webqq"));
    binary
        .filter(|binary| binary.exists())
        .ok_or_else(|| "no webqq beside this program; name it as the argument".into())
}

/// What `webqq seed` made.
struct Seeded {
    tokens: Vec<String>,
    group: String,
}

fn seed(
    binary: &Path,
    store: &[String],
    members: usize,
    directory: &Path,
) -> Result<Seeded, String> {
    let out = directory.join("seeded");
    let members = members.to_string();
    let mut command = Command::new(binary);
    command.arg("seed").args(store).arg("--out").arg(&out);
    command.args(["--groups", "1", "--users", &members, "--members", &members]);
    let status = command.stdout(Stdio::null()).status();
    let status = status.map_err(|error| format!("{}: {error}", binary.display()))?;
    if !status.success() {
        return Err(format!("webqq seed ended with {status}"));
    }
    let text = std::fs::read_to_string(&out).map_err(|error| error.to_string())?;
    let lines: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let texts = |name: &'static str| {
        let lines = lines.iter();
        lines.filter_map(move |line| line[name].as_str().map(str::to_owned))
    };
    Ok(Seeded {
        tokens: texts("token").collect(),
        group: texts("group").next().ok_or("webqq seed made no group")?,
    })
}

/// User and system time of a process so far.
fn cpu_seconds(process: u32) -> Result<f64, String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
    let stat = stat.map_err(|error| format!("the server's times cannot be read: {error}"))?;
    // The name before it is in parentheses and may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse().ok())
        .collect();
    Ok(ticks.iter().sum::<f64>() / TICKS_PER_SECOND)
}
