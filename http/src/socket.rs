//! A client's socket, with two things that TCP and hyper leave open.
//!
//! **A peer that takes no byte.** TCP_USER_TIMEOUT closes a connection whose data is not
//! acknowledged. A peer that stops reading but still acknowledges (a zero window) is alive to
//! the kernel for ever, and holds a stream's whole queue. [`Socket`] fails a write that moved
//! nothing for [`Socket::new`]'s `stall`.
//!
//! **Hyper's own refusals.** A request that hyper cannot read never reaches the routes; hyper answers
//! it with an empty 400 or 431. The socket sends our problem in its place.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

use crate::error::Problem;

/// After the last answer the socket is read for this long before it is closed. Closing with
/// unread input makes the kernel send a reset, which can overtake the answer.
const LINGER_TIME: Duration = Duration::from_secs(1);

/// At most this many bytes are read and thrown away while lingering.
const LINGER_BYTES: usize = 1024 * 1024;

/// The socket of one connection. Reading passes straight through.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    stall: Duration,
    header_bytes: usize,
    /// Made at the first stall and used again for later ones; most connections never have one.
    timer: Option<Pin<Box<Sleep>>>,
    /// A write is waiting and `timer` runs.
    stalled: bool,
    instead: Option<Instead>,
}

/// An answer that is being sent in place of one of hyper's.
#[derive(Debug)]
struct Instead {
    bytes: Vec<u8>,
    sent: usize,
    /// How many bytes of hyper's it stands for.
    stands_for: usize,
}

impl Socket {
    /// `stall`: how long a write may move no byte; `header_bytes`: the limit that a 431 names.
    pub(crate) fn new(stream: TcpStream, stall: Duration, header_bytes: usize) -> Self {
        Self {
            stream,
            stall,
            header_bytes,
            timer: None,
            stalled: false,
            instead: None,
        }
    }

    /// Sends what is left to say, then closes without a reset: our end first, then whatever the
    /// peer still sends is thrown away for a short while.
    pub(crate) async fn finish(mut self, last_words: &[u8]) {
        let _ = tokio::time::timeout(LINGER_TIME, async {
            self.stream.write_all(last_words).await?;
            self.stream.shutdown().await?;
            let mut waste = [0; 4096];
            let mut read = 0;
            while read < LINGER_BYTES {
                match self.stream.read(&mut waste).await? {
                    0 => break,
                    bytes => read += bytes,
                }
            }
            io::Result::Ok(())
        })
        .await;
    }

    /// Lets a write through, or ends it when it has moved nothing for too long.
    ///
    /// The kernel calls a socket writable when a third of its send buffer is free. So a very slow
    /// reader (below some 2 KB/s with a buffer of 64 KiB and 20 s) counts as one that takes
    /// nothing. Trying to send regardless would not tell the two apart: the kernel lets
    /// small writes slip into its last packet for hours while the peer takes none.
    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        write: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if write.is_ready() {
            self.stalled = false;
            return write;
        }
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep(self.stall)));
        if !self.stalled {
            self.stalled = true;
            timer.as_mut().reset(Instant::now() + self.stall);
        }
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client takes no data",
        )))
    }

    fn write_plain(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let write = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, write)
    }

    /// Sends the rest of the answer that stands in; then claims that hyper's bytes were sent.
    fn write_instead(&mut self, cx: &mut Context<'_>) -> Option<Poll<io::Result<usize>>> {
        let mut instead = self.instead.take()?;
        while instead.sent < instead.bytes.len() {
            match self.write_plain(cx, &instead.bytes[instead.sent..]) {
                Poll::Ready(Ok(written)) => instead.sent += written,
                Poll::Ready(Err(error)) => return Some(Poll::Ready(Err(error))),
                Poll::Pending => {
                    self.instead = Some(instead);
                    return Some(Poll::Pending);
                }
            }
        }
        Some(Poll::Ready(Ok(instead.stands_for)))
    }

    fn replace(&mut self, bytes: &[u8]) {
        if let Some(problem) = refusal_of_hyper(bytes, self.header_bytes) {
            let stands_for = bytes.len();
            self.instead = Some(Instead {
                bytes: problem.to_http1(),
                sent: 0,
                stands_for,
            });
        }
    }
}

/// Recognises an answer that hyper made by itself: one of three statuses with no body. Ours with
/// these statuses always have one.
fn refusal_of_hyper(bytes: &[u8], header_bytes: usize) -> Option<Problem> {
    let status = bytes.strip_prefix(b"HTTP/1.1 ")?.get(..4)?;
    let problem = match status {
        b"400 " => Problem::malformed("malformed_request", "This is not a readable HTTP request."),
        b"431 " | b"414 " => Problem::headers_too_large(header_bytes),
        _ => return None,
    };
    let empty = b"\r\ncontent-length: 0\r\n";
    let is_empty = bytes.windows(empty.len()).any(|window| window == empty);
    (is_empty && bytes.ends_with(b"\r\n\r\n")).then_some(problem)
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.instead.is_none() {
            this.replace(bytes);
        }
        match this.write_instead(cx) {
            Some(write) => write,
            None => this.write_plain(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let first = slices
            .iter()
            .find(|slice| !slice.is_empty())
            .map_or(&[][..], |slice| slice);
        if this.instead.is_none() && slices.len() == 1 {
            this.replace(first);
        }
        if let Some(write) = this.write_instead(cx) {
            return write;
        }
        let write = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.watch(cx, write)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use socket2::SockRef;
    use tokio::net::TcpListener;

    use super::*;

    /// A socket with small buffers whose peer is the second one.
    async fn pair(stall: Duration) -> (Socket, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        SockRef::from(&stream)
            .set_send_buffer_size(64 * 1024)
            .unwrap();
        (Socket::new(stream, stall, 16_384), peer)
    }

    #[tokio::test]
    async fn a_peer_that_takes_nothing_ends_the_write() {
        let (mut socket, _peer) = pair(Duration::from_millis(300)).await;
        let begin = Instant::now();
        let error = socket.write_all(&vec![0; 64 << 20]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(begin.elapsed() >= Duration::from_millis(300));
        assert!(begin.elapsed() < Duration::from_secs(5));
    }

    #[tokio::test]
    async fn a_slow_peer_is_served_to_the_end() {
        let (mut socket, mut peer) = pair(Duration::from_secs(1)).await;
        let bytes = 4 << 20;
        let reading = tokio::spawn(async move {
            let mut buffer = vec![0; 1 << 20];
            let mut read = 0;
            while read < bytes {
                // Less than what is allowed before each megabyte, more for all of them.
                sleep(Duration::from_millis(400)).await;
                read += peer.read_exact(&mut buffer).await.unwrap();
            }
            read
        });
        socket.write_all(&vec![0; bytes]).await.unwrap();
        assert_eq!(reading.await.unwrap(), bytes);
    }

    #[tokio::test]
    async fn only_empty_refusals_are_replaced() {
        let hyper = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        assert_eq!(
            refusal_of_hyper(hyper, 16_384).unwrap().code(),
            "headers_too_large"
        );
        let ours = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 12\r\n\r\n";
        assert!(refusal_of_hyper(ours, 16_384).is_none());
        let fine = b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n";
        assert!(refusal_of_hyper(fine, 16_384).is_none());

        let (mut socket, mut peer) = pair(Duration::from_secs(5)).await;
        socket.write_all(hyper).await.unwrap();
        // The peer keeps its end open, and still sees the end of the answer at once.
        let begin = Instant::now();
        tokio::spawn(socket.finish(b""));
        let mut text = String::new();
        peer.read_to_string(&mut text).await.unwrap();
        assert!(begin.elapsed() < LINGER_TIME, "closed late");
        // What it was still sending does no harm: a reset here could overtake the answer.
        for _ in 0..3 {
            peer.write_all(b"more").await.unwrap();
            sleep(Duration::from_millis(20)).await;
        }
        assert!(
            text.starts_with("HTTP/1.1 431 ") && text.ends_with('}'),
            "{text}"
        );
        assert!(text.contains("application/problem+json"), "{text}");
    }
}
