//! Transfers that stop half-way: nothing half-written looks whole.

use std::fs;
use std::path::Path;

use webqq_engine::store::sqlite::SqliteTransfer;
use webqq_engine::transfer::export::export;
use webqq_engine::transfer::import::{check, import};
use webqq_engine::transfer::manifest::Mark;
use webqq_engine::transfer::row::{Row, Value};
use webqq_engine::transfer::schema::Table;
use webqq_engine::transfer::{Progress, Result as Moved, Source, Target, TransferError, Underway};
use webqq_testkit::temp_dir::TempDir;

use super::transfer::Place;
use super::*;

/// A store with a few users, a group and messages, and its export.
pub(super) async fn exported() -> (Place, TempDir) {
    let place = Place::sqlite();
    let log = Log::new(place.open().await.unwrap(), ());
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    log.session(ann, 7).await;
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    let direct = log.direct(ann, bob).await;
    for at in 0..20 {
        log.post(group, bob, &format!("text {at}")).await;
    }
    log.post(direct, ann, "hello").await;
    log.store.close().await;
    let directory = TempDir::new("export");
    place.export(&directory.path().join("it")).unwrap();
    (place, directory)
}

/// Fails after so many calls.
struct Failing<T> {
    inner: T,
    calls: usize,
    /// A table whose first row is given out twice.
    twice: Option<&'static str>,
    /// What becomes of rows on their way into the store.
    spoil: fn(&Table, &mut Vec<Row>),
}

fn failing<T>(inner: T, calls: usize) -> Failing<T> {
    Failing {
        inner,
        calls,
        twice: None,
        spoil: |_, _| {},
    }
}

impl<T> Failing<T> {
    fn call(&mut self) -> Moved<&mut T> {
        self.calls = self
            .calls
            .checked_sub(1)
            .ok_or_else(|| TransferError::Store(StoreError::Unavailable("pulled out".into())))?;
        Ok(&mut self.inner)
    }
}

impl<T: Source> Source for Failing<T> {
    fn mark(&mut self) -> Moved<Mark> {
        self.inner.mark()
    }
    fn count(&mut self, table: &Table) -> Moved<u64> {
        let more = u64::from(self.twice == Some(&table.name));
        Ok(self.inner.count(table)? + more)
    }
    fn rows(&mut self, table: &Table, after: Option<&[Value]>, _: usize) -> Moved<Vec<Row>> {
        let twice = self.twice == Some(&table.name) && after.is_none();
        let mut rows = self.call()?.rows(table, after, 3)?;
        if twice {
            // Another key, and what must be unique the same.
            let mut again = rows[0].clone();
            again[0] = Value::Id(Uuid::nil());
            rows.insert(0, again);
        }
        Ok(rows)
    }
}

impl<T: Target> Target for Failing<T> {
    fn underway(&mut self) -> Moved<Option<Underway>> {
        self.inner.underway()
    }
    fn begin(&mut self, export: &str) -> Moved<()> {
        self.inner.begin(export)
    }
    fn insert(&mut self, table: &Table, rows: &[Row], segments: u64) -> Moved<()> {
        let mut rows = rows.to_vec();
        (self.spoil)(table, &mut rows);
        self.call()?.insert(table, &rows, segments)
    }
    fn finish(&mut self, epoch: webqq_engine::ids::Epoch) -> Moved<()> {
        self.call()?.finish(epoch)
    }
}

/// Keeps what was noted.
#[derive(Default)]
struct Notes(Vec<String>);

impl Progress for Notes {
    fn begin(&mut self, _: &str, _: u64, _: u64) {}
    fn step(&mut self, _: u64) {}
    fn end(&mut self) {}
    fn note(&mut self, sentence: &str) {
        self.0.push(sentence.into());
    }
}

fn no_files() -> &'static Path {
    Path::new("nowhere")
}

pub(crate) async fn an_export_goes_on_where_it_stopped() {
    let (place, directory) = exported().await;
    let log = Log::new(place.open().await.unwrap(), ());
    log.user("clara").await;
    let (place, directory) = tokio::task::spawn_blocking(move || {
        let expected = place.sums();
        let to = directory.path().join("pieces");
        // Two, three, … pages, until one is whole.
        for pages in 2.. {
            let mut source = failing(place.source(), pages);
            let mut notes = Notes::default();
            let done = export(&mut source, no_files(), &to, "now".into(), &mut notes);
            assert_eq!(notes.0.len(), usize::from(pages > 2), "{:?}", notes.0);
            match done {
                Ok(exported) => {
                    assert_eq!(exported.sha256, expected.1);
                    assert!(pages > 8, "{pages}");
                    break;
                }
                Err(error) => {
                    assert!(error.to_string().contains("pulled out"), "{error}");
                    assert!(
                        check(&to, &mut ())
                            .unwrap_err()
                            .to_string()
                            .contains("not complete")
                    );
                }
            }
        }
        check(&to, &mut ()).unwrap();
        // A whole one is not written over, nor anything else.
        let again = place.export(&to).unwrap_err().to_string();
        assert!(again.contains("complete"), "{again}");
        let other = directory.path().join("other");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("letter.txt"), "dear").unwrap();
        let error = place.export(&other).unwrap_err().to_string();
        assert!(error.contains("other files"), "{error}");
        // A file that was damaged in between is written again, with all after it.
        let damaged = directory.path().join("damaged");
        let mut source = failing(place.source(), 9);
        export(&mut source, no_files(), &damaged, "now".into(), &mut ()).unwrap_err();
        let users = damaged.join("users-000001.jsonl");
        let text = fs::read_to_string(&users).unwrap();
        fs::write(&users, text.replace("ann", "anm")).unwrap();
        assert_eq!(place.export(&damaged).unwrap().sha256, expected.1);
        check(&damaged, &mut ()).unwrap();
        (place, directory)
    })
    .await
    .unwrap();
    // The store moves on: an export that was begun before begins anew.
    let to = directory.path().join("moved");
    let begun = to.clone();
    let place = tokio::task::spawn_blocking(move || {
        let mut source = failing(place.source(), 9);
        export(&mut source, no_files(), &begun, "now".into(), &mut ()).unwrap_err();
        place
    })
    .await
    .unwrap();
    log.user("dora").await;
    tokio::task::spawn_blocking(move || {
        let mut notes = Notes::default();
        let mut source = place.source();
        let done = export(&mut source, no_files(), &to, "now".into(), &mut notes).unwrap();
        assert!(notes.0[1].contains("moved on"), "{:?}", notes.0);
        assert_eq!(done.sha256, place.sums().1);
        check(&to, &mut ()).unwrap();
        drop(directory);
    })
    .await
    .unwrap();
}

pub(crate) async fn an_import_goes_on_where_it_stopped() {
    let (place, directory) = exported().await;
    let (other, _more) = exported().await;
    let (from, target) = (directory.path().join("it"), Place::sqlite());
    let calls = 1 + fs::read_dir(&from).unwrap().count();
    for stop in 0..calls {
        let (from, path) = (from.clone(), target.path());
        let done = tokio::task::spawn_blocking(move || {
            let mut target = failing(SqliteTransfer::writing(&path).unwrap(), stop.min(1) + 1);
            let epoch = webqq_engine::ids::Epoch(9);
            import(&mut target, no_files(), &from, epoch, &mut ()).is_ok()
        });
        if done.await.unwrap() {
            break;
        }
        // Until it is done, nobody takes the store for a whole one.
        let refused = target.open().await.err().unwrap().to_string();
        assert!(refused.contains("is not finished"), "{refused}");
        let path = target.path();
        let error = SqliteTransfer::reading(&path).err().unwrap().to_string();
        assert!(error.contains("is not finished"), "{error}");
    }
    // Reads count as calls as well: finish it.
    let (wrong, right) = (TempDir::new("wrong"), from);
    tokio::task::spawn_blocking(move || {
        other.export(&wrong.path().join("it")).unwrap();
        let error = target
            .import(&wrong.path().join("it"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("the import of another export"), "{error}");
        target.import(&right).unwrap();
        assert_eq!(target.sums(), place.sums());
        let error = target.import(&right).unwrap_err().to_string();
        assert!(error.contains("not empty"), "{error}");
    })
    .await
    .unwrap();
}

pub(crate) async fn what_the_store_refuses_is_said_with_its_file() {
    let (place, directory) = exported().await;
    tokio::task::spawn_blocking(move || {
        for (target, word) in [(Place::sqlite(), "UNIQUE"), (Place::postgres(), "unique")] {
            let twice = directory.path().join(word);
            let mut source = failing(place.source(), usize::MAX);
            source.twice = Some("users");
            export(&mut source, no_files(), &twice, "now".into(), &mut ()).unwrap();
            check(&twice, &mut ()).unwrap();
            let error = target.import(&twice).unwrap_err().to_string();
            let words = ["users-000001.jsonl", word];
            assert!(words.iter().all(|word| error.contains(word)), "{error}");
        }
    })
    .await
    .unwrap();
}

/// A store that does not hold what it was given is found out, and serves nobody.
pub(crate) async fn what_the_store_holds_is_compared() {
    type Spoil = fn(&Table, &mut Vec<Row>);
    let spoils: [(Spoil, &[&str]); 4] = [
        (
            |table, rows| {
                if table.name == "messages" {
                    rows.pop();
                }
            },
            &[
                "`messages` has 22 rows instead of 23",
                "messages instead of",
            ],
        ),
        (
            |table, rows| {
                let at = table
                    .columns
                    .iter()
                    .position(|one| one.name == "sender_name");
                if let Some(at) = at {
                    rows[3][at] = Value::Text("somebody else".into());
                }
            },
            &["`messages` holds other rows", "differs"],
        ),
        (
            |table, rows| {
                if table.name == "sessions" {
                    rows.clear();
                }
            },
            &["`sessions` has 0 rows instead of 1"],
        ),
        (
            |table, rows| {
                let at = table.columns.iter().position(|one| one.name == "secret");
                if let Some(at) = at {
                    rows[0][at] = Value::Text("00".into());
                }
            },
            &["`head` holds other rows"],
        ),
    ];
    let (_place, directory) = exported().await;
    for (spoil, words) in spoils {
        let (from, target) = (directory.path().join("it"), Place::sqlite());
        let path = target.path();
        let error = tokio::task::spawn_blocking(move || {
            let mut target = failing(SqliteTransfer::writing(&path).unwrap(), usize::MAX);
            target.spoil = spoil;
            let epoch = webqq_engine::ids::Epoch(9);
            let done = import(&mut target, no_files(), &from, epoch, &mut ());
            done.unwrap_err().to_string()
        });
        let error = error.await.unwrap();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
        let refused = target.open().await.err().unwrap().to_string();
        assert!(refused.contains("is not finished"), "{refused}");
    }
}

pub(crate) async fn one_at_a_time() {
    let (place, directory) = exported().await;
    let log = Log::new(place.open().await.unwrap(), ());
    let from = directory.path().join("it");
    tokio::task::spawn_blocking(move || {
        // A server writes to it.
        let error = place.import(&from).unwrap_err();
        assert!(
            matches!(error, TransferError::Store(StoreError::Locked(_))),
            "{error}"
        );
        let missing = SqliteTransfer::reading(Path::new("nowhere.db"))
            .err()
            .unwrap();
        assert!(missing.to_string().contains("--data"), "{missing}");
        assert!(!Path::new("nowhere.db").exists());
    })
    .await
    .unwrap();
    log.store.close().await;
}
