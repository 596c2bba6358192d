//! Whose files they are: a directory belongs to one log, whatever happens to its database, and a
//! server with another log does not touch it.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use webqq_testkit::http::Client;
use webqq_testkit::postgres::{Database, cluster};
use webqq_testkit::server::Server;
use webqq_testkit::temp_dir::TempDir;

use crate::place::{BINARY, Person, Place, noise, text};
use crate::program::{fine, sentence};

const MARK: &str = "belongs-to-log";
/// Longer than a server needs for its first sweep.
const SWEPT: Duration = Duration::from_secs(7);

/// What another log is kept in.
struct Other {
    database: Option<Database>,
    directory: TempDir,
}

impl Other {
    fn sqlite() -> Self {
        Self {
            database: None,
            directory: TempDir::new("other"),
        }
    }

    fn postgres() -> Self {
        Self {
            database: Some(cluster().database()),
            ..Self::sqlite()
        }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    /// For `--store`.
    fn store(&self) -> String {
        match &self.database {
            Some(database) => database.url().to_owned(),
            None => format!("sqlite:{}", self.path("other.db")),
        }
    }
}

/// The sentence of a server that does not start.
#[track_caller]
fn refused(options: &[&str]) -> String {
    let problem = Server::try_start(BINARY, options).expect_err("it started");
    assert!(problem.contains("exit status: 1"), "{problem}");
    let sentence = problem.lines().last().unwrap_or_default();
    let sentence = sentence.strip_prefix("webqq: ").expect(&problem);
    assert!(sentence.ends_with('.'), "{sentence}");
    sentence.to_owned()
}

/// A server whose file is old enough to be swept by who does not know it; the file.
fn with_a_file(options: &[&str]) -> (Place, Person, Value) {
    let place = Place::start(options);
    let ann = place.person("ann");
    let file = place.upload(&ann, "kept", &noise(200_000, 1));
    let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    for path in place.stored() {
        let file = fs::File::options().append(true).open(path).unwrap();
        file.set_modified(yesterday).unwrap();
    }
    (place, ann, file)
}

/// The file is there, asked for at `server`.
#[track_caller]
fn there(server: &Server, person: &Person, file: &Value) {
    let path = format!("/api/files/{}", text(&file["id"]));
    let mut client = Client::new(server.addr()).bearer(&person.token);
    let body = client.get(&path).unwrap().expect(200).body;
    assert!(body == noise(200_000, 1));
}

fn another_log_is_kept_out(options: &[&str], other: &Other) {
    let (mut place, ann, file) = with_a_file(options);
    place.server.terminate();
    place.server.wait_exit(Duration::from_secs(10)).unwrap();
    let (data, store) = (place.data.path().display().to_string(), other.store());
    let said = refused(&["--data", &data, "--store", &store]);
    for part in ["belong to another database", MARK, "--files"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    // With a place of its own it starts, and does not get the first one's afterwards.
    let own = other.path("files");
    let arguments = ["--data", &data, "--store", &store, "--files", &own];
    drop(Server::start(BINARY, &arguments));
    refused(&["--data", &data, "--store", &store]);
    place.server.restart();
    there(&place.server, &ann, &file);
    // A past that was changed is the same log's.
    place.server.kill();
    fine(
        &[&["db", "new-epoch", "--data", &data], options].concat(),
        "",
    );
    place.server.restart();
    std::thread::sleep(SWEPT);
    there(&place.server, &ann, &file);
    place.check_alive();
}

#[test]
fn another_log_is_kept_out_with_sqlite() {
    another_log_is_kept_out(&[], &Other::postgres());
}

#[test]
fn another_log_is_kept_out_with_postgres() {
    let database = cluster().database();
    another_log_is_kept_out(&["--store", database.url()], &Other::sqlite());
}

#[test]
fn a_copy_of_the_log_waits_until_its_server_has_stopped() {
    let (mut place, ann, file) = with_a_file(&[]);
    let data = place.data.path().display().to_string();
    let copy = place.data.path().join("copy.db").display().to_string();
    fine(&["backup", &copy, "--data", &data], "");
    // What came after the copy, and looks old: a server on the copy would take it away.
    let late = place.upload(&ann, "late", &noise(100_000, 2));
    let store = format!("sqlite:{copy}");
    let arguments = ["--data", &data, "--store", &store];
    let said = refused(&arguments);
    assert!(said.contains("another server uses the files"), "{said}");
    there(&place.server, &ann, &file);
    place.server.kill();
    // Restored, it is the same log.
    let restored = Server::start(BINARY, &arguments);
    there(&restored, &ann, &file);
    drop(restored);
    place.server.restart();
    let _ = place.download(&ann, &late).expect(200);
    place.check_alive();
}

fn a_log_that_moved_has_its_files(options: &[&str], other: &Other, third: &Other) {
    let (mut place, ann, file) = with_a_file(options);
    place.server.kill();
    let data = place.data.path().display().to_string();
    let (store, export) = (other.store(), other.path("export"));
    fine(
        &[&["export", &export, "--data", &data], options].concat(),
        "",
    );
    // To the other sort of store, over the same directory.
    let arguments = ["--data", &data, "--store", &store];
    fine(&[&["import", &export], &arguments[..]].concat(), "");
    let server = Server::start(BINARY, &arguments);
    there(&server, &ann, &file);
    drop(server);
    // To one that a server was started on before it was filled, with a directory of its own.
    let (store, own) = (third.store(), third.path("files"));
    let arguments = ["--data", &data, "--store", &store, "--files", &own];
    drop(Server::start(BINARY, &arguments));
    let foreign = other.path("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(
        format!("{foreign}/{MARK}"),
        "0123456789abcdef0123456789abcdef\n",
    )
    .unwrap();
    let wrong = [
        &["import", &export],
        &arguments[..4],
        &["--files", &foreign],
    ]
    .concat();
    let said = sentence(&wrong, "");
    assert!(said.contains("belong to another database"), "{said}");
    fine(&[&["import", &export], &arguments[..]].concat(), "");
    let server = Server::start(BINARY, &arguments);
    there(&server, &ann, &file);
    let foreign: Vec<_> = fs::read_dir(foreign).unwrap().collect();
    assert_eq!(foreign.len(), 1, "nothing was put there");
}

#[test]
fn a_log_that_moved_from_sqlite_has_its_files() {
    a_log_that_moved_has_its_files(&[], &Other::postgres(), &Other::postgres());
}

#[test]
fn a_log_that_moved_from_postgres_has_its_files() {
    let database = cluster().database();
    let options = ["--store", database.url()];
    a_log_that_moved_has_its_files(&options, &Other::sqlite(), &Other::sqlite());
}
