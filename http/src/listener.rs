//! The accept loop: who may connect, how long they may take, and how everything ends.
//!
//! `axum::serve` sets no time-out, no connection limit and no socket option, and cannot drop one
//! connection; so the loop is ours. Each connection is one task that ends in exactly one of these
//! ways: the peer closes, an answer says so, a time-out passes, its [`Connection::close`] is
//! cancelled, or the server stops.

use std::{
    collections::HashMap,
    convert::Infallible,
    future::poll_fn,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{
    address::{AddressKey, Network},
    error::Problem,
    socket::Socket,
};

/// Bounds of the accept loop and of each connection.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From the first wait for a request to the end of its headers; then 408. An idle keep-alive
    /// connection waits for its next request, so it is closed (without a word) after this, too.
    pub header_time: Duration,
    /// Request line and headers together, in bytes; more is 431, as are more than 100 headers.
    pub header_bytes: usize,
    /// Connections in all; 0 is unlimited. Beyond, a connection is answered 503 and closed.
    pub connections: usize,
    /// Connections per address ([`AddressKey`]); 0 is unlimited. Beyond: 503 and closed.
    pub connections_per_address: usize,
    /// Peers that `connections_per_address` does not apply to: trusted proxies, behind which
    /// everybody has the same address.
    pub not_counted: Vec<Network>,
    /// Kernel send buffer per connection, in bytes. Left to itself the kernel grows it to 4 MB for
    /// a reader that stalls; this, hyper's buffer and the stream's queue are all it may hold.
    pub send_buffer_bytes: usize,
    /// Unacknowledged data closes the connection after this (TCP_USER_TIMEOUT).
    pub unacknowledged_time: Duration,
    /// A write that moves no byte for this long closes the connection.
    pub stall_time: Duration,
    /// Where the connections are counted that were closed for that.
    pub stalled: Arc<AtomicU64>,
    /// From the shutdown to the moment when the remaining connections are dropped.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_time: Duration::from_secs(10),
            header_bytes: 16 * 1024,
            connections: 20_000,
            connections_per_address: 256,
            not_counted: Vec::new(),
            send_buffer_bytes: 64 * 1024,
            unacknowledged_time: Duration::from_secs(20),
            stall_time: Duration::from_secs(20),
            stalled: Arc::default(),
            drain_time: Duration::from_secs(4),
        }
    }
}

/// Bytes that hyper reads ahead or holds back to write, per connection. Its own default is 400 KB.
const HYPER_BUFFER_BYTES: usize = 64 * 1024;

/// Refused connections that are being told so at the same time; beyond, they are just closed.
const REFUSALS_AT_ONCE: usize = 64;

/// An idle connection is asked for a sign of life after this; without one, the kernel closes it.
const KEEPALIVE_TIME: Duration = Duration::from_secs(30);

/// What a request knows of its connection (a request extension).
#[derive(Debug, Clone)]
pub struct Connection {
    /// The other end. Behind a proxy: the proxy, see [`crate::address::client_address`].
    pub peer: SocketAddr,
    /// Cancelling it drops the connection at once, in the middle of an answer, too. This is the only way
    /// to end a stream whose reader has stalled: hyper does not ask its body for more, and so
    /// never sees that it has ended.
    pub close: CancellationToken,
}

/// Serves `app` until `shutdown` is cancelled; returns when every connection has ended.
///
/// After `shutdown` no connection is accepted, idle ones are closed, and the others may finish
/// their request; what is still there after [`Limits::drain_time`] is dropped. Streams never
/// finish by themselves: whoever runs them ends them on the same token.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    shutdown: CancellationToken,
) {
    let server = Arc::new(Server {
        app,
        http: http(&limits),
        slots: Slots::default(),
        refusals: Arc::new(Semaphore::new(REFUSALS_AT_ONCE)),
        drop_all: CancellationToken::new(),
        shutdown,
        limits,
    });
    let tasks = TaskTracker::new();
    let mut failures = 0;
    loop {
        let accepted = tokio::select! {
            biased;
            () = server.shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                failures = 0;
                server.admit(stream, peer, &tasks);
            }
            Err(error) => {
                if let Some(pause) = pause_after(&error, failures) {
                    if failures == 0 {
                        tracing::warn!(%error, "cannot accept connections; waiting for free resources");
                    }
                    failures += 1;
                    tokio::select! {
                        () = server.shutdown.cancelled() => break,
                        () = sleep(pause) => {}
                    }
                }
            }
        }
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(server.limits.drain_time, tasks.wait())
        .await
        .is_err()
    {
        tracing::info!(
            connections = tasks.len(),
            "dropping connections that did not finish in time"
        );
        server.drop_all.cancel();
        tasks.wait().await;
    }
}

/// How long to wait after a failed accept: not at all when only that one connection failed;
/// otherwise (no free file descriptors, no memory) longer and longer, since accepting again at
/// once would fail again at once and spin. `failures` is how many came before in a row.
fn pause_after(error: &io::Error, failures: u32) -> Option<Duration> {
    match error.kind() {
        io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionRefused
        | io::ErrorKind::Interrupted => None,
        _ => Some(Duration::from_millis(10 << failures.min(6))),
    }
}

fn http(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    // Without a timer the time-out would be silently ignored.
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_header_size(limits.header_bytes)
        .max_buf_size(HYPER_BUFFER_BYTES);
    http
}

/// What all connections share.
struct Server {
    app: Router,
    http: http1::Builder,
    limits: Limits,
    slots: Slots,
    refusals: Arc<Semaphore>,
    shutdown: CancellationToken,
    /// Parent of every connection's `close`.
    drop_all: CancellationToken,
}

impl Server {
    fn admit(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, tasks: &TaskTracker) {
        if let Err(error) = self.set_options(&stream) {
            // The peer has gone already.
            tracing::debug!(%peer, %error, "cannot set socket options");
            return;
        }
        let server = Arc::clone(self);
        let stall = self.limits.stall_time;
        let socket = Socket::new(stream, stall, self.limits.header_bytes);
        match Slot::take(self, AddressKey::from(peer.ip()), self.is_counted(peer)) {
            Ok(slot) => {
                tasks.spawn(async move {
                    let close = server.drop_all.child_token();
                    let connection = Connection {
                        peer,
                        close: close.clone(),
                    };
                    tokio::select! {
                        biased;
                        () = close.cancelled() => {}
                        () = server.drive(socket, connection) => {}
                    }
                    drop(slot);
                });
            }
            Err(problem) => {
                // Telling costs a task and a descriptor, so only so many are told at a time.
                let Ok(permit) = Arc::clone(&self.refusals).try_acquire_owned() else {
                    return;
                };
                let answer = problem.to_http1();
                tasks.spawn(async move {
                    tokio::select! {
                        () = server.drop_all.cancelled() => {}
                        () = socket.finish(&answer) => {}
                    }
                    drop(permit);
                });
            }
        }
    }

    fn is_counted(&self, peer: SocketAddr) -> bool {
        !self
            .limits
            .not_counted
            .iter()
            .any(|network| network.contains(peer.ip()))
    }

    fn set_options(&self, stream: &TcpStream) -> io::Result<()> {
        // Frames are joined before they are written: waiting for more would only add delay.
        stream.set_nodelay(true)?;
        let socket = SockRef::from(stream);
        socket.set_send_buffer_size(self.limits.send_buffer_bytes)?;
        socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE_TIME))?;
        #[cfg(target_os = "linux")]
        socket.set_tcp_user_timeout(Some(self.limits.unacknowledged_time))?;
        Ok(())
    }

    /// Runs one connection to its end.
    async fn drive(&self, socket: Socket, connection: Connection) {
        let peer = connection.peer;
        let app = self.app.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(connection.clone());
            let answer = app.clone().oneshot(request);
            Box::pin(answer) as Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>
        });
        let mut http = self.http.serve_connection(TokioIo::new(socket), service);
        let mut draining = false;
        let result = loop {
            tokio::select! {
                biased;
                () = self.shutdown.cancelled(), if !draining => {
                    draining = true;
                    Pin::new(&mut http).graceful_shutdown();
                }
                result = poll_fn(|cx| http.poll_without_shutdown(cx)) => break result,
            }
        };
        let parts = http.into_parts();
        let mut last_words = Vec::new();
        if let Err(error) = result {
            tracing::debug!(%peer, %error, "connection failed");
            if is_stall(&error) {
                self.limits.stalled.fetch_add(1, Ordering::Relaxed);
            }
            // Something of a request came, but not the end of its headers. (To an idle
            // connection nothing is said: nothing was asked.)
            if error.is_timeout() && !parts.read_buf.is_empty() {
                last_words = Problem::too_slow().to_http1();
            }
        }
        parts.io.into_inner().finish(&last_words).await;
    }
}

/// Whether the connection was closed by [`Socket`] because its peer takes nothing.
fn is_stall(error: &hyper::Error) -> bool {
    let cause = std::error::Error::source(error);
    let cause = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut)
}

/// Who is connected, for the two limits.
#[derive(Debug, Default)]
struct Slots(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    all: usize,
    /// Only addresses with a connection: never more entries than connections.
    by_address: HashMap<AddressKey, usize>,
}

/// One connection's place; given back when dropped.
struct Slot {
    server: Arc<Server>,
    /// Set if the address was counted.
    address: Option<AddressKey>,
}

impl Slot {
    fn take(server: &Arc<Server>, address: AddressKey, counted: bool) -> Result<Self, Problem> {
        let limits = &server.limits;
        let refuse = |detail: &'static str| {
            Err(Problem::unavailable(
                "too_many_connections",
                detail,
                Duration::from_secs(5),
            ))
        };
        let mut open = server
            .slots
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if limits.connections != 0 && open.all >= limits.connections {
            return refuse("The server has as many connections as it can serve; try again later.");
        }
        let counted = counted && limits.connections_per_address != 0;
        if counted {
            let here = open.by_address.get(&address).copied().unwrap_or(0);
            if here >= limits.connections_per_address {
                return refuse("There are too many connections from your address; close some.");
            }
            open.by_address.insert(address, here + 1);
        }
        open.all += 1;
        Ok(Self {
            server: Arc::clone(server),
            address: counted.then_some(address),
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self
            .server
            .slots
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(address) = self.address
            && let Some(here) = open.by_address.get_mut(&address)
        {
            *here -= 1;
            if *here == 0 {
                open.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
#[path = "listener_tests.rs"]
mod tests;
