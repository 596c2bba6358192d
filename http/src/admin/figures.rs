//! Live figures: `GET /api/admin/figures` for administrators, `GET /metrics` for Prometheus.

use std::fmt::Write;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;
use webqq_engine::figures::{Histogram, Now, POST_OUTCOMES};

use super::Administrator;
use crate::app::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::listener::Connection;

/// How many fell into a class.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Class {
    /// Upper end of the class, included; null for what lies beyond all others.
    most: Option<u64>,
    /// How many.
    count: u64,
}

/// A mailbox and how much waits in it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Mailbox {
    /// The user or conversation.
    id: Uuid,
    /// How much waits.
    waiting: usize,
}

/// How many of which name.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Count {
    name: &'static str,
    count: u64,
}

/// The server at this moment; counts are since it started.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Figures {
    /// Users who look online, away or busy to others.
    users_online: usize,
    /// Actors that live, of users and of conversations.
    user_actors: usize,
    /// See `user_actors`.
    conversation_actors: usize,
    /// Users with the most deliveries waiting, the deepest first; at most ten.
    deepest_users: Vec<Mailbox>,
    /// Conversations with the most posts under way, the deepest first; at most ten.
    deepest_conversations: Vec<Mailbox>,
    /// Entries that wait for the journal.
    journal_queue: usize,
    /// How long commits took, in milliseconds.
    commit_ms: Vec<Class>,
    /// How many entries were committed together.
    batch_entries: Vec<Class>,
    /// Messages and signals handed to streams and long-polls.
    deliveries: u64,
    /// The same, over the last ten seconds.
    deliveries_per_second: u64,
    /// Streams that are open.
    streams: u64,
    /// Streams and long-polls that fell behind and read the log instead.
    streams_fell_behind: u64,
    /// Connections closed because their client took nothing for 20 seconds.
    connections_stalled: u64,
    /// What became of posts.
    posts: Vec<Count>,
}

/// `GET /api/admin/figures`
pub async fn read(State(app): State<App>, _: Administrator) -> Json<Figures> {
    let now = app.engine().figures();
    let mailbox = |(id, waiting)| Mailbox { id, waiting };
    let users = now.deepest_users.iter().map(|(id, n)| (id.0, *n));
    let conversations = now.deepest_conversations.iter().map(|(id, n)| (id.0, *n));
    Json(Figures {
        users_online: now.users_online,
        user_actors: now.user_actors,
        conversation_actors: now.conversation_actors,
        deepest_users: users.map(mailbox).collect(),
        deepest_conversations: conversations.map(mailbox).collect(),
        journal_queue: now.journal_queue,
        commit_ms: classes(&now.commit_ms),
        batch_entries: classes(&now.batch_entries),
        deliveries: now.deliveries,
        deliveries_per_second: now.deliveries_per_second,
        streams: now.streams,
        streams_fell_behind: now.fell_behind,
        connections_stalled: now.stalled,
        posts: posts(&now)
            .map(|(name, count)| Count { name, count })
            .collect(),
    })
}

fn classes(histogram: &Histogram) -> Vec<Class> {
    let ends = histogram.ends.iter().copied().map(Some).chain([None]);
    let classes = ends.zip(histogram.counts);
    classes.map(|(most, count)| Class { most, count }).collect()
}

fn posts(now: &Now) -> impl Iterator<Item = (&'static str, u64)> {
    POST_OUTCOMES.into_iter().zip(now.posts)
}

/// `GET /metrics`: the same as text for Prometheus, without ids. For whoever asks from this machine
/// itself and not through a proxy, and for administrators.
pub async fn metrics(
    State(app): State<App>,
    connection: Option<Extension<Connection>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let is_local = connection.is_some_and(|c| c.peer.ip().to_canonical().is_loopback());
    let proxied = ["x-forwarded-for", "forwarded", "via", "x-real-ip"];
    let is_direct = !proxied.iter().any(|name| headers.contains_key(*name));
    if !(is_local && is_direct) {
        let method = axum::http::Method::GET;
        let caller = Caller::of(&app, &method, &headers, true).await?;
        if !caller.user().administrator {
            let detail = "Only administrators of the server may read this.";
            return Err(Problem::forbidden("not_allowed", detail));
        }
    }
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, text(&app.engine().figures())))
}

fn text(now: &Now) -> String {
    let mut out = String::with_capacity(4 * 1024);
    let mut one = |name: &str, kind: &str, help: &str, lines: &[(&str, u64)]| {
        // Writing to a String cannot fail.
        let _ok = writeln!(
            out,
            "# HELP webqq_{name} {help}\n# TYPE webqq_{name} {kind}"
        );
        for (labels, value) in lines {
            let _ok = writeln!(out, "webqq_{name}{labels} {value}");
        }
    };
    let deepest = |first: Option<usize>| first.unwrap_or(0) as u64;
    let users = deepest(now.deepest_users.first().map(|(_, n)| *n));
    let conversations = deepest(now.deepest_conversations.first().map(|(_, n)| *n));
    const GAUGE: &str = "gauge";
    const COUNTER: &str = "counter";
    let online = now.users_online as u64;
    one(
        "users_online",
        GAUGE,
        "Users who look online.",
        &[("", online)],
    );
    one("streams", GAUGE, "Open streams.", &[("", now.streams)]);
    let actors = [
        (r#"{type="user"}"#, now.user_actors as u64),
        (r#"{type="conversation"}"#, now.conversation_actors as u64),
    ];
    one("actors", GAUGE, "Actors that live.", &actors);
    let depths = [
        (r#"{type="user"}"#, users),
        (r#"{type="conversation"}"#, conversations),
    ];
    one(
        "mailbox_deepest",
        GAUGE,
        "What waits in the deepest mailbox.",
        &depths,
    );
    let queue = now.journal_queue as u64;
    one(
        "journal_queue",
        GAUGE,
        "Entries waiting for the journal.",
        &[("", queue)],
    );
    one(
        "deliveries_total",
        COUNTER,
        "Deliveries to readers.",
        &[("", now.deliveries)],
    );
    let behind = now.fell_behind;
    one(
        "streams_fell_behind_total",
        COUNTER,
        "Streams that read the log instead.",
        &[("", behind)],
    );
    let stalled = now.stalled;
    one(
        "connections_stalled_total",
        COUNTER,
        "Connections closed for taking nothing.",
        &[("", stalled)],
    );
    let labels = POST_OUTCOMES.map(|name| format!(r#"{{outcome="{name}"}}"#));
    let posts: Vec<_> = labels.iter().map(String::as_str).zip(now.posts).collect();
    one(
        "posts_total",
        COUNTER,
        "Posts by what became of them.",
        &posts,
    );
    histogram(
        &mut out,
        "commit_seconds",
        "Time of a commit.",
        &now.commit_ms,
        1_000.0,
    );
    histogram(
        &mut out,
        "batch_entries",
        "Entries of a commit.",
        &now.batch_entries,
        1.0,
    );
    out
}

fn histogram(out: &mut String, name: &str, help: &str, of: &Histogram, unit: f64) {
    let _ok = writeln!(
        out,
        "# HELP webqq_{name} {help}\n# TYPE webqq_{name} histogram"
    );
    let mut so_far = 0;
    for (end, count) in of.ends.iter().zip(of.counts) {
        so_far += count;
        let end = *end as f64 / unit;
        let _ok = writeln!(out, "webqq_{name}_bucket{{le=\"{end}\"}} {so_far}");
    }
    let all: u64 = of.counts.iter().sum();
    let sum = of.sum as f64 / unit;
    let _ok = writeln!(
        out,
        "webqq_{name}_bucket{{le=\"+Inf\"}} {all}\nwebqq_{name}_sum {sum}\nwebqq_{name}_count {all}"
    );
}
