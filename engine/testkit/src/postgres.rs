//! A private PostgreSQL server for tests.
//!
//! [`cluster`] starts one server per test process (about a second), or uses the one that the
//! environment variable `WEBQQ_TEST_POSTGRES` names. Every test takes a fresh [`Database`] from it.
//! A test that stops or crashes the server takes [`Cluster::private`] instead.
//!
//! The server runs with `fsync` and `synchronous_commit` on, as a deployment does: a test of
//! durability against a server that cheats shows nothing.

mod keeper;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use ::postgres::config::Host;
use ::postgres::{Client, Config, NoTls};

use keeper::Keeper;

/// A PostgreSQL URL of a database, with a user who may create others. If it is set, [`cluster`] uses
/// that server.
pub const ENVIRONMENT: &str = "WEBQQ_TEST_POSTGRES";

const START_ATTEMPTS: u32 = 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The server that all tests of this process share; started at the first call.
///
/// # Panics
/// When there is no PostgreSQL to start, saying what to install.
pub fn cluster() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| match std::env::var(ENVIRONMENT) {
        Ok(url) if !url.is_empty() => Cluster::given(url),
        _ => Cluster {
            shared: true,
            ..Cluster::private()
        },
    })
}

/// A running PostgreSQL server.
#[derive(Debug)]
pub struct Cluster {
    /// URL of any database of this server; the others are made from it.
    base: String,
    /// None if the server that was given listens on a unix socket only.
    address: Option<SocketAddr>,
    /// None if the server was given: then it is not ours to stop.
    keeper: Option<Mutex<Keeper>>,
    /// Others would be surprised by a stop.
    shared: bool,
}

/// How a server ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopMode {
    /// Rolls back what is open, closes all connections, writes a checkpoint.
    Fast,
    /// Closes all connections at once, no checkpoint: the next start recovers from the log.
    Immediate,
    /// SIGKILL for every process of the server, as in a crash of the machine.
    Kill,
}

impl Cluster {
    /// A server of this test's own, on a unix socket and on a TCP port of 127.0.0.1. Dropping it
    /// stops it and removes its files.
    ///
    /// # Panics
    /// When there is no PostgreSQL to start, saying what to install.
    #[must_use]
    pub fn private() -> Self {
        Self::private_with(&[])
    }

    /// Like [`Cluster::private`], with settings of `postgresql.conf` (`("fsync", "off")`).
    ///
    /// # Panics
    /// When there is no PostgreSQL to start, or when it does not start with these settings.
    #[must_use]
    pub fn private_with(settings: &[(&str, &str)]) -> Self {
        let mut keeper = Keeper::new();
        keeper.must("init");
        keeper.configure(settings);
        let port = keeper.start_on_a_free_port();
        let base = format!(
            "postgres://postgres@{}:{port}/postgres",
            percent_encoded(&keeper.home.to_string_lossy())
        );
        Self {
            base,
            address: Some((Ipv4Addr::LOCALHOST, port).into()),
            keeper: Some(Mutex::new(keeper)),
            shared: false,
        }
    }

    fn given(url: String) -> Self {
        let config: Config = url
            .parse()
            .unwrap_or_else(|error| panic!("{ENVIRONMENT} is not a PostgreSQL URL: {error}"));
        assert!(
            url.contains("://") && !url.contains("host="),
            "{ENVIRONMENT} must be a URL that names its host before the path"
        );
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let address = match config.get_hosts().first() {
            Some(Host::Tcp(name)) => (name.as_str(), port)
                .to_socket_addrs()
                .ok()
                .and_then(|mut addresses| addresses.next()),
            _ => None,
        };
        Self {
            base: url,
            address,
            keeper: None,
            shared: true,
        }
    }

    /// A fresh, empty database with a name of its own, dropped with the value.
    ///
    /// # Panics
    /// When the server refuses, for instance because it was stopped.
    #[must_use]
    pub fn database(&self) -> Database {
        let name = format!("webqq_test_{}", crate::unique());
        administrate(&self.base, |client| {
            client.batch_execute(&format!("create database {name} template template0"))
        })
        .unwrap_or_else(|error| panic!("cannot create a test database: {}", told(&error)));
        Database {
            url: located(&self.base, None, &name),
            address: self.address,
            base: self.base.clone(),
            name,
        }
    }

    /// Ends every connection to a database, as an administrator or a failover would.
    /// Returns how many there were.
    ///
    /// # Panics
    /// When the server cannot be asked.
    pub fn kill_backends(&self, database: &str) -> usize {
        let ended = administrate(&self.base, |client| {
            client.query(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1",
                &[&database],
            )
        });
        ended
            .unwrap_or_else(|error| panic!("cannot end the connections: {}", told(&error)))
            .len()
    }

    /// Stops a private server. Its databases stay for the next [`Cluster::start`].
    ///
    /// # Panics
    /// On a shared server, and when stopping fails.
    pub fn stop(&self, mode: StopMode) {
        self.with_keeper(|keeper| {
            keeper.must(match mode {
                StopMode::Fast => "stop fast",
                StopMode::Immediate => "stop immediate",
                StopMode::Kill => "kill",
            });
        });
    }

    /// Starts a private server again, where it was before. Returns when it takes connections.
    ///
    /// # Panics
    /// On a shared server, and when it does not start.
    pub fn start(&self) {
        let port = self.address.map_or(0, |address| address.port());
        self.with_keeper(|keeper| {
            for _ in 0..START_ATTEMPTS {
                if keeper.tell(&format!("start {port}")) {
                    return;
                }
                thread::sleep(Duration::from_millis(200));
            }
            panic!("PostgreSQL does not start again\n{}", keeper.log());
        });
    }

    /// [`Cluster::stop`] and [`Cluster::start`].
    ///
    /// # Panics
    /// As those two.
    pub fn restart(&self, mode: StopMode) {
        self.stop(mode);
        self.start();
    }

    fn with_keeper(&self, work: impl FnOnce(&mut Keeper)) {
        assert!(
            !self.shared,
            "other tests use this server too: take Cluster::private() to stop one"
        );
        let keeper = self.keeper.as_ref();
        let keeper = keeper.expect("a server that is not shared has a keeper");
        work(&mut keeper.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A database of one test. Dropping it drops the database, connections or not.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
    address: Option<SocketAddr>,
    base: String,
}

impl Database {
    /// Its name on the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// URL over the unix socket (of a server that was given: as it was given).
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// URL over TCP.
    ///
    /// # Panics
    /// As [`Database::tcp_address`].
    #[must_use]
    pub fn tcp_url(&self) -> String {
        self.url_through(self.tcp_address())
    }

    /// URL over TCP through another address: that of a [`TcpProxy`](crate::tcp_proxy::TcpProxy).
    #[must_use]
    pub fn url_through(&self, address: SocketAddr) -> String {
        located(&self.base, Some(address), &self.name)
    }

    /// Where the server listens: the upstream for a proxy.
    ///
    /// # Panics
    /// When the server that was given listens on a unix socket only.
    #[must_use]
    pub fn tcp_address(&self) -> SocketAddr {
        self.address
            .unwrap_or_else(|| panic!("the server that {ENVIRONMENT} names has no TCP address"))
    }

    /// A connection over [`Database::url`]. It has a runtime of its own: using or dropping it inside
    /// an async runtime panics. There, use [`Database::run`].
    ///
    /// # Panics
    /// When the server refuses.
    #[must_use]
    pub fn client(&self) -> Client {
        connect(&self.url).unwrap_or_else(|error| panic!("cannot connect: {}", told(&error)))
    }

    /// Carries out `work` with a connection of its own, on a thread of its own, so that it may be
    /// called from everywhere.
    ///
    /// # Panics
    /// When the server refuses the connection or `work` panics.
    pub fn run<T: Send>(&self, work: impl FnOnce(&mut Client) -> T + Send) -> T {
        administrate(&self.url, |client| Ok(work(client)))
            .unwrap_or_else(|error| panic!("cannot connect: {}", told(&error)))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The server may be gone or stopped: then its files go with it.
        let _ = administrate(&self.base, |client| {
            client.batch_execute(&format!(
                "drop database if exists {} with (force)",
                self.name
            ))
        });
    }
}

fn connect(url: &str) -> Result<Client, ::postgres::Error> {
    let mut config: Config = url.parse()?;
    config.connect_timeout(CONNECT_TIMEOUT).connect(NoTls)
}

/// The client's errors say "db error" and keep what the server said to themselves.
fn told(error: &::postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Runs `work` on a thread of its own: the synchronous client cannot be used inside a runtime, and
/// tests take databases there.
fn administrate<T: Send>(
    url: &str,
    work: impl FnOnce(&mut Client) -> Result<T, ::postgres::Error> + Send,
) -> Result<T, ::postgres::Error> {
    thread::scope(|scope| {
        let done = scope.spawn(|| connect(url).and_then(|mut client| work(&mut client)));
        done.join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// `base` with another database, and at another address if one is given.
fn located(base: &str, address: Option<SocketAddr>, database: &str) -> String {
    let (scheme, rest) = base.split_once("://").unwrap_or(("postgres", base));
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, format!("?{query}")),
        None => (rest, String::new()),
    };
    let authority = rest
        .split_once('/')
        .map_or(rest, |(authority, _)| authority);
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (format!("{user}@"), host),
        None => (String::new(), authority),
    };
    let host = address.map_or_else(|| host.to_owned(), |address| address.to_string());
    format!("{scheme}://{user}{host}/{database}{query}")
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
