//! A small HTTP/1.1 client over tokio, for programs that hold hundreds of connections at once.
//! It sends what it is told, never twice; whoever calls it decides about retries.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection that is kept from request to request.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Seconds.
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, if the status is one of those.
    pub(crate) fn json(&self, statuses: &[u16]) -> std::result::Result<Value, String> {
        let text = || String::from_utf8_lossy(&self.body);
        if !statuses.contains(&self.status) {
            return Err(format!("the server answered {}: {}", self.status, text()));
        }
        serde_json::from_slice(&self.body).map_err(|error| format!("{error} in {}", text()))
    }
}

impl Connection {
    pub(crate) async fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let stream = BufReader::new(stream);
        Ok(Self { stream })
    }

    /// Sends a request and reads its answer. After an error the connection is of no use.
    pub(crate) async fn request(
        &mut self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Result<Answer> {
        self.send(method, path, token, body).await?;
        self.answer().await
    }

    /// Sends a request only; dropping the connection then loses its answer.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Result<()> {
        let mut request = head(method, path, token);
        if let Some(body) = body.map(Value::to_string) {
            let length = body.len();
            request +=
                &format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
            request += &body;
        } else {
            request += "\r\n";
        }
        self.stream.get_mut().write_all(request.as_bytes()).await
    }

    async fn answer(&mut self) -> Result<Answer> {
        let (status, headers) = read_head(&mut self.stream).await?;
        let number = |name| headers.iter().find(|(n, _)| n == name)?.1.parse().ok();
        let length = match number("content-length") {
            Some(length) => length,
            None if status == 204 => 0,
            None => return Err(invalid("an answer without Content-Length")),
        };
        let mut body = vec![0; usize::try_from(length).map_err(invalid)?];
        self.stream.read_exact(&mut body).await?;
        Ok(Answer {
            status,
            retry_after: number("retry-after"),
            body,
        })
    }
}

/// `GET /api/stream`.
pub(crate) struct EventStream {
    stream: BufReader<TcpStream>,
    /// What was read, without the transfer encoding.
    text: Vec<u8>,
    /// How much of it was handed out.
    at: usize,
}

/// One Server-Sent Event of one `data:` line.
pub(crate) struct Event<'a> {
    pub(crate) id: Option<&'a str>,
    /// Empty where the server said `retry:` only.
    pub(crate) data: &'a str,
}

impl EventStream {
    /// Opens a stream behind `cursor`, or from now on.
    pub(crate) async fn open(
        server: SocketAddr,
        token: &str,
        cursor: Option<&str>,
    ) -> Result<Self> {
        let mut connection = Connection::open(server).await?;
        let mut request = head("GET", "/api/stream", token) + "Accept: text/event-stream\r\n";
        if let Some(cursor) = cursor {
            request += &format!("Last-Event-ID: {cursor}\r\n");
        }
        request += "\r\n";
        let stream = connection.stream.get_mut();
        stream.write_all(request.as_bytes()).await?;
        let (status, headers) = read_head(&mut connection.stream).await?;
        let chunked = |(name, value): &(String, String)| {
            name == "transfer-encoding" && value.eq_ignore_ascii_case("chunked")
        };
        if status != 200 || !headers.iter().any(chunked) {
            return Err(invalid(format!("not a stream: {status} {headers:?}")));
        }
        Ok(Self {
            stream: connection.stream,
            text: Vec::new(),
            at: 0,
        })
    }

    /// The next event; `None` when the server has ended the stream.
    pub(crate) async fn next(&mut self) -> Result<Option<Event<'_>>> {
        let length = loop {
            let rest = &self.text[self.at..];
            if let Some(length) = rest.windows(2).position(|two| two == b"\n\n") {
                break length;
            }
            if !self.read_chunk().await? {
                return Ok(None);
            }
        };
        let text = &self.text[self.at..self.at + length];
        self.at += length + 2;
        let text = std::str::from_utf8(text).map_err(invalid)?;
        let field = |name| text.lines().find_map(|line| line.strip_prefix(name));
        Ok(Some(Event {
            id: field("id: "),
            data: field("data: ").unwrap_or_default(),
        }))
    }

    /// Reads one more chunk; false at the last one.
    async fn read_chunk(&mut self) -> Result<bool> {
        self.text.drain(..self.at);
        self.at = 0;
        let size = read_line(&mut self.stream).await?;
        let size = usize::from_str_radix(&size, 16).map_err(invalid)?;
        let held = self.text.len();
        self.text.resize(held + size, 0);
        self.stream.read_exact(&mut self.text[held..]).await?;
        read_line(&mut self.stream).await?;
        Ok(size > 0)
    }
}

fn head(method: &str, path: &str, token: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n")
}

/// The status, and the headers with names in lower case.
async fn read_head(stream: &mut BufReader<TcpStream>) -> Result<(u16, Vec<(String, String)>)> {
    let first = read_line(stream).await?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| invalid(format!("not HTTP: {first}")))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream).await?;
        let Some((name, value)) = line.split_once(':') else {
            return Ok((status, headers));
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

async fn read_line(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.trim_end().len());
    Ok(line)
}

fn invalid(problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::InvalidData, problem)
}
