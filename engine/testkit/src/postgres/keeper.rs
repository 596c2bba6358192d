//! The process that keeps a server, and what it needs: the programs, an account, a directory.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::{ENVIRONMENT, START_ATTEMPTS};

const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];
const KEEPER: &str = include_str!("keeper.sh");
/// Ports below the range from which systems take those of outgoing connections: a stopped server
/// finds its port free again.
const PORTS: std::ops::Range<u64> = 20_000..32_000;

/// The small process that starts and stops the server, and that outlives this one by the moment it
/// takes to stop the server and to remove its files (`keeper.sh`).
#[derive(Debug)]
pub(super) struct Keeper {
    /// The server's directory; its socket and its log are there.
    pub(super) home: PathBuf,
    process: Child,
    /// Closing it ends the keeper; None while that happens.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Keeper {
    pub(super) fn new() -> Self {
        let programs = programs();
        let account = Account::for_the_server();
        let home = home(&account);
        let script = home.join("keeper.sh");
        fs::write(&script, KEEPER)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", script.display()));

        let mut command = account.shell(&format!(
            "exec sh {} {} {}",
            quoted(&script),
            quoted(&programs),
            quoted(&home)
        ));
        // The server's programs read PGDATA, PGPORT and their like.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        let mut process = command
            .env("LC_ALL", "C")
            .current_dir(&home)
            // A Ctrl-C goes to the tests' process group.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start a shell to keep PostgreSQL: {error}"));
        Self {
            commands: process.stdin.take(),
            answers: BufReader::new(process.stdout.take().expect("standard output is piped")),
            process,
            home,
        }
    }

    /// Gives one command and waits for the answer: did it succeed?
    pub(super) fn tell(&mut self, command: &str) -> bool {
        let mut answer = String::new();
        let told = match &mut self.commands {
            Some(commands) => writeln!(commands, "{command}"),
            None => Ok(()),
        };
        told.is_ok() && self.answers.read_line(&mut answer).is_ok() && answer == "ok\n"
    }

    pub(super) fn must(&mut self, command: &str) {
        assert!(
            self.tell(command),
            "PostgreSQL: {command} failed\n{}",
            self.log()
        );
    }

    /// Small, and otherwise as a deployment has it.
    pub(super) fn configure(&self, settings: &[(&str, &str)]) {
        let defaults = [
            ("max_connections", "200"),
            ("shared_buffers", "32MB"),
            ("timezone", "UTC"),
        ];
        let mut text = String::from("\n");
        for (name, value) in defaults.iter().chain(settings) {
            text.push_str(&format!("{name} = '{}'\n", value.replace('\'', "''")));
        }
        fs::OpenOptions::new()
            .append(true)
            .open(self.home.join("data/postgresql.conf"))
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .unwrap_or_else(|error| panic!("cannot configure PostgreSQL: {error}"));
    }

    pub(super) fn start_on_a_free_port(&mut self) -> u16 {
        for _ in 0..START_ATTEMPTS {
            let port = PORTS.start + crate::random() % (PORTS.end - PORTS.start);
            let port = u16::try_from(port).expect("the range of ports fits");
            // Another process may take the port in between: then the next one.
            if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
                && self.tell(&format!("start {port}"))
            {
                return port;
            }
        }
        panic!("PostgreSQL does not start\n{}", self.log());
    }

    /// The end of the server's log.
    pub(super) fn log(&self) -> String {
        let log = fs::read_to_string(self.home.join("server.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.commands = None;
        let _ = self.process.wait();
    }
}

/// Who runs the server: it refuses root.
struct Account {
    /// The words before `sh -c`, none if this process need not change the account.
    prefix: Vec<String>,
    /// User and group that own the server's files, if not this process's.
    owner: Option<(u32, u32)>,
}

impl Account {
    fn for_the_server() -> Self {
        let own = Self {
            prefix: Vec::new(),
            owner: None,
        };
        if number("id", &["-u"]) != Some(0) {
            return own;
        }
        for user in ["postgres", "nobody"] {
            let Some(uid) = number("id", &["-u", user]) else {
                continue;
            };
            let Some(gid) = number("id", &["-g", user]) else {
                continue;
            };
            let ways = [
                format!("setpriv --reuid={uid} --regid={gid} --clear-groups sh -c"),
                format!("runuser -u {user} -- sh -c"),
                format!("su -s /bin/sh {user} -c"),
            ];
            for way in ways {
                let account = Self {
                    prefix: way.split(' ').map(str::to_owned).collect(),
                    owner: Some((uid, gid)),
                };
                let works = account.shell("exit 0").stderr(Stdio::null()).status();
                if works.is_ok_and(|status| status.success()) {
                    return account;
                }
            }
        }
        panic!(
            "PostgreSQL refuses to run as root, and there is no way to become `postgres` or \
             `nobody`: install util-linux (setpriv), run the tests as another user, or set \
             {ENVIRONMENT} to the URL of a server whose user may create databases"
        );
    }

    fn shell(&self, script: &str) -> Command {
        let mut words = self.prefix.iter().map(String::as_str);
        let mut command = match words.next() {
            Some(program) => {
                let mut command = Command::new(program);
                command.args(words);
                command
            }
            None => {
                let mut command = Command::new("sh");
                command.arg("-c");
                command
            }
        };
        command.arg(script).stdin(Stdio::null());
        command
    }
}

/// A directory that only the server's account may enter.
fn home(account: &Account) -> PathBuf {
    let name = format!("webqq-postgres-{}", crate::unique());
    let mut home = std::env::temp_dir().join(&name);
    // The path of a unix socket is short: 107 bytes, 103 on some systems.
    if home.as_os_str().len() > 80 {
        home = Path::new("/tmp").join(name);
    }
    fs::create_dir(&home)
        .and_then(|()| fs::set_permissions(&home, fs::Permissions::from_mode(0o700)))
        .and_then(|()| match account.owner {
            Some((uid, gid)) => chown(&home, Some(uid), Some(gid)),
            None => Ok(()),
        })
        .unwrap_or_else(|error| panic!("cannot make {}: {error}", home.display()));
    home
}

/// The directory of PostgreSQL's server programs; distributions keep it off the search path.
fn programs() -> PathBuf {
    let asked = Command::new("pg_config").arg("--bindir").output();
    let asked = asked.ok().map(|output| {
        let text = String::from_utf8_lossy(&output.stdout);
        PathBuf::from(text.trim())
    });

    let mut packaged: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_string_lossy().parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    packaged.sort_by_key(|(version, _)| std::cmp::Reverse(*version));

    let path = std::env::var_os("PATH").unwrap_or_default();
    asked
        .into_iter()
        .chain(packaged.into_iter().map(|(_, directory)| directory))
        .chain(std::env::split_paths(&path))
        .find(|directory| PROGRAMS.iter().all(|name| directory.join(name).is_file()))
        .unwrap_or_else(|| {
            panic!(
                "PostgreSQL's server programs (initdb, pg_ctl, postgres) are not here. Install \
                 them (Debian, Ubuntu: `apt-get install postgresql`), or set {ENVIRONMENT} to the \
                 URL of a server whose user may create databases"
            )
        })
}

fn number(program: &str, arguments: &[&str]) -> Option<u32> {
    let output = Command::new(program).args(arguments).output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

/// For a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}
