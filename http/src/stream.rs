//! `GET /api/stream`: the feed as Server-Sent Events.
//!
//! The entries are JSON that was rendered once and is shared; this adds the `id:` line of this
//! stream and joins all that is ready into one chunk, because under load the kernel's write is the
//! dear part. Errors are told inside a 200: `EventSource` gives up for good on an error status.

use std::convert::Infallible;
use std::io::Write;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio_stream::StreamExt;
use tokio_util::sync::{CancellationToken, DropGuard};
use webqq_engine::user::feed::{Event, Feed};
use webqq_engine::user::port::Bye;

use crate::app::App;
use crate::auth::{Caller, Claim, claim};
use crate::error::Problem;
use crate::listener::Connection;
use crate::params::Params;

/// How long a stream that is told to end may take to say `bye` before its connection is cut. Its
/// reader may have stalled, and then the body is not asked for more.
const LAST_WORDS: Duration = Duration::from_millis(1_500);
/// The pause before a client comes back, in milliseconds: random in this range per connection.
const RETRY_MS: std::ops::Range<u16> = 3_000..9_000;

/// Query of the stream.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From {
    cursor: Option<String>,
}

/// See the [module](self). Starts behind `Last-Event-ID`, else `?cursor=`, else now.
pub async fn stream(
    State(app): State<App>,
    connection: Option<Extension<Connection>>,
    headers: HeaderMap,
    Params(from): Params<From>,
) -> Response {
    let caller = match Caller::of(&app, &Method::GET, &headers, false).await {
        Ok(caller) => caller,
        Err(problem) => return turn_away(&headers, problem),
    };
    let last = headers.get("last-event-id");
    // An id that is not text is one that we never gave: unparsable, so `reset`.
    let last = last.map(|id| id.to_str().unwrap_or("?").to_owned());
    let feed = app.engine().feed(caller.viewer(), last.or(from.cursor));
    let over = CancellationToken::new();
    if let Some(Extension(connection)) = connection {
        cut_when_told(&feed, over.clone(), connection.close);
    }
    let state = Stream {
        feed,
        first: true,
        _over: over.drop_guard(),
    };
    let batches = futures_util::stream::unfold(state, |mut state| async {
        let events = state.feed.next().await?;
        let first = std::mem::take(&mut state.first);
        Some(((events, first), state))
    });
    let chunks = batches.map(|(events, first)| Ok::<_, Infallible>(encode(&events, first)));
    event_stream(Body::from_stream(chunks))
}

struct Stream {
    feed: Feed,
    first: bool,
    /// Dropped with the stream: nobody needs to cut its connection any more.
    _over: DropGuard,
}

/// No session: 204, so that `EventSource` stops, but 401 for a bad Bearer token. Store down:
/// `bye`, so that it comes back.
fn turn_away(headers: &HeaderMap, problem: Problem) -> Response {
    match (problem.status(), claim(headers)) {
        (StatusCode::UNAUTHORIZED, Claim::Bearer(_)) => problem.into_response(),
        (StatusCode::UNAUTHORIZED, _) => StatusCode::NO_CONTENT.into_response(),
        (StatusCode::SERVICE_UNAVAILABLE, _) => {
            let json = format!(r#"{{"type":"bye","reason":"{}"}}"#, Bye::Unavailable.name());
            let event = Event {
                id: None,
                json: json.into(),
            };
            event_stream(Body::from(encode(&[event], true)))
        }
        _ => problem.into_response(),
    }
}

fn cut_when_told(feed: &Feed, over: CancellationToken, close: CancellationToken) {
    let told = feed.ending();
    tokio::spawn(async move {
        tokio::select! {
            () = over.cancelled() => return,
            () = told => {}
        }
        tokio::select! {
            () = over.cancelled() => {}
            () = tokio::time::sleep(LAST_WORDS) => close.cancel(),
        }
    });
}

fn event_stream(body: Body) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-cache, no-store, no-transform"),
        // Tells nginx not to hold the stream back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, body).into_response()
}

/// The wire form of entries that are sent together.
fn encode(events: &[Event], first: bool) -> Bytes {
    let size: usize = events.iter().map(|event| event.json.len() + 64).sum();
    let mut chunk = Vec::with_capacity(size + 16);
    // Writing to memory cannot fail.
    if first {
        let _ok = write!(chunk, "retry: {}\n\n", retry_ms());
    }
    for event in events {
        if let Some(id) = event.id {
            let _ok = writeln!(chunk, "id: {id}");
        }
        chunk.extend_from_slice(b"data: ");
        chunk.extend_from_slice(&event.json);
        chunk.extend_from_slice(b"\n\n");
    }
    chunk.into()
}

fn retry_ms() -> u16 {
    let mut random = [0; 2];
    // Without randomness the spread is lost, nothing else.
    let _spread = getrandom::fill(&mut random);
    RETRY_MS.start + u16::from_le_bytes(random) % (RETRY_MS.end - RETRY_MS.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use webqq_engine::ids::{Cursor, Epoch, Position};

    #[test]
    fn entries_are_joined_and_signals_have_no_id() {
        let cursor = Cursor {
            epoch: Epoch(1),
            position: Position(2),
            version: 3,
        };
        let events = [
            Event {
                id: Some(cursor),
                json: Bytes::from_static(b"{\"a\":1}"),
            },
            Event {
                id: None,
                json: Bytes::from_static(b"{}"),
            },
        ];
        let chunk = encode(&events, false);
        let expected = "id: 00000001-2-3\ndata: {\"a\":1}\n\ndata: {}\n\n";
        assert_eq!(chunk, expected);
        let first = encode(&events, true);
        let first = std::str::from_utf8(&first).unwrap();
        let retry = first.strip_prefix("retry: ").unwrap();
        let ms: u16 = retry.split('\n').next().unwrap().parse().unwrap();
        assert!(RETRY_MS.contains(&ms));
    }
}
