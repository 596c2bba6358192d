//! `webqq user …`: accounts and invitations from the command line; the way in for the first
//! administrator and for who forgot a password, since there is no mail. Works beside a running
//! server, which notices within a second. What is done stands in the audit log.

use std::io::BufRead;
use std::sync::Arc;

use clap::Subcommand;
use webqq_engine::administration::NewInvitation;
use webqq_engine::ids::UserId;
use webqq_engine::message::Rejection;
use webqq_engine::names::{clean_display_name, clean_username, normalised};
use webqq_engine::runtime::{Runtime, TokioRuntime};
use webqq_engine::store::sqlite::Access;
use webqq_engine::store::{Act, Batch, Bounds, Deed, NewUser, Outcome, Store as EngineStore};

use crate::commands::block_on;
use crate::config::Config;
use crate::error::Problem;
use crate::password::{Passwords, check_rules};
use crate::server::open_store;

/// `webqq user …`. Passwords are read from standard input: arguments are seen by every user of
/// the machine.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum User {
    /// Create an account; its password is read from standard input
    Add {
        /// User name to sign in with
        username: String,
        /// Name that others see [default: the user name]
        #[arg(long)]
        name: Option<String>,
        /// Make the account an administrator of the server
        #[arg(long)]
        admin: bool,
    },
    /// Set an account's password, read from standard input; ends its sessions
    Password {
        /// User name
        username: String,
    },
    /// Make an account an administrator of the server
    Admin {
        /// User name
        username: String,
        /// Take the right away instead
        #[arg(long)]
        revoke: bool,
    },
    /// Let nobody sign in with an account any more; ends its sessions
    Disable {
        /// User name
        username: String,
        /// Let its user in again instead
        #[arg(long)]
        undo: bool,
    },
    /// Print a new invitation code to sign up with (for --registration invite)
    Invite {
        /// How many people may use it
        #[arg(long, default_value_t = 1, value_name = "NUMBER")]
        uses: u16,
        /// Days until it ends
        #[arg(long, default_value_t = 7, value_name = "NUMBER")]
        days: u16,
        /// Whom it is for, to tell it from others
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
    },
}

type Opened = Arc<dyn EngineStore>;

/// `webqq user …`
///
/// # Errors
/// One sentence that says what to do.
pub fn user(command: User, config: &Config) -> Result<(), String> {
    block_on(async {
        let store = open_store(&config.store, Access::Beside).await?;
        let done = run(command, &store).await;
        store.close().await;
        println!("{}", done?);
        Ok(())
    })
}

async fn run(command: User, store: &Opened) -> Result<String, String> {
    match command {
        User::Add {
            username,
            name,
            admin,
        } => {
            let sentence =
                |rejection: Rejection| format!("The user was not made: {}", rejection.detail);
            let username = clean_username(&username).map_err(sentence)?;
            let name = name.as_deref().unwrap_or(&username);
            let name = clean_display_name(name).map_err(sentence)?;
            let hash = read_password().await?;
            let runtime = TokioRuntime::default();
            let user = NewUser {
                id: UserId(runtime.new_id()),
                username: username.clone(),
                name,
                password_hash: Some(hash),
                bot_of: None,
                created_at_ms: runtime.wall_ms(),
            };
            let administrator = admin;
            let deed = Deed::CreateUser {
                user,
                administrator,
            };
            commit(store, deed).await?;
            Ok(format!("The user {username} can sign in."))
        }
        User::Password { username } => {
            let user = find(store, &username).await?;
            let hash = read_password().await?;
            commit(store, Deed::ResetPassword { user, hash }).await?;
            Ok(format!(
                "The password of {username} is set; all its sessions have ended."
            ))
        }
        User::Admin { username, revoke } => {
            let user = find(store, &username).await?;
            let deed = Deed::SetAdministrator {
                user,
                administrator: !revoke,
            };
            commit(store, deed).await?;
            let not = if revoke { " no longer" } else { "" };
            Ok(format!("{username} is{not} an administrator."))
        }
        User::Disable { username, undo } => {
            let user = find(store, &username).await?;
            let disabled = !undo;
            commit(store, Deed::Disable { user, disabled }).await?;
            Ok(if undo {
                format!("{username} can sign in again.")
            } else {
                format!("{username} can no longer sign in; all its sessions have ended.")
            })
        }
        User::Invite { uses, days, note } => {
            let runtime = TokioRuntime::default();
            let new = NewInvitation::draw(&runtime, None, uses.into(), days.into(), &note);
            let new = new.map_err(|rejection| {
                let field = rejection.field.unwrap_or_default();
                format!(
                    "There is no invitation with this --{field}: {}",
                    rejection.detail
                )
            })?;
            commit(store, Deed::Invite(new.record)).await?;
            Ok(new.code)
        }
    }
}

async fn find(store: &Opened, username: &str) -> Result<UserId, String> {
    let found = store.credentials(&normalised(username)).await;
    let found = found.map_err(|error| format!("{error}."))?;
    let missing = || format!("There is no user called {username}; `webqq user add` makes one.");
    found.map(|(user, _)| user.id).ok_or_else(missing)
}

/// Commits beside the server: counts no batch, and makes it look at its sessions again.
async fn commit(store: &Opened, deed: Deed) -> Result<(), String> {
    let now = TokioRuntime::default().wall_ms();
    let batch = Batch {
        number: None,
        entries: vec![Act::by_command(deed, now)],
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
