//! Black-box tests of the accept loop over real sockets.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use axum::{Extension, routing::get};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinHandle,
};

use super::*;
use crate::bind::bind;

struct TestServer {
    address: SocketAddr,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
    /// The connection of the last `/stream` request.
    stream: Arc<Mutex<Option<Connection>>>,
    /// `/stream` and `/flood` answers that are being sent.
    answers: Arc<AtomicUsize>,
}

/// Counts an answer for as long as its body lives.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn start(limits: Limits) -> TestServer {
    let stream: Arc<Mutex<Option<Connection>>> = Arc::default();
    let answers: Arc<AtomicUsize> = Arc::default();
    let (kept, streams, floods) = (stream.clone(), answers.clone(), answers.clone());
    let app = Router::new()
        .route(
            "/",
            get(async |Extension(c): Extension<Connection>| c.peer.to_string()),
        )
        .route(
            "/slow",
            get(async || sleep(Duration::from_millis(300)).await),
        )
        .route(
            "/stream",
            get(async move |Extension(connection): Extension<Connection>| {
                *kept.lock().unwrap() = Some(connection);
                let counted = Counted::new(&streams);
                let first = stream::iter([Ok::<_, Infallible>(Bytes::from("first"))]);
                let rest = stream::pending().inspect(move |_| {
                    let _ = &counted;
                });
                Body::from_stream(first.chain(rest))
            }),
        )
        .route(
            "/flood",
            get(async move || {
                let counted = Counted::new(&floods);
                let frame = Bytes::from(vec![b'x'; 1024]);
                let frames = stream::repeat(frame).map(Ok::<_, Infallible>);
                Body::from_stream(frames.inspect(move |_| {
                    let _ = &counted;
                }))
            }),
        );
    let listener = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let task = tokio::spawn(serve(listener, app, limits, shutdown.clone()));
    TestServer {
        address,
        shutdown,
        task,
        stream,
        answers,
    }
}

/// Opens a connection and sends `text`.
async fn send(server: &TestServer, text: &str) -> TcpStream {
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(text.as_bytes()).await.unwrap();
    client
}

/// Everything until the server closes; fails after 5 s.
async fn rest(client: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), client.read_to_end(&mut text)).await;
    read.expect("the connection stays open")
        .expect("the connection was reset");
    String::from_utf8(text).unwrap()
}

/// One answer's bytes so far, without waiting for the end.
async fn some(client: &mut TcpStream) -> String {
    let mut buffer = [0; 4096];
    let read = tokio::time::timeout(Duration::from_secs(5), client.read(&mut buffer)).await;
    String::from_utf8_lossy(&buffer[..read.expect("no answer").unwrap()]).into_owned()
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(
            begin.elapsed() < Duration::from_secs(5),
            "not within 5 s: {what}"
        );
        sleep(Duration::from_millis(5)).await;
    }
}

const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn requests_know_their_peer_and_connections_are_kept() {
    let server = start(Limits::default());
    let mut client = send(&server, GET).await;
    let own = client.local_addr().unwrap().to_string();
    assert!(some(&mut client).await.ends_with(&own));
    client.write_all(GET.as_bytes()).await.unwrap();
    assert!(some(&mut client).await.ends_with(&own));
}

#[tokio::test]
async fn slow_headers_are_answered_408_and_idle_connections_closed_in_silence() {
    let server = start(Limits {
        header_time: Duration::from_millis(200),
        ..Limits::default()
    });
    let begin = Instant::now();
    let mut slow = send(&server, "GET / HTTP/1.1\r\nhost:").await;
    let mut idle = send(&server, "").await;
    let text = rest(&mut slow).await;
    assert!(
        text.starts_with("HTTP/1.1 408 ") && text.contains("problem+json"),
        "{text}"
    );
    assert_eq!(rest(&mut idle).await, "");
    assert!(begin.elapsed() >= Duration::from_millis(200));
    // A request that takes longer than the headers may is not cut off.
    let mut client = send(&server, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(some(&mut client).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn unreadable_requests_are_problems() {
    let server = start(Limits::default());
    let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(16 * 1024));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(101));
    let huge = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(200_000));
    for (text, status) in [
        (long.as_str(), "431"),
        (&many, "431"),
        (&huge, "431"),
        ("HELLO\r\n\r\n", "400"),
    ] {
        let mut client = send(&server, text).await;
        let answer = rest(&mut client).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        assert!(
            answer.contains("problem+json") && answer.ends_with('}'),
            "{answer}"
        );
    }
    let fits = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
        "x".repeat(15 * 1024)
    );
    let mut client = send(&server, &fits).await;
    assert!(some(&mut client).await.starts_with("HTTP/1.1 200 "));
}

/// Opens two connections that are allowed, then expects a third to be refused, and to be allowed
/// once one of the two has gone.
async fn check_third_is_refused(limits: Limits) {
    let server = start(limits);
    let mut clients = vec![send(&server, GET).await, send(&server, GET).await];
    for client in &mut clients {
        assert!(some(client).await.starts_with("HTTP/1.1 200 "));
    }
    let mut third = send(&server, GET).await;
    let answer = rest(&mut third).await;
    assert!(
        answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5"),
        "{answer}"
    );
    assert!(answer.contains("too_many_connections"), "{answer}");
    clients.pop();
    let begin = Instant::now();
    while !some(&mut send(&server, GET).await)
        .await
        .starts_with("HTTP/1.1 200 ")
    {
        assert!(
            begin.elapsed() < Duration::from_secs(5),
            "the place was not given back"
        );
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn connections_in_all_are_limited() {
    check_third_is_refused(Limits {
        connections: 2,
        ..Limits::default()
    })
    .await;
}

#[tokio::test]
async fn connections_per_address_are_limited() {
    check_third_is_refused(Limits {
        connections_per_address: 2,
        ..Limits::default()
    })
    .await;
}

#[tokio::test]
async fn proxies_are_not_counted_and_zero_is_unlimited() {
    let proxy = vec!["127.0.0.0/8".parse().unwrap()];
    let behind = Limits {
        connections_per_address: 1,
        not_counted: proxy,
        ..Limits::default()
    };
    let unlimited = Limits {
        connections: 0,
        connections_per_address: 0,
        ..Limits::default()
    };
    for limits in [behind, unlimited] {
        let server = start(limits);
        let mut clients = Vec::new();
        for _ in 0..5 {
            let mut client = send(&server, GET).await;
            assert!(some(&mut client).await.starts_with("HTTP/1.1 200 "));
            clients.push(client);
        }
    }
}

#[tokio::test]
async fn cancelling_close_drops_a_stream() {
    let server = start(Limits::default());
    let mut client = send(&server, "GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut other = send(&server, "GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(some(&mut client).await.contains("first"));
    assert!(some(&mut other).await.contains("first"));
    let dropped = server.stream.lock().unwrap().clone().unwrap();
    let is_first = dropped.peer == client.local_addr().unwrap();
    let (mut dropped_client, mut kept) = if is_first {
        (client, other)
    } else {
        (other, client)
    };
    dropped.close.cancel();
    // The end comes without the last chunk: a client can tell that the answer is not whole.
    assert!(!rest(&mut dropped_client).await.contains("\r\n0\r\n"));
    until("one body dropped", || {
        server.answers.load(Ordering::SeqCst) == 1
    })
    .await;
    let still = tokio::time::timeout(Duration::from_millis(100), kept.read(&mut [0; 9])).await;
    assert!(still.is_err(), "the other stream must stay open");
}

#[tokio::test]
async fn a_peer_that_stops_reading_is_dropped() {
    let server = start(Limits {
        stall_time: Duration::from_millis(300),
        ..Limits::default()
    });
    let _client = send(&server, "GET /flood HTTP/1.1\r\nhost: x\r\n\r\n").await;
    until("the flood begins", || {
        server.answers.load(Ordering::SeqCst) == 1
    })
    .await;
    until("the flood was dropped", || {
        server.answers.load(Ordering::SeqCst) == 0
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_goes_away_ends_its_stream() {
    let server = start(Limits::default());
    let mut client = send(&server, "GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(some(&mut client).await.contains("first"));
    drop(client);
    until("the stream was dropped", || {
        server.answers.load(Ordering::SeqCst) == 0
    })
    .await;
}

#[tokio::test]
async fn shutdown_finishes_requests_closes_idle_connections_and_drops_streams() {
    let server = start(Limits {
        drain_time: Duration::from_millis(2_500),
        ..Limits::default()
    });
    let mut idle = send(&server, GET).await;
    assert!(some(&mut idle).await.starts_with("HTTP/1.1 200 "));
    let mut stream = send(&server, "GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(some(&mut stream).await.contains("first"));
    let mut slow = send(&server, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    sleep(Duration::from_millis(50)).await;

    let begin = Instant::now();
    server.shutdown.cancel();
    assert_eq!(rest(&mut idle).await, "");
    assert!(
        begin.elapsed() < Duration::from_millis(1_500),
        "idle connections close at once"
    );
    let answer = rest(&mut slow).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("connection: close"));
    assert!(
        begin.elapsed() < Duration::from_millis(2_000),
        "finished requests close at once"
    );
    assert!(
        TcpStream::connect(server.address).await.is_err(),
        "nobody is accepted any more"
    );
    rest(&mut stream).await;
    assert!(
        begin.elapsed() >= Duration::from_millis(2_500),
        "streams are given their time"
    );
    tokio::time::timeout(Duration::from_secs(2), server.task)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn shutdown_without_connections_ends_at_once() {
    let server = start(Limits::default());
    server.shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(2), server.task)
        .await
        .unwrap()
        .unwrap();
}

#[test]
fn a_failed_accept_waits_longer_and_longer_up_to_a_bound() {
    let no_descriptors = io::Error::from_raw_os_error(24);
    let pause = |failures| pause_after(&no_descriptors, failures).unwrap().as_millis();
    assert_eq!(
        (pause(0), pause(1), pause(6), pause(1_000)),
        (10, 20, 640, 640)
    );
    let gone = io::Error::from(io::ErrorKind::ConnectionAborted);
    assert_eq!(pause_after(&gone, 0), None);
}
