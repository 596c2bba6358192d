//! `webqq db`, `webqq user`, `webqq seed`: what is done without serving.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use webqq_engine::Engine;
use webqq_engine::ids::{Epoch, UserId};
use webqq_engine::names::{clean_display_name, clean_username};
use webqq_engine::runtime::{Runtime, TokioRuntime};
use webqq_engine::seed::Seeded;
use webqq_engine::store::postgres::PostgresStore;
use webqq_engine::store::sqlite::{Access, SqliteStore};
use webqq_engine::store::{Batch, Bounds, Entry, NewUser, Outcome, Store as EngineStore};

use crate::config::{Config, Db, Seed, Store, User};
use crate::error::Problem;
use crate::password::{Passwords, check_rules};
use crate::server::open_store;

type Opened = Arc<dyn EngineStore>;

/// `webqq db …`
///
/// # Errors
/// One sentence that says what to do.
pub fn db(command: Db, config: &Config) -> Result<(), String> {
    match (command, &config.store) {
        (Db::Init, Store::Sqlite(path)) => {
            SqliteStore::open(path, Access::Writer).map_err(|error| format!("{error}."))?;
            println!("The tables are there.");
        }
        (Db::Init, Store::Postgres(url)) => {
            PostgresStore::init(url.expose()).map_err(|error| format!("{error}."))?;
            println!("The tables are there.");
        }
        (Db::NewEpoch, store) => {
            block_on(async {
                let store = open_store(store, Access::Writer).await?;
                let epoch = Epoch((TokioRuntime::default().random() >> 32) as u32);
                let given = store.new_epoch(epoch).await;
                store.close().await;
                given.map_err(|error| format!("{error}."))
            })?;
            println!("The log has a new epoch; every client starts over when it comes back.");
        }
        (Db::Reindex, store) => {
            block_on(async {
                let store = open_store(store, Access::Writer).await?;
                let made = Engine::builder(store.clone()).reindex().await;
                store.close().await;
                made.map_err(|error| format!("{error}."))
            })?;
            println!("The search index is made anew.");
        }
    }
    Ok(())
}

/// `webqq user …`: also beside a running server, which notices within a second.
///
/// # Errors
/// One sentence that says what to do.
pub fn user(command: User, config: &Config) -> Result<(), String> {
    block_on(async {
        let store = open_store(&config.store, Access::Beside).await?;
        let done = run_user(command, &store).await;
        store.close().await;
        println!("{}", done?);
        Ok(())
    })
}

async fn run_user(command: User, store: &Opened) -> Result<String, String> {
    match command {
        User::Add {
            username,
            name,
            admin,
        } => {
            let sentence = |rejection: webqq_engine::message::Rejection| {
                format!("The user was not made: {}", rejection.detail)
            };
            let username = clean_username(&username).map_err(sentence)?;
            let name = name.as_deref().unwrap_or(&username);
            let name = clean_display_name(name).map_err(sentence)?;
            let hash = read_password().await?;
            let runtime = TokioRuntime::default();
            let id = UserId(runtime.new_id());
            let mut entries = vec![Entry::CreateUser(NewUser {
                id,
                username: username.clone(),
                name,
                password_hash: Some(hash),
                created_at_ms: runtime.wall_ms(),
            })];
            if admin {
                entries.push(Entry::SetAdministrator {
                    user: id,
                    administrator: true,
                });
            }
            commit(store, entries).await?;
            Ok(format!("The user {username} can sign in."))
        }
        User::Password { username } => {
            let user = find(store, &username).await?;
            let hash = read_password().await?;
            let keep = None;
            commit(store, vec![Entry::SetPassword { user, hash, keep }]).await?;
            Ok(format!(
                "The password of {username} is set; all its sessions have ended."
            ))
        }
        User::Admin { username, revoke } => {
            let user = find(store, &username).await?;
            let administrator = !revoke;
            let entry = Entry::SetAdministrator {
                user,
                administrator,
            };
            commit(store, vec![entry]).await?;
            let not = if revoke { " no longer" } else { "" };
            Ok(format!("{username} is{not} an administrator."))
        }
    }
}

async fn find(store: &Opened, username: &str) -> Result<UserId, String> {
    let found = store.credentials(username).await;
    let found = found.map_err(|error| format!("{error}."))?;
    let missing = || format!("There is no user called {username}; `webqq user add` makes one.");
    found.map(|(user, _)| user.id).ok_or_else(missing)
}

/// Commits beside the server: counts no batch, and makes it look at its sessions again.
async fn commit(store: &Opened, entries: Vec<Entry>) -> Result<(), String> {
    let batch = Batch {
        number: None,
        entries,
        bounds: Bounds::default(),
    };
    let outcomes = store.commit(&batch).await;
    for outcome in outcomes.map_err(|error| format!("{error}."))? {
        if let Outcome::Refused(rejection) = outcome {
            return Err(rejection.detail);
        }
    }
    Ok(())
}

/// One line of standard input as a password, hashed.
async fn read_password() -> Result<String, String> {
    let input = std::io::stdin();
    if std::io::IsTerminal::is_terminal(&input) {
        eprint!("Password (shown as you type): ");
    }
    let mut line = String::new();
    let read = input.lock().read_line(&mut line);
    read.map_err(|error| format!("The password cannot be read: {error}."))?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() {
        return Err("Give the password on standard input, as one line.".into());
    }
    let sentence = |problem: Problem| problem.detail().to_owned();
    check_rules("password", &password).map_err(sentence)?;
    let passwords = Passwords::new().map_err(sentence)?;
    passwords.hash(password).await.map_err(sentence)
}

/// `webqq seed …`: takes the writer's lock, so not beside a running server.
///
/// # Errors
/// One sentence that says what to do.
pub fn seed(command: &Seed, config: &Config) -> Result<(), String> {
    if command.members > command.users {
        return Err(format!(
            "Groups of {} members need as many users; raise --users or lower --members.",
            command.members
        ));
    }
    if command.groups > 0 && command.members == 0 {
        return Err("A group has at least its owner; raise --members.".into());
    }
    let beside = command.out.with_added_extension("new");
    let (seeded, file) = block_on(async {
        let store = open_store(&config.store, Access::Writer).await?;
        // Before anything is written to the store, because the tokens are told once only; and
        // beside the file that may be there, which may hold those of an earlier seeding.
        let file = create(&beside)?;
        let runtime = TokioRuntime::default();
        let (users, groups) = (command.users, command.groups);
        let seeded =
            webqq_engine::seed::seed(&store, &runtime, users, groups, command.members).await;
        store.close().await;
        if seeded.is_err() {
            let _left_behind = std::fs::remove_file(&beside);
        }
        Ok((seeded.map_err(|error| format!("{error}"))?, file))
    })?;
    let mut out = BufWriter::new(file);
    write_lines(&mut out, &seeded)
        .and_then(|()| out.flush())
        .and_then(|()| std::fs::rename(&beside, &command.out))
        .map_err(|error| format!("{} is not whole: {error}.", command.out.display()))?;
    println!(
        "{} users and {} groups; their tokens are in {}",
        seeded.users.len(),
        seeded.groups.len(),
        command.out.display()
    );
    Ok(())
}

/// A file that only its owner may read.
fn create(path: &Path) -> Result<File, String> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let open = options.open(path);
    open.map_err(|error| {
        let path = path.display();
        format!("{path} cannot be written ({error}); choose another --out.")
    })
}

fn write_lines(out: &mut impl Write, seeded: &Seeded) -> std::io::Result<()> {
    for user in &seeded.users {
        let line = json!({"user": user.id, "username": user.username, "token": user.token});
        writeln!(out, "{line}")?;
    }
    for group in &seeded.groups {
        let line = json!({"group": group.id, "conversation": group.id, "name": group.name});
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn block_on<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| format!("The runtime does not start: {error}."))?;
    runtime.block_on(work)
}
