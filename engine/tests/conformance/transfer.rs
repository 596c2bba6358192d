//! What moves between stores: everything, whichever the two are.

use std::path::{Path, PathBuf};

use serde_json::json;
use webqq_engine::ids::Epoch;
use webqq_engine::store::postgres::{PostgresStore, PostgresTransfer};
use webqq_engine::store::sqlite::{Access, SqliteStore, SqliteTransfer};
use webqq_engine::transfer::export::{Exported, export};
use webqq_engine::transfer::hashes::ConversationSum;
use webqq_engine::transfer::import::{check, import, sums};
use webqq_engine::transfer::row::{Row, Value};
use webqq_engine::transfer::schema::{self, Table, Type, stays_behind};
use webqq_engine::transfer::{Result as Moved, Source, Target};
use webqq_testkit::postgres::Database;
use webqq_testkit::temp_dir::TempDir;

use super::*;

/// A database of either sort, and what must live as long.
pub(crate) enum Place {
    Sqlite(TempDir),
    /// With the URL, because the database may be another one of the same server.
    Postgres(Database, String),
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(TempDir::new("transfer"))
    }

    /// With its tables.
    pub(crate) fn postgres() -> Self {
        let database = webqq_testkit::postgres::cluster().database();
        PostgresStore::init(database.url()).unwrap();
        let url = database.url().to_owned();
        Self::Postgres(database, url)
    }

    /// In a database that sorts texts as a dictionary does, not by their bytes.
    pub(crate) fn postgres_with_a_dictionary() -> Self {
        let database = webqq_testkit::postgres::cluster().database();
        let name = format!("{}_sorted", database.name());
        let sql = format!(
            "create database {name} template template0 encoding 'UTF8' locale_provider icu \
             icu_locale 'en-US'"
        );
        database.run(|client| client.batch_execute(&sql).unwrap());
        let url = database.url().replace(database.name(), &name);
        PostgresStore::init(&url).unwrap();
        Self::Postgres(database, url)
    }

    /// Of a SQLite file.
    pub(crate) fn source(&self) -> SqliteTransfer {
        SqliteTransfer::reading(&self.path()).unwrap()
    }

    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::Sqlite(directory) => directory.path().join("webqq.db"),
            Self::Postgres(..) => unreachable!("it has no path"),
        }
    }

    pub(crate) async fn open(&self) -> Result<Arc<dyn Store>> {
        Ok(match self {
            Self::Sqlite(_) => Arc::new(SqliteStore::open(&self.path(), Access::Writer)?),
            Self::Postgres(_, url) => Arc::new(PostgresStore::open(url, Access::Writer).await?),
        })
    }

    fn reading(&self) -> Moved<Box<dyn Source>> {
        Ok(match self {
            Self::Sqlite(_) => Box::new(SqliteTransfer::reading(&self.path())?),
            Self::Postgres(_, url) => Box::new(PostgresTransfer::reading(url)?),
        })
    }

    fn writing(&self) -> Moved<Box<dyn Target>> {
        Ok(match self {
            Self::Sqlite(_) => Box::new(SqliteTransfer::writing(&self.path())?),
            Self::Postgres(_, url) => Box::new(PostgresTransfer::writing(url)?),
        })
    }

    pub(crate) fn export(&self, to: &Path) -> Moved<Exported> {
        let at = "2026-11-25T00:00:00.000Z".to_owned();
        export(&mut *self.reading()?, Path::new("nowhere"), to, at, &mut ())
    }

    pub(crate) fn import(&self, from: &Path) -> Moved<Exported> {
        let files = from.join("uploads");
        import(&mut *self.writing()?, &files, from, Epoch(77), &mut ())
    }

    /// Every conversation's counts and hash, and the hash of everything.
    pub(crate) fn sums(&self) -> (Vec<ConversationSum>, String) {
        let tables = schema::travelling().unwrap();
        let mut source = self.reading().unwrap();
        let hashes = sums(&mut *source, &tables, "", &mut ()).unwrap();
        (hashes.conversations().collect(), hashes.whole(&tables))
    }
}

/// Blocking work beside the test's tasks; the synchronous clients want that.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// The same random batches in memory and in a database; then over to the other sort of database
/// and back. All must answer what memory answers, and have equal hashes.
pub(crate) async fn round_trips(first: Place, second: Place, third: Place, seed: u64) {
    let memory = Log::new(Arc::new(MemoryStore::default()), ());
    let log = Log::new(first.open().await.unwrap(), ());
    let mut logs = vec![memory, log];
    let mut run = random::run(&logs, seed).await;
    for log in &logs {
        odd_things(log, &mut run).await;
    }
    let (exports, path) = (TempDir::new("exports"), |name: &str, of: &TempDir| {
        of.path().join(name)
    });
    // Beside the store that is open.
    let (one, two) = (path("one", &exports), path("two", &exports));
    let (first, exported, expected) = aside(move || {
        let exported = first.export(&one).unwrap();
        (check(&one, &mut ()).unwrap() == exported)
            .then_some(())
            .unwrap();
        let expected = first.sums();
        assert!(expected.0.len() > 5 && expected.0.iter().any(|sum| sum.messages > 30));
        (first, exported, expected)
    })
    .await;
    let one = path("one", &exports);
    let (second, third) = aside(move || {
        assert_eq!(second.import(&one).unwrap(), exported);
        assert_eq!(second.sums(), expected);
        assert_eq!(second.export(&two).unwrap(), exported);
        assert_eq!(third.import(&two).unwrap(), exported);
        assert_eq!(third.sums(), expected);
        (second, third)
    })
    .await;
    for place in [&second, &third] {
        let store = place.open().await.unwrap();
        assert_eq!(store.head().await.unwrap().epoch, Epoch(77));
        let secret = logs[1].store.secret().await.unwrap();
        assert_eq!(store.secret().await.unwrap(), secret);
        logs.push(Log::new(store, ()));
    }
    random::compare_all(&logs, &mut run, seed).await;
    // And they go on alike.
    random::more(&logs, &mut run, seed).await;
    drop((first, exports));
}

/// What the random batches do not make: what a kind remembers, and texts that are hard to carry.
async fn odd_things(log: &Log, run: &mut random::Run) {
    let group = run.group();
    let Some((state, _)) = log.store.conversation(group).await.unwrap() else {
        panic!("the group was never made");
    };
    let user = *state.roster.keys().next().unwrap();
    let mut texts = vec![
        "\u{1}\u{7f}\u{2028}\u{fffd} \\ \" \n\r\t",
        "",
        "😀 你好 \u{202e}",
    ];
    texts.push("'; drop table messages; --");
    for (text, at) in texts.into_iter().zip(0..) {
        let state = Effect::SetState(json!({"votes": text}));
        let append = Append {
            client_id: ClientId(Uuid::from_u128(900 + at)),
            ..changing(group, log.seq(group).await, user, &[state])
        };
        let append = Append {
            body: json!({"text": text}).to_string(),
            sender_name: text.into(),
            sent_at_ms: i64::MAX - at as i64,
            ..append
        };
        run.took(&append, &log.one(Entry::Append(append.clone())).await);
    }
}

/// A column as a database tells of it: table, name, type, nullable, place in the key (0: none).
pub(crate) type Found = (String, String, String, bool, i64);

/// Every table and column that a database has travels, or is on the list of what does not.
#[track_caller]
pub(crate) fn nothing_is_forgotten(found: &[Found]) {
    let ours = schema::all().unwrap();
    let mut expected = BTreeSet::new();
    for table in &ours {
        for (at, column) in table.columns.iter().enumerate() {
            let key = table.key.iter().position(|key| *key == at);
            expected.insert((
                table.name.clone(),
                column.name.clone(),
                column.r#type.name().to_owned(),
                column.nullable,
                key.map_or(0, |at| at as i64 + 1),
            ));
        }
    }
    // What one engine makes for itself is on the list by its table.
    let is_ours = |table: &str| ours.iter().any(|one| one.name == table);
    let found = found
        .iter()
        .filter(|(table, ..)| is_ours(table) || !stays_behind(table));
    let found: BTreeSet<_> = found.cloned().collect();
    let odd: Vec<_> = found.symmetric_difference(&expected).collect();
    assert!(
        odd.is_empty(),
        "in the database or as schema.sql was read, not in both: {odd:?}"
    );
    let travelling: Vec<Table> = schema::travelling().unwrap();
    for (table, column, ..) in found {
        let moved = travelling.iter().find(|one| one.name == table);
        let moved = moved.is_some_and(|one| one.names().contains(&column));
        let kept = stays_behind(&table) || stays_behind(&format!("{table}.{column}"));
        assert!(
            moved != kept,
            "{table}.{column}: moved {moved}, stays behind {kept}"
        );
    }
}

/// What SQLite says of its tables.
pub(crate) fn of_sqlite() -> Vec<Found> {
    let place = Place::sqlite();
    drop(place.writing().unwrap());
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    let sql = "select t.name, c.name, lower(c.type), c.\"notnull\" = 0, c.pk from sqlite_schema t, \
               pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite_%'";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
        ))
    });
    rows.unwrap().map(std::result::Result::unwrap).collect()
}

/// What PostgreSQL says of its tables.
pub(crate) fn of_postgres() -> Vec<Found> {
    let Place::Postgres(database, _) = Place::postgres() else {
        unreachable!("it is one")
    };
    let sql = "select c.table_name::text, c.column_name::text, c.data_type::text, \
               c.is_nullable = 'YES', coalesce(k.ordinal_position, 0)::bigint \
               from information_schema.columns c \
               left join information_schema.table_constraints t on t.table_name = c.table_name \
               and t.constraint_type = 'PRIMARY KEY' and t.table_schema = c.table_schema \
               left join information_schema.key_column_usage k on k.constraint_name = t.constraint_name \
               and k.table_name = c.table_name and k.column_name = c.column_name \
               where c.table_schema = 'public'";
    database.run(|client| {
        let rows = client.query(sql, &[]).unwrap();
        let rows = rows.iter();
        rows.map(|row| (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4)))
            .collect()
    })
}

/// Rows of every table, made up from its columns: so a new table or column is tried without anybody
/// writing a test for it.
pub(crate) fn every_column_of_every_table_moves(from: &Place, to: &Place) {
    let mut random = random::Random::new(41);
    let tables = schema::travelling().unwrap();
    {
        let mut target = from.writing().unwrap();
        for table in tables.iter().filter(|table| table.name != "head") {
            // What a check of the table forbids is refused, and tried again with other values.
            let mut tries: Vec<Row> = (0..200).map(|_| made_up(table, &mut random)).collect();
            // There are no bytes to these rows, which is right for what nothing refers to.
            if table.name == "blobs" {
                let uses = table
                    .columns
                    .iter()
                    .position(|column| column.name == "uses");
                tries
                    .iter_mut()
                    .for_each(|row| row[uses.unwrap()] = Value::Number(0));
            }
            let tries = tries.into_iter();
            let taken =
                tries.filter(|row| target.insert(table, std::slice::from_ref(row), 0).is_ok());
            let taken: Vec<Row> = taken.take(40).collect();
            assert!(taken.len() > 4, "{}: {}", table.name, taken.len());
            for (at, column) in table.columns.iter().enumerate() {
                let nulls = taken.iter().filter(|row| row[at] == Value::Null).count();
                assert!(
                    nulls < taken.len(),
                    "{}.{} is never there",
                    table.name,
                    column.name
                );
            }
        }
    }
    let exports = TempDir::new("made-up");
    let (one, two) = (exports.path().join("one"), exports.path().join("two"));
    let exported = from.export(&one).unwrap();
    assert!(
        exported.tables.iter().all(|(_, rows)| *rows > 0),
        "{exported:?}"
    );
    assert_eq!(to.import(&one).unwrap(), exported);
    assert_eq!(to.export(&two).unwrap(), exported);
    assert_eq!(from.sums(), to.sums());
}

fn made_up(table: &Table, random: &mut random::Random) -> Row {
    let texts = [
        "",
        "a",
        "Ä",
        "ä",
        "z",
        "Z",
        "李",
        "😀",
        "\u{1}\n\t\\\"'",
        "\u{ffff}",
        "e\u{301}",
        "é",
    ];
    let mut value = |column: &schema::Column| match column.r#type {
        _ if column.nullable && random.one_in(3) => Value::Null,
        Type::Text => Value::Text(format!("{}{}", random.pick(&texts), random.below(1_000))),
        Type::Number if random.one_in(9) => {
            Value::Number(random.pick(&[i64::MIN, -1, 0, i64::MAX]))
        }
        Type::Number => Value::Number(random.below(10_000) as i64),
        // Often the same, so that what follows it in a key decides the order.
        Type::Id if random.one_in(2) => Value::Id(Uuid::from_u128(7)),
        Type::Id => Value::Id(random.uuid()),
        Type::Flag => Value::Flag(random.one_in(2)),
    };
    table.columns.iter().map(&mut value).collect()
}
