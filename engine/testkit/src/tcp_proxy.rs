//! A wire that fails on request.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const CHUNK_BYTES: usize = 16 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Forwards TCP connections to one upstream address, until told otherwise. Dropping it cuts all
/// connections and closes its port.
#[derive(Debug)]
pub struct TcpProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl TcpProxy {
    /// Listens on a free port of 127.0.0.1 for connections to `upstream`, which need not be there yet.
    ///
    /// # Panics
    /// When it cannot listen.
    #[must_use]
    pub fn start(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap_or_else(|error| panic!("cannot listen for a proxy: {error}"));
        let address = listener
            .local_addr()
            .unwrap_or_else(|error| panic!("a listener without an address: {error}"));
        let shared = Arc::new(Shared {
            upstream,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let acceptor = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Self {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    /// Where clients connect to.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were accepted and forwarded so far.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.shared.state().accepted
    }

    /// Drops all connections now, in both directions. New ones are forwarded as before.
    pub fn cut(&self) {
        let links = std::mem::take(&mut self.shared.state().links);
        self.shared.changed.notify_all();
        for link in links.into_values() {
            link.close();
        }
    }

    /// While true, a new connection is accepted and closed at once, as by a load balancer without a
    /// server behind it. Existing ones go on: [`TcpProxy::cut`] ends them.
    pub fn refuse(&self, refuse: bool) {
        self.shared.state().refuse = refuse;
    }

    /// While true, connections are accepted and nothing is forwarded in either direction, on new and
    /// existing ones alike: a network that swallows packets. What was sent meanwhile is forwarded
    /// when it ends.
    pub fn blackhole(&self, blackhole: bool) {
        self.shared.state().blackhole = blackhole;
        self.shared.changed.notify_all();
    }

    /// Waits for the next bytes of a client that contain `needle`, forwards them, and drops that
    /// connection without forwarding the answer: the server has done it, the client does not know.
    /// Once; then forwards as before.
    pub fn cut_after_request_containing(&self, needle: &[u8]) {
        self.shared.state().trap = Some(Trap {
            needle: needle.to_owned(),
            forward: true,
        });
    }

    /// Like [`TcpProxy::cut_after_request_containing`], but the bytes are lost: the server never
    /// sees the request, and the client cannot tell the difference.
    pub fn cut_before_request_containing(&self, needle: &[u8]) {
        self.shared.state().trap = Some(Trap {
            needle: needle.to_owned(),
            forward: false,
        });
    }

    /// Waits until the cut that was asked for has happened. False if it has not within `timeout`.
    #[must_use]
    pub fn wait_for_cut(&self, timeout: Duration) -> bool {
        let waited =
            self.shared
                .changed
                .wait_timeout_while(self.shared.state(), timeout, |state| state.trap.is_some());
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.trap.is_none()
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        self.shared.state().closing = true;
        self.cut();
        // Wakes the acceptor, which then sees that it is over.
        let _ = TcpStream::connect_timeout(&self.address, CONNECT_TIMEOUT);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    state: Mutex<State>,
    /// Told when a thread that waits in [`Shared::passes`] or a test may go on.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    refuse: bool,
    blackhole: bool,
    closing: bool,
    trap: Option<Trap>,
    accepted: u64,
    /// The connections that live, by number.
    links: BTreeMap<u64, Link>,
}

#[derive(Debug)]
struct Trap {
    needle: Vec<u8>,
    forward: bool,
}

/// Handles to both sockets of a connection, to close them from outside.
#[derive(Debug)]
struct Link {
    client: TcpStream,
    server: Option<TcpStream>,
}

impl Link {
    fn close(&self) {
        let _ = self.client.shutdown(Shutdown::Both);
        if let Some(server) = &self.server {
            let _ = server.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits out a black hole. False if the connection was cut.
    fn passes(&self, number: u64) -> bool {
        let waited = self.changed.wait_while(self.state(), |state| {
            state.blackhole && state.links.contains_key(&number)
        });
        let state = waited.unwrap_or_else(PoisonError::into_inner);
        state.links.contains_key(&number)
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming().flatten() {
        let mut state = shared.state();
        if state.closing {
            return;
        }
        let Ok(handle) = client.try_clone() else {
            continue;
        };
        if state.refuse {
            continue;
        }
        state.accepted += 1;
        let number = state.accepted;
        let link = Link {
            client: handle,
            server: None,
        };
        state.links.insert(number, link);
        drop(state);
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // An error ends this connection; the client sees it end.
            let _ = carry(&shared, number, client);
            let link = shared.state().links.remove(&number);
            link.inspect(Link::close);
        });
    }
}

/// Carries one connection from its beginning to its end.
fn carry(shared: &Arc<Shared>, number: u64, client: TcpStream) -> std::io::Result<()> {
    if !shared.passes(number) {
        return Ok(());
    }
    let server = TcpStream::connect_timeout(&shared.upstream, CONNECT_TIMEOUT)?;
    // Frames leave as they come: delays would be the proxy's, not the program's.
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let handle = server.try_clone()?;
    match shared.state().links.get_mut(&number) {
        Some(link) => link.server = Some(handle),
        None => return Ok(()),
    }
    let down = thread::spawn({
        let (shared, from, to) = (Arc::clone(shared), server.try_clone()?, client.try_clone()?);
        move || carry_answers(&shared, number, from, to)
    });
    carry_requests(shared, number, client, server);
    let _ = down.join();
    Ok(())
}

fn carry_requests(shared: &Shared, number: u64, mut client: TcpStream, mut server: TcpStream) {
    let mut chunk = vec![0; CHUNK_BYTES];
    // The end of what went before: the needle may lie across two chunks.
    let mut tail = Vec::new();
    while let Ok(read @ 1..) = client.read(&mut chunk) {
        if !shared.passes(number) {
            return;
        }
        let chunk = &chunk[..read];
        tail.extend_from_slice(chunk);
        if let Some(trap) = sprung(shared, &mut tail) {
            // First the client's end: the answer must find it closed.
            let _ = client.shutdown(Shutdown::Both);
            if trap.forward {
                let _ = server.write_all(chunk);
                // The server reads the request, then the end; `carry_answers` swallows what it says.
                let _ = server.shutdown(Shutdown::Write);
            } else {
                let _ = server.shutdown(Shutdown::Both);
            }
            shared.changed.notify_all();
            return;
        }
        if server.write_all(chunk).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Write);
}

/// Takes the trap if its needle is in `seen`; else shortens `seen` to what may be its beginning.
fn sprung(shared: &Shared, seen: &mut Vec<u8>) -> Option<Trap> {
    let mut state = shared.state();
    let Some(trap) = &state.trap else {
        seen.clear();
        return None;
    };
    let length = trap.needle.len().max(1);
    if seen.windows(length).any(|window| window == trap.needle) {
        return state.trap.take();
    }
    seen.drain(..seen.len().saturating_sub(length - 1));
    None
}

fn carry_answers(shared: &Shared, number: u64, mut server: TcpStream, mut client: TcpStream) {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut listening = true;
    // Reads to the end even if the client is gone: a socket closed with unread answers would reset the
    // connection, and the server might lose the client's last request.
    while let Ok(read @ 1..) = server.read(&mut chunk) {
        if !shared.passes(number) {
            return;
        }
        listening = listening && client.write_all(&chunk[..read]).is_ok();
    }
    let _ = client.shutdown(Shutdown::Write);
}
