//! These start real servers.

use super::*;
use crate::tcp_proxy::TcpProxy;

fn count(database: &Database) -> i64 {
    database.run(|client| {
        let row = client.query_one("select count(*) from notes", &[]);
        row.unwrap().get(0)
    })
}

/// A database with a table `notes`.
fn notes(cluster: &Cluster) -> Database {
    let database = cluster.database();
    database.run(|client| {
        client
            .batch_execute("create table notes (text text)")
            .unwrap()
    });
    database
}

#[test]
fn databases_are_apart_and_are_dropped() {
    let (first, second) = (notes(cluster()), cluster().database());
    assert_ne!(first.name(), second.name());
    let seen = |name: &str| {
        let name = name.to_owned();
        second.run(move |client| {
            client
                .query("select from pg_database where datname = $1", &[&name])
                .unwrap()
                .len()
        })
    };
    assert!(second.run(|client| client.query("select from notes", &[]).is_err()));
    let name = first.name().to_owned();
    assert_eq!(seen(&name), 1);
    // An open connection does not hold the database.
    let _open = first.client();
    drop(first);
    assert_eq!(seen(&name), 0);
}

#[test]
fn both_ways_in_lead_to_the_same_database() {
    let database = notes(cluster());
    let mut over_tcp = connect(&database.tcp_url()).unwrap();
    over_tcp
        .batch_execute("insert into notes values ('by TCP')")
        .unwrap();
    assert_eq!(count(&database), 1);
    // What counted connected by itself, and its backend outlives it by a moment.
    let backends = "select count(*) from pg_stat_activity where datname = current_database()";
    crate::eventually(Duration::from_secs(10), "one backend is left", || {
        let row = over_tcp.query_one(backends, &[]);
        row.unwrap().get::<_, i64>(0) == 1
    });
    assert_eq!(cluster().kill_backends(database.name()), 1);
    assert!(over_tcp.batch_execute("select 1").is_err());
}

#[test]
fn the_server_does_not_cheat() {
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let value: String = cluster().database().run(|client| {
            let row = client.query_one(&format!("show {setting}"), &[]);
            row.unwrap().get(0)
        });
        assert_eq!(value, "on", "{setting}");
    }
}

#[test]
fn commits_outlive_every_kind_of_stop() {
    let cluster = Cluster::private();
    let database = notes(&cluster);
    let modes = [StopMode::Fast, StopMode::Immediate, StopMode::Kill];
    for (mode, expected) in modes.into_iter().zip(1..) {
        database.run(|client| {
            client
                .batch_execute("insert into notes values ('kept')")
                .unwrap();
        });
        cluster.stop(mode);
        assert!(connect(database.url()).is_err(), "{mode:?}");
        cluster.start();
        assert_eq!(count(&database), expected, "{mode:?}");
    }
}

#[test]
fn a_private_server_takes_settings_and_removes_its_files() {
    let cluster = Cluster::private_with(&[("fsync", "off")]);
    let value: String = cluster
        .database()
        .run(|client| client.query_one("show fsync", &[]).unwrap().get(0));
    assert_eq!(value, "off");
    let keeper = cluster.keeper.as_ref().unwrap().lock().unwrap();
    let home = keeper.home.clone();
    drop(keeper);
    drop(cluster);
    assert!(!home.exists());
}

#[test]
#[should_panic(expected = "take Cluster::private() to stop one")]
fn the_shared_server_cannot_be_stopped() {
    cluster().stop(StopMode::Fast);
}

#[test]
fn a_commit_whose_answer_is_lost_is_a_commit() {
    let database = notes(cluster());
    let proxy = TcpProxy::start(database.tcp_address());
    proxy.cut_after_request_containing(b"COMMIT");
    let mut client = connect(&database.url_through(proxy.addr())).unwrap();
    let mut transaction = client.transaction().unwrap();
    transaction
        .execute("insert into notes values ('unsure')", &[])
        .unwrap();
    assert!(transaction.commit().is_err(), "the client must not know");
    assert!(proxy.wait_for_cut(Duration::from_secs(5)));
    crate::eventually(Duration::from_secs(5), "the commit", || {
        count(&database) == 1
    });
}

#[test]
fn a_commit_that_never_arrives_is_none() {
    let database = notes(cluster());
    let proxy = TcpProxy::start(database.tcp_address());
    proxy.cut_before_request_containing(b"COMMIT");
    let mut client = connect(&database.url_through(proxy.addr())).unwrap();
    let mut transaction = client.transaction().unwrap();
    transaction
        .execute("insert into notes values ('lost')", &[])
        .unwrap();
    assert!(transaction.commit().is_err());
    // The server rolls back once it sees the connection end; nobody else can see the row before.
    crate::eventually(Duration::from_secs(5), "the end of the session", || {
        cluster().kill_backends(database.name()) == 0
    });
    assert_eq!(count(&database), 0);
}

#[test]
fn urls_keep_user_and_options() {
    let base = "postgresql://me:p%40ss@db.example:6432/postgres?sslmode=disable";
    assert_eq!(
        located(base, None, "fresh"),
        "postgresql://me:p%40ss@db.example:6432/fresh?sslmode=disable"
    );
    assert_eq!(
        located(base, Some(([127, 0, 0, 1], 9).into()), "fresh"),
        "postgresql://me:p%40ss@127.0.0.1:9/fresh?sslmode=disable"
    );
    assert_eq!(
        located("postgres://%2Frun%2Fpg", None, "fresh"),
        "postgres://%2Frun%2Fpg/fresh"
    );
}
