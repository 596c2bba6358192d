//! What SQLite promises beyond the contract: files, locks, restarts.

use std::path::Path;
use std::time::{Duration, Instant};

use webqq_engine::store::sqlite::{Access, SqliteStore};
use webqq_testkit::temp_dir::TempDir;

use super::*;

/// A log in a new directory.
pub(crate) fn log() -> Log {
    let directory = TempDir::new("store");
    let path = directory.path().join("new").join("webqq.db");
    open(&path, Access::Writer, directory)
}

fn open(path: &Path, access: Access, keeps: impl Any + Send + Sync) -> Log {
    let store = Arc::new(SqliteStore::open(path, access).unwrap());
    let hook = store.clone();
    Log::new(store, keeps).failing(move |fail| hook.fail_next_commit(fail))
}

fn refusal(path: &Path, access: Access) -> StoreError {
    match SqliteStore::open(path, access) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

/// Everything is there after a restart, and the log goes on where it was.
#[tokio::test]
async fn a_restart_keeps_everything() {
    let directory = TempDir::new("store");
    let path = directory.path().join("webqq.db");
    let log = open(&path, Access::Writer, ());
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    log.post(group, ann, "hello").await;
    let session = log.session(bob, 1).await.to_string();
    let before = (
        log.store.head().await.unwrap(),
        log.store.secret().await.unwrap(),
        log.feed(bob, Position(0)).await,
        log.store.session(&session).await.unwrap(),
        log.store.conversation(group).await.unwrap(),
    );
    log.store.close().await;
    let names: Vec<_> = std::fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".lock"))
        .collect();
    assert_eq!(names, ["webqq.db"], "one file holds everything");

    let log = open(&path, Access::Writer, ());
    let after = (
        log.store.head().await.unwrap(),
        log.store.secret().await.unwrap(),
        log.feed(bob, Position(0)).await,
        log.store.session(&session).await.unwrap(),
        log.store.conversation(group).await.unwrap(),
    );
    assert_eq!(after, before);
    let last = log.store.resolve(before.0.batch).await.unwrap().unwrap();
    assert_eq!(words(&last), ["done"]);
    log.post(group, ann, "again").await;
}

/// What was acknowledged is in the files at that moment: a copy of them, as a crash would leave
/// them, has it.
#[tokio::test]
async fn a_crash_keeps_what_was_acknowledged() {
    let directory = TempDir::new("store");
    let path = directory.path().join("webqq.db");
    let log = open(&path, Access::Writer, ());
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    for at in 0..5 {
        log.post(group, ann, "hello").await;
        let crashed = directory.path().join(format!("crashed{at}.db"));
        for end in ["", "-wal"] {
            let name = |path: &Path| format!("{}{end}", path.display());
            std::fs::copy(name(&path), name(&crashed)).unwrap();
        }
        let copy = open(&crashed, Access::Writer, ());
        assert_eq!(copy.seqs_in_feed(ann, group).await.len(), 2 + at);
        assert_eq!(
            copy.store.head().await.unwrap(),
            log.store.head().await.unwrap()
        );
    }
}

/// One writer; others read, and write what needs no place in the log.
#[tokio::test]
async fn one_writer() {
    let directory = TempDir::new("store");
    let path = directory.path().join("webqq.db");
    let log = open(&path, Access::Writer, ());
    let second = refusal(&path, Access::Writer);
    assert!(matches!(second, StoreError::Locked(_)), "{second}");

    let beside = open(&path, Access::Beside, ());
    let ann = log.user("ann").await;
    assert!(beside.store.credentials("ann").await.unwrap().is_some());
    let numbered = beside.batch(vec![]).await;
    let refused = beside.store.commit(&numbered).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "{refused:?}"
    );
    let promotion = Batch {
        number: None,
        entries: vec![Act::by_command(
            Deed::SetAdministrator {
                user: ann,
                administrator: true,
            },
            1,
        )],
        bounds: Bounds::default(),
    };
    let outcomes = beside.store.commit(&promotion).await.unwrap();
    assert_eq!(words(&outcomes), ["done"]);
    beside.store.close().await;
    assert!(log.store.users(&[ann]).await.unwrap()[0].administrator);
    assert_eq!(log.store.head().await.unwrap().access_version, 1);
    // The server goes on, the number of its next batch unchanged.
    log.group(ann, "group").await;

    log.store.close().await;
    drop(open(&path, Access::Writer, ()));
    // A store that is merely dropped gives the lock up as soon as its thread has ended.
    webqq_testkit::eventually(Duration::from_secs(5), "the lock", || {
        SqliteStore::open(&path, Access::Writer).is_ok()
    });
}

/// Two commands and a server may write at once: each waits for the others.
#[tokio::test(flavor = "multi_thread")]
async fn commands_wait_for_the_server() {
    let directory = TempDir::new("store");
    let path = directory.path().join("webqq.db");
    let log = open(&path, Access::Writer, ());
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let commands: Vec<_> = (0..2)
        .map(|command| {
            let beside = open(&path, Access::Beside, ());
            tokio::spawn(async move {
                for at in 0..20 {
                    let batch = Batch {
                        number: None,
                        entries: vec![Entry::CreateUser(new_user(&format!("c{command}-{at}")))],
                        bounds: Bounds::default(),
                    };
                    let outcomes = beside.store.commit(&batch).await.unwrap();
                    assert_eq!(words(&outcomes), ["done"]);
                }
            })
        })
        .collect();
    for _ in 0..40 {
        log.post(group, ann, "hello").await;
    }
    for command in commands {
        command.await.unwrap();
    }
    let head = log.store.head().await.unwrap();
    assert_eq!(
        (head.position.0, head.batch, head.access_version),
        (41, 42, 40)
    );
    let users = log.store.find_users("c", 99).await.unwrap();
    let numbers: BTreeSet<_> = users.iter().map(|user| user.number).collect();
    assert_eq!((users.len(), numbers.len()), (40, 40));
}

/// While somebody else holds the database, commits fail within five seconds and reads go on;
/// then the head says what became of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_held_is_unavailable() {
    let directory = TempDir::new("store");
    let path = directory.path().join("webqq.db");
    let log = open(&path, Access::Writer, ());
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let holder = rusqlite::Connection::open(&path).unwrap();
    holder.execute_batch("begin immediate").unwrap();
    let batch = log
        .batch(vec![Entry::Append(say(group, 1, ann, "hello"))])
        .await;
    let number = batch.number.unwrap();
    let begun = Instant::now();
    let commit = log.store.commit(&batch).await;
    assert!(
        matches!(commit, Err(StoreError::Unavailable(_))),
        "{commit:?}"
    );
    assert!(begun.elapsed() < Duration::from_millis(5_500));
    assert_eq!(log.seqs_in_feed(ann, group).await, [1]);
    holder.execute_batch("rollback").unwrap();
    let resolved = log.store.resolve(number).await.unwrap();
    if resolved.is_none() {
        let outcomes = log.store.commit(&batch).await.unwrap();
        assert_eq!(words(&outcomes), ["appended"]);
    }
    assert_eq!(log.seqs_in_feed(ann, group).await, [1, 2]);
}

/// What is not ours is not touched: a database of another version, a file that is none, a
/// directory in the way.
#[tokio::test]
async fn what_is_not_ours_is_unusable() {
    let directory = TempDir::new("store");
    let path = directory.path().join("webqq.db");
    let log = open(&path, Access::Writer, ());
    log.store.close().await;
    let connection = rusqlite::Connection::open(&path).unwrap();
    let newer = "update head set schema_version = 99; drop table kind_states";
    connection.execute_batch(newer).unwrap();
    let refused = refusal(&path, Access::Writer);
    assert!(matches!(refused, StoreError::Unusable(_)), "{refused}");
    let made = "select count(*) from sqlite_schema where name = 'kind_states'";
    let made: i64 = connection.query_row(made, [], |row| row.get(0)).unwrap();
    assert_eq!(made, 0, "nothing was changed");

    let text = directory.path().join("text.db");
    std::fs::write(
        &text,
        "not a database, but long enough to be looked at\n".repeat(99),
    )
    .unwrap();
    let refused = refusal(&text, Access::Beside);
    assert!(matches!(refused, StoreError::Unusable(_)), "{refused}");
    let refused = refusal(directory.path(), Access::Beside);
    assert!(matches!(refused, StoreError::Unusable(_)), "{refused}");
}

/// Passwords' hashes and the log's secret are for the owner of the file only.
#[cfg(unix)]
#[tokio::test]
async fn files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let directory = TempDir::new("store");
    let path = directory.path().join("webqq.db");
    let log = open(&path, Access::Writer, ());
    log.user("ann").await;
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", entry.file_name());
    }
}
