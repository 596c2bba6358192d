//! A reader of Server-Sent Events over a raw socket.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::wire::{self, Chunks};

const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// One event as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The `id:` line of this very event, if it has one.
    pub id: Option<String>,
    /// The `data:` lines, joined by line ends.
    pub data: String,
}

impl Event {
    /// The data as JSON.
    ///
    /// # Panics
    /// When it is none, with the data.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data)
            .unwrap_or_else(|error| panic!("an event without JSON ({error}): {}", self.data))
    }
}

/// An open stream. Reads from its socket inside [`EventStream::next`] only: who does not call it is a
/// slow reader.
#[derive(Debug)]
pub struct EventStream {
    connection: BufReader<TcpStream>,
    status: u16,
    headers: Vec<(String, String)>,
    /// None if the response is not chunked.
    chunks: Option<Chunks>,
    parser: Parser,
    stalled: bool,
    closed: bool,
}

impl EventStream {
    /// Sends a GET and reads the response's head. A refusal is no error: see [`EventStream::status`].
    ///
    /// # Errors
    /// When there is no connection, or no head of a response within 10 s.
    pub fn open(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> io::Result<Self> {
        let head = wire::request_head(address, "GET", path, headers);
        Self::begin(address, &format!("{head}\r\n"))
    }

    pub(crate) fn begin(address: SocketAddr, head: &str) -> io::Result<Self> {
        let mut connection = wire::connect(address, HEAD_TIMEOUT)?;
        connection.get_mut().write_all(head.as_bytes())?;
        let (status, headers) = wire::read_head(&mut connection, Instant::now() + HEAD_TIMEOUT)?;
        let event_stream = wire::header(&headers, "content-type")
            .is_some_and(|value| value.starts_with("text/event-stream"));
        Ok(Self {
            chunks: wire::is_chunked(&headers).then(Chunks::default),
            closed: status != 200 || !event_stream,
            connection,
            status,
            headers,
            parser: Parser::default(),
            stalled: false,
        })
    }

    /// The response's status. Other than 200 there are no events.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The first header of that name of the response.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        wire::header(&self.headers, name)
    }

    /// The last `id:` seen, what a browser would send as `Last-Event-ID`.
    #[must_use]
    pub fn last_id(&self) -> Option<&str> {
        self.parser.last_id.as_deref()
    }

    /// The last `retry:` seen.
    #[must_use]
    pub fn retry_ms(&self) -> Option<u64> {
        self.parser.retry_ms
    }

    /// True once the server has ended the stream, or never began one. Events that came before are
    /// still given out.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// The next event. None if none comes within `timeout`, the stream is stalled, or it has ended.
    pub fn next(&mut self, timeout: Duration) -> Option<Event> {
        let deadline = Instant::now() + timeout;
        loop {
            if self.stalled {
                return None;
            }
            if let Some(event) = self.parser.events.pop_front() {
                return Some(event);
            }
            if self.closed {
                return None;
            }
            if let Err(error) = self.read(deadline) {
                let waiting = matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock);
                if waiting {
                    return None;
                }
                // A reset is an end like another.
                self.closed = true;
            }
        }
    }

    /// The next event for which `wanted` holds; the others are dropped.
    pub fn next_where(
        &mut self,
        timeout: Duration,
        mut wanted: impl FnMut(&Event) -> bool,
    ) -> Option<Event> {
        let deadline = Instant::now() + timeout;
        loop {
            let event = self.next(deadline.saturating_duration_since(Instant::now()))?;
            if wanted(&event) {
                return Some(event);
            }
        }
    }

    /// Stops reading: from now on [`EventStream::next`] gives nothing, what the server sends fills the
    /// kernel's buffers, and then its own.
    pub fn stall(&mut self) {
        self.stalled = true;
    }

    /// Reads again.
    pub fn resume(&mut self) {
        self.stalled = false;
    }

    fn read(&mut self, deadline: Instant) -> io::Result<()> {
        wire::wait_until(self.connection.get_ref(), deadline)?;
        let input = self.connection.fill_buf()?;
        if input.is_empty() {
            self.closed = true;
            return Ok(());
        }
        let used = match &mut self.chunks {
            Some(chunks) => {
                let mut content = Vec::new();
                let used = chunks.take(input, &mut content)?;
                self.parser.take(&content);
                self.closed = chunks.ended();
                used
            }
            None => {
                self.parser.take(input);
                input.len()
            }
        };
        self.connection.consume(used);
        Ok(())
    }
}

/// Cuts bytes into events, as the HTML standard says. Line ends are LF or CR LF; the server sends no
/// lone CR.
#[derive(Debug, Default)]
struct Parser {
    line: Vec<u8>,
    id: Option<String>,
    data: Option<String>,
    last_id: Option<String>,
    retry_ms: Option<u64>,
    events: VecDeque<Event>,
}

impl Parser {
    fn take(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte != b'\n' {
                self.line.push(byte);
                continue;
            }
            if self.line.last() == Some(&b'\r') {
                self.line.pop();
            }
            let line = std::mem::take(&mut self.line);
            self.line(&String::from_utf8_lossy(&line));
        }
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() {
            let id = self.id.take();
            // An event without data only moves the id.
            if let Some(data) = self.data.take() {
                self.events.push_back(Event { id, data });
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => {
                self.id = Some(value.to_owned());
                self.last_id = Some(value.to_owned());
            }
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            "retry" => self.retry_ms = value.parse().ok().or(self.retry_ms),
            // Comments (an empty name) and fields of the future.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::script;

    const PATIENCE: Duration = Duration::from_secs(5);

    fn event(id: Option<&str>, data: &str) -> Event {
        Event {
            id: id.map(str::to_owned),
            data: data.to_owned(),
        }
    }

    #[test]
    fn events_come_out_as_they_went_in_however_torn() {
        let input = "retry: 4000\r\nid: a-1\r\ndata: {}\r\n\r\n: comment\ndata: one\ndata:two\n\n\
            id: a-2\n\ndata: 你好\n\ndata: unfinished";
        let expected = [
            event(Some("a-1"), "{}"),
            event(None, "one\ntwo"),
            event(None, "你好"),
        ];
        for size in [1, 2, 3, 7, input.len()] {
            let mut parser = Parser::default();
            input
                .as_bytes()
                .chunks(size)
                .for_each(|piece| parser.take(piece));
            assert_eq!(parser.events, expected, "in pieces of {size}");
            assert_eq!(parser.last_id.as_deref(), Some("a-2"));
            assert_eq!(parser.retry_ms, Some(4000));
        }
    }

    #[test]
    fn reads_a_chunked_stream_to_its_end() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\
            Transfer-Encoding: chunked\r\n\r\n9\r\nid: 1\ndat\r\n1c\r\na: {\"n\":1}\n\ndata: {\"n\":2}\n\n\r\n\
            0\r\n\r\n";
        let (address, requests) = script::server(vec![vec![answer.to_vec()]]);
        let client = crate::http::Client::new(address).bearer("t0");
        let mut stream = client.stream(Some("e-7")).unwrap();
        let request = requests.recv().unwrap();
        assert!(request.starts_with("GET /api/stream HTTP/1.1\r\n"));
        assert!(request.contains("Authorization: Bearer t0\r\n"));
        assert!(request.contains("Last-Event-ID: e-7\r\n"));

        stream.stall();
        assert_eq!(stream.next(Duration::from_millis(20)), None);
        assert!(!stream.is_closed());
        stream.resume();
        assert_eq!(stream.next(PATIENCE).unwrap().json()["n"], 1);
        let second = stream.next_where(PATIENCE, |event| event.json()["n"] == 2);
        assert_eq!(second.unwrap().id, None);
        assert_eq!(stream.next(PATIENCE), None);
        assert!(stream.is_closed());
        assert_eq!(stream.last_id(), Some("1"));
    }

    #[test]
    fn waits_no_longer_than_asked() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\n";
        // A second answer that waits for a request keeps the connection open.
        let (address, _requests) = script::server(vec![vec![answer.to_vec(), Vec::new()]]);
        let mut stream = EventStream::open(address, "/api/stream", &[]).unwrap();
        assert_eq!(stream.next(PATIENCE), Some(event(None, "x")));
        assert_eq!(stream.next(Duration::from_millis(50)), None);
        assert!(!stream.is_closed());
    }

    #[test]
    fn a_refusal_has_a_status_and_no_events() {
        let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
        let (address, _requests) = script::server(vec![vec![answer.to_vec()]]);
        let mut stream = EventStream::open(address, "/api/stream", &[]).unwrap();
        assert_eq!(stream.status(), 204);
        assert_eq!(stream.next(PATIENCE), None);
        assert!(stream.is_closed());
    }
}
