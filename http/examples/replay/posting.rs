//! Those who speak: each line over HTTP by its speaker, a speaker's lines one after the other, some
//! tens of speakers at the same time. What gets no answer, or "later", is sent again with the same
//! client id.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::client::{Answer, Connection};
use crate::listener::Person;
use crate::log::{Line, Log};

/// Attempts to get an answer to one request.
const ATTEMPTS: u32 = 10;
/// Longer than the server may take for any answer.
const SILENCE: Duration = Duration::from_secs(20);

/// A post that was acknowledged.
pub(crate) struct Posted {
    /// Which line of the log.
    pub(crate) line: usize,
    pub(crate) speaker: usize,
    pub(crate) seq: i64,
    pub(crate) client_id: Uuid,
}

/// What is to be said, and who speaks just now.
pub(crate) struct Posts {
    server: SocketAddr,
    path: String,
    people: Arc<Vec<Person>>,
    turns: Mutex<Turns>,
    changed: Notify,
}

struct Turns {
    /// In the order of the log.
    waiting: VecDeque<(usize, Line)>,
    speaking: Vec<bool>,
}

impl Posts {
    pub(crate) fn new(server: SocketAddr, group: Uuid, people: Arc<Vec<Person>>, log: Log) -> Self {
        let turns = Turns {
            waiting: log.lines.into_iter().enumerate().collect(),
            speaking: vec![false; people.len()],
        };
        Self {
            server,
            path: format!("/api/conversations/{group}/messages"),
            people,
            turns: Mutex::new(turns),
            changed: Notify::new(),
        }
    }

    /// The first line whose speaker is not speaking; `None` when there are no more.
    async fn next(&self) -> Option<(usize, Line)> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
                let Turns { waiting, speaking } = &mut *turns;
                if waiting.is_empty() {
                    return None;
                }
                let free = waiting.iter().position(|(_, line)| !speaking[line.speaker]);
                if let Some((nth, line)) = free.and_then(|at| waiting.remove(at)) {
                    speaking[line.speaker] = true;
                    return Some((nth, line));
                }
            }
            changed.await;
        }
    }

    fn done(&self, speaker: usize) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.speaking[speaker] = false;
        drop(turns);
        self.changed.notify_waiters();
    }

    /// Posts line after line on one connection.
    async fn work(&self) -> Result<Vec<Posted>, String> {
        let mut posted = Vec::new();
        let mut connection = None;
        while let Some((nth, line)) = self.next().await {
            let client_id = Uuid::new_v4();
            let draft =
                json!({"kind": "text", "body": {"text": line.text}, "client_id": client_id});
            let person = &self.people[line.speaker];
            let to = (self.server, "POST", self.path.as_str());
            let answer = persist(&mut connection, to, person, &draft).await?;
            let receipt = answer.json(&[200, 201])?;
            let seq = receipt["seq"].as_i64();
            posted.push(Posted {
                line: nth,
                speaker: line.speaker,
                seq: seq.ok_or_else(|| format!("a receipt without seq: {receipt}"))?,
                client_id,
            });
            self.done(line.speaker);
        }
        Ok(posted)
    }
}

/// Posts everything, so many at the same time.
pub(crate) async fn run(posts: Posts, at_once: usize) -> Result<Vec<Posted>, String> {
    let work = (0..at_once.max(1)).map(|_| posts.work());
    let posted = try_join_all(work).await?;
    Ok(posted.into_iter().flatten().collect())
}

/// One request on a connection of its own.
pub(crate) async fn call(
    server: SocketAddr,
    method: &str,
    path: &str,
    person: &Person,
    body: &Value,
) -> Result<Answer, String> {
    persist(&mut None, (server, method, path), person, body).await
}

/// A request that may be sent again, until there is an answer other than "later".
async fn persist(
    connection: &mut Option<Connection>,
    (server, method, path): (SocketAddr, &str, &str),
    person: &Person,
    body: &Value,
) -> Result<Answer, String> {
    let mut trouble = String::new();
    for _ in 0..ATTEMPTS {
        let attempt = async {
            let mut open = match connection.take() {
                Some(open) => open,
                None => Connection::open(server).await?,
            };
            let answer = open.request(method, path, &person.token, Some(body));
            let answer = tokio::time::timeout(SILENCE, answer).await;
            let answer = answer.map_err(|_| std::io::Error::other("no answer came"))??;
            *connection = Some(open);
            std::io::Result::Ok(answer)
        };
        match attempt.await {
            Ok(answer) if matches!(answer.status, 429 | 503) => {
                trouble = String::from_utf8_lossy(&answer.body).into_owned();
                let wait = Duration::from_secs(answer.retry_after.unwrap_or(1));
                tokio::time::sleep(wait).await;
            }
            Ok(answer) => return Ok(answer),
            // The server closes idle connections: the next one is fresh.
            Err(error) => trouble = error.to_string(),
        }
    }
    Err(format!(
        "{method} {path} after {ATTEMPTS} attempts: {trouble}"
    ))
}
