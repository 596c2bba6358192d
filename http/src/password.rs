//! Passwords: the rules, and hashing without letting anyone use it to stop the server.
//!
//! A hash is made slow and large on purpose; whoever asks for many at once could take all cores
//! and memory. So at most [`HASHES_AT_ONCE`] run, on threads of their own, at most
//! [`HASHES_WAITING`] wait, and whoever comes beyond that is told to come again (503).

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::error::Problem;

/// Memory of one hash in KiB: 19 MiB, the least that OWASP recommends for Argon2id together with
/// [`PASSES`] and [`LANES`]. Raise these as machines grow: old hashes carry their own numbers and
/// stay valid.
pub const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
pub const PASSES: u32 = 2;
/// Lanes that could be computed side by side; one, since the cores have other work.
pub const LANES: u32 = 1;

/// Hashes computed at the same time: at most this many cores and twice [`MEMORY_KIB`].
pub const HASHES_AT_ONCE: usize = 2;
/// Hashes that may wait for their turn (about a second's worth); beyond, 503.
pub const HASHES_WAITING: usize = 64;

/// Shortest password in characters (Unicode scalar values).
pub const MIN_CHARACTERS: usize = 8;
/// Longest password in characters. Long enough for every pass phrase; bounded because it is hashed.
pub const MAX_CHARACTERS: usize = 128;

/// Checks a new password: 422 with the field `field`. For signing in the rules do not matter,
/// only whether it is the right one.
pub fn check_rules(field: &'static str, password: &str) -> Result<(), Problem> {
    let characters = password.chars().count();
    if !(MIN_CHARACTERS..=MAX_CHARACTERS).contains(&characters) {
        return Err(Problem::invalid_field(
            field,
            format!("must have {MIN_CHARACTERS} to {MAX_CHARACTERS} characters"),
        ));
    }
    if password.contains('\0') {
        return Err(Problem::unprocessable(
            "nul_character",
            format!("`{field}` must not contain the character U+0000."),
        ));
    }
    Ok(())
}

/// Hashes and verifies passwords, a few at a time. Cheap to clone; one per server.
#[derive(Debug, Clone)]
pub struct Passwords {
    /// Running and waiting together: no permit, no place in the line.
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
    /// What a password is compared with when there is no such user.
    nobody: Arc<str>,
}

impl Passwords {
    /// Makes one hash (tens of milliseconds) to stand in for users that do not exist.
    pub fn new() -> Result<Self, Problem> {
        // Nobody knows the password of this hash, and a match is refused anyway.
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(internal)?;
        Ok(Self {
            places: Arc::new(Semaphore::new(HASHES_AT_ONCE + HASHES_WAITING)),
            running: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            nobody: hash_now(&random)?.into(),
        })
    }

    /// The hash of a new password as a PHC string (algorithm, parameters, salt, hash).
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        self.run(move || hash_now(password.as_bytes())).await?
    }

    /// Whether `password` belongs to the PHC string `hash`. `None` (no such user) takes the same
    /// work and is `false`, so that the time of the answer does not tell which users exist.
    pub async fn verify(&self, password: String, hash: Option<&str>) -> Result<bool, Problem> {
        let exists = hash.is_some();
        let hash: Arc<str> = hash.map_or_else(|| Arc::clone(&self.nobody), Arc::from);
        let matches = self
            .run(move || verify_now(password.as_bytes(), &hash))
            .await??;
        Ok(matches && exists)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            Problem::unavailable(
                "too_many_sign_ins",
                "Too many people are signing in at this moment; try again in a few seconds.",
                Duration::from_secs(2),
            )
        })?;
        let turn = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(internal)?;
        // The permits go along: a caller that gives up does not free the core that still hashes.
        let hashing = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((turn, place));
            result
        });
        hashing.await.map_err(internal)
    }
}

fn internal(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "password hashing failed");
    Problem::internal()
}

/// The parameters for new hashes.
fn argon2() -> Result<Argon2<'static>, Problem> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &[u8]) -> Result<String, Problem> {
    let hash: PasswordHash = argon2()?.hash_password(password).map_err(internal)?;
    Ok(hash.to_string())
}

/// A stored text that is no hash is an error of ours (500), not a wrong password.
fn verify_now(password: &[u8], hash: &str) -> Result<bool, Problem> {
    let hash = PasswordHash::new(hash).map_err(internal)?;
    match argon2()?.verify_password(password, &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(internal(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_and_no_other() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert_ne!(
            hash,
            passwords.hash("correct horse".into()).await.unwrap(),
            "no salt"
        );
        assert!(
            passwords
                .verify("correct horse".into(), Some(&hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct horsE".into(), Some(&hash))
                .await
                .unwrap()
        );
        assert!(!passwords.verify(String::new(), Some(&hash)).await.unwrap());
        let broken = passwords
            .verify("x".into(), Some("no hash"))
            .await
            .unwrap_err();
        assert_eq!(broken.code(), "internal");
    }

    /// Measuring times would fail on a busy machine; what makes them equal is tested instead.
    #[tokio::test]
    async fn an_unknown_user_takes_the_same_work() {
        let mut passwords = Passwords::new().unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        let parameters = |hash: &str| hash.split('$').take(4).collect::<String>();
        assert_eq!(parameters(&passwords.nobody), parameters(&hash));
        assert!(!passwords.verify("x".into(), None).await.unwrap());
        // Nobody's hash is really computed with: one that cannot be read is noticed, and one that
        // matches is refused all the same.
        passwords.nobody = "no hash".into();
        let broken = passwords.verify("x".into(), None).await.unwrap_err();
        assert_eq!(broken.code(), "internal");
        passwords.nobody = hash.into();
        assert!(
            !passwords
                .verify("correct horse".into(), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn beyond_the_waiting_line_is_refused_and_places_come_back() {
        let passwords = Passwords::new().unwrap();
        let taken: Vec<_> = (0..HASHES_AT_ONCE + HASHES_WAITING)
            .map(|_| passwords.places.try_acquire().unwrap())
            .collect();
        let problem = passwords.hash("correct horse".into()).await.unwrap_err();
        assert_eq!(
            (problem.status().as_u16(), problem.code()),
            (503, "too_many_sign_ins")
        );
        drop(taken);
        assert!(passwords.hash("correct horse".into()).await.is_ok());
        assert_eq!(
            passwords.places.available_permits(),
            HASHES_AT_ONCE + HASHES_WAITING
        );
        assert_eq!(passwords.running.available_permits(), HASHES_AT_ONCE);
    }

    #[tokio::test]
    async fn only_so_many_run_at_once_even_when_callers_give_up() {
        let passwords = Passwords::new().unwrap();
        let (begun, running) = std::sync::mpsc::sync_channel(64);
        let (release, gate) = std::sync::mpsc::sync_channel::<()>(1);
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let callers: Vec<_> = (0..HASHES_AT_ONCE + 3)
            .map(|_| {
                let (passwords, begun, gate) = (passwords.clone(), begun.clone(), gate.clone());
                tokio::spawn(async move {
                    passwords
                        .run(move || {
                            begun.send(()).unwrap();
                            let _ = gate.lock().unwrap().recv();
                        })
                        .await
                })
            })
            .collect();
        for _ in 0..HASHES_AT_ONCE {
            while running.try_recv().is_err() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        for caller in callers {
            caller.abort();
        }
        let late = tokio::spawn(async move { passwords.run(|| ()).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(
            running.try_recv().is_err() && !late.is_finished(),
            "a third one runs"
        );
        drop(release);
        late.await.unwrap().unwrap();
    }

    #[test]
    fn the_rules_count_characters() {
        for good in ["12345678", "密码密码密码密码", &"x".repeat(128)] {
            assert!(check_rules("password", good).is_ok(), "{good}");
        }
        for bad in ["", "1234567", "密码密码密码密", &"x".repeat(129)] {
            assert_eq!(
                check_rules("password", bad).unwrap_err().fields()[0].field,
                "password"
            );
        }
        assert_eq!(
            check_rules("password", "12345678\0").unwrap_err().code(),
            "nul_character"
        );
    }
}
