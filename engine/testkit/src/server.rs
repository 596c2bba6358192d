//! The server's binary as a child process, for black-box tests.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::temp_dir::TempDir;

/// How long a server may take to say that it listens: the wait for another one's writer lock
/// included.
const START_TIMEOUT: Duration = Duration::from_secs(30);
const GREETING: &str = "listening on http://";
const LISTEN: &str = "--listen";

/// A running server. Killed when dropped; if the test fails, its log is printed.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    arguments: Vec<OsString>,
    process: Child,
    address: SocketAddr,
    log: PathBuf,
    /// Holds the log.
    _directory: TempDir,
}

impl Server {
    /// Starts `binary` with `arguments` and returns when it listens. Without a `--listen` among the
    /// arguments it gets a free port of 127.0.0.1. Variables `WEBQQ_…` of the test's environment are
    /// kept from it.
    ///
    /// # Panics
    /// When it does not start; see [`Server::try_start`].
    #[must_use]
    pub fn start<A: Into<OsString> + Clone>(binary: impl AsRef<Path>, arguments: &[A]) -> Self {
        Self::try_start(binary, arguments).unwrap_or_else(|problem| panic!("{problem}"))
    }

    /// Like [`Server::start`], for servers that are expected to refuse.
    ///
    /// # Errors
    /// When it ends, or says something else first, or nothing within 30 s: a sentence, with its log.
    /// Then it does not run any more.
    ///
    /// # Panics
    /// When the program is not there.
    pub fn try_start<A: Into<OsString> + Clone>(
        binary: impl AsRef<Path>,
        arguments: &[A],
    ) -> Result<Self, String> {
        let mut arguments: Vec<OsString> = arguments.iter().cloned().map(Into::into).collect();
        if !arguments.iter().any(|argument| argument == LISTEN) {
            arguments.extend([LISTEN.into(), "127.0.0.1:0".into()]);
        }
        let directory = TempDir::new("server");
        let log = directory.path().join("log");
        let (process, address) = launch(binary.as_ref(), &arguments, &log)?;
        Ok(Self {
            binary: binary.as_ref().to_owned(),
            arguments,
            process,
            address,
            log,
            _directory: directory,
        })
    }

    /// `http://ADDRESS:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// What it has written to standard error so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// SIGKILL: ends at once, with nothing written. Returns when it is gone.
    pub fn kill(&mut self) {
        // It may have ended before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// SIGTERM: asks for a clean stop; [`Server::wait_exit`] sees it through.
    ///
    /// # Panics
    /// When there is no such process.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Any signal by its name: `STOP` and `CONT` make a server that hangs.
    ///
    /// # Panics
    /// When there is no such process.
    pub fn signal(&self, name: &str) {
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -s \"$1\" \"$2\"", "sh", name]);
        let status = kill.arg(self.pid().to_string()).status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "cannot send SIG{name} to the server"
        );
    }

    /// Waits for its end. None if it still runs after `timeout`.
    pub fn wait_exit(&mut self, timeout: Duration) -> Option<ExitStatus> {
        wait(&mut self.process, timeout)
    }

    /// Starts it again with the same arguments on the same port, killing it first if it runs:
    /// clients find it where it was. The log goes on.
    ///
    /// # Panics
    /// As [`Server::start`].
    pub fn restart(&mut self) {
        self.kill();
        for place in 1..self.arguments.len() {
            if self.arguments[place - 1] == LISTEN {
                self.arguments[place] = self.address.to_string().into();
            }
        }
        (self.process, self.address) = launch(&self.binary, &self.arguments, &self.log)
            .unwrap_or_else(|problem| panic!("{problem}"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            eprintln!("--- log of the server:\n{}--- end of the log", self.log());
        }
    }
}

fn launch(
    binary: &Path,
    arguments: &[OsString],
    log: &Path,
) -> Result<(Child, SocketAddr), String> {
    let file = File::options().create(true).append(true).open(log);
    let file = file.unwrap_or_else(|error| panic!("cannot open {}: {error}", log.display()));
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WEBQQ_") {
            command.env_remove(name);
        }
    }
    let mut process = command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(file)
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {}: {error}", binary.display()));

    let output = process.stdout.take().expect("standard output is piped");
    let (told, greeting) = sync_channel(1);
    thread::spawn(move || {
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        if let Some(line) = lines.next() {
            let _ = told.send(line);
        }
        // Whatever else it says is read, so that a full pipe never halts it.
        lines.for_each(drop);
    });
    let problem = match greeting.recv_timeout(START_TIMEOUT) {
        Ok(line) => match line.strip_prefix(GREETING).map(str::parse) {
            Some(Ok(address)) => return Ok((process, address)),
            _ => format!("its first line is {line:?}, not \"{GREETING}ADDRESS:PORT\""),
        },
        Err(RecvTimeoutError::Timeout) => format!("it does not listen after {START_TIMEOUT:?}"),
        Err(RecvTimeoutError::Disconnected) => match wait(&mut process, START_TIMEOUT) {
            Some(status) => format!("it ended with {status}"),
            None => "it closed its standard output".to_owned(),
        },
    };
    let _ = process.kill();
    let _ = process.wait();
    let log = fs::read_to_string(log).unwrap_or_default();
    Err(format!(
        "{} did not start: {problem}\n{log}",
        binary.display()
    ))
}

fn wait(process: &mut Child, timeout: Duration) -> Option<ExitStatus> {
    let begun = Instant::now();
    loop {
        match process.try_wait() {
            Ok(None) if begun.elapsed() < timeout => thread::sleep(Duration::from_millis(5)),
            Ok(status) => return status,
            Err(error) => panic!("cannot wait for the server: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);
    const MOMENT: Duration = Duration::from_millis(100);

    /// A shell in the part of the server: `sh -c SCRIPT server --listen ADDRESS`.
    fn play(script: &str) -> Result<Server, String> {
        let listen = ["--listen", "127.0.0.1:4711"];
        Server::try_start(
            "/bin/sh",
            &[&["-c", script, "server"], &listen[..]].concat(),
        )
    }

    const PLAIN: &str = "echo working >&2; echo \"listening on http://$2\"; trap 'exit 7' TERM; while :; do sleep 0.02; done";

    #[test]
    fn says_where_it_listens_and_stops_when_asked() {
        let mut server = play(PLAIN).unwrap();
        assert_eq!(server.url(), "http://127.0.0.1:4711");
        assert_eq!(server.log(), "working\n");
        assert_eq!(server.wait_exit(MOMENT), None);
        // The greeting comes before the trap is set.
        thread::sleep(MOMENT);
        server.terminate();
        let status = server.wait_exit(PATIENCE).expect("it was asked to end");
        assert_eq!(status.code(), Some(7));
    }

    #[test]
    fn starts_again_after_a_kill() {
        let mut server = play(PLAIN).unwrap();
        let first = server.pid();
        server.kill();
        server.restart();
        assert_ne!(server.pid(), first);
        assert_eq!(server.log(), "working\nworking\n");
        server.signal("STOP");
        assert_eq!(server.wait_exit(MOMENT), None);
    }

    #[test]
    fn a_failed_start_shows_the_log() {
        let problem = play("echo the disk is on fire >&2; exit 3").unwrap_err();
        assert!(
            problem.contains("it ended with exit status: 3"),
            "{problem}"
        );
        assert!(problem.contains("the disk is on fire"), "{problem}");
    }

    #[test]
    fn a_wrong_greeting_is_a_failed_start() {
        let problem = play("echo hello; exec sleep 60").unwrap_err();
        assert!(problem.contains("its first line is \"hello\""), "{problem}");
    }
}
