//! A small blocking HTTP/1.1 client for black-box tests.
//!
//! It sends exactly what it is told, never twice, and follows nothing: a test sees what the server
//! does, not what a clever client makes of it.

#[cfg(test)]
pub(crate) mod script;
pub(crate) mod wire;

use std::collections::BTreeMap;
use std::io::{self, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::sse::EventStream;
use wire::{connect, header, is, is_alive, read_response, request_head};

/// Longer than the longest wait of a long-poll.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Response {
    /// 100 to 599; never an interim one.
    pub status: u16,
    /// In the order sent, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Without the transfer encoding.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none, with the body.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{} without JSON ({error}): {}", self.status, self.text())
        })
    }

    /// The response itself if it has this status: `client.get(path)?.expect(200).json()`.
    ///
    /// # Panics
    /// When it has another one, with the body.
    #[must_use]
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// One request on a connection of its own.
///
/// # Errors
/// When the connection fails or what comes back is not HTTP.
pub fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Response> {
    Client::new(address).request(method, path, headers, body)
}

/// A client that keeps its connection.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    timeout: Duration,
    connection: Option<BufReader<TcpStream>>,
    /// Sent with every request.
    headers: Vec<(String, String)>,
    /// None: cookies are ignored.
    cookies: Option<BTreeMap<String, String>>,
}

impl Client {
    /// A script: no cookies.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            timeout: DEFAULT_TIMEOUT,
            connection: None,
            headers: Vec::new(),
            cookies: None,
        }
    }

    /// A browser: keeps cookies, and sends the cookie `csrftoken` back as `X-CSRFToken` with every
    /// unsafe method, unless the request has such a header of its own.
    #[must_use]
    pub fn browser(address: SocketAddr) -> Self {
        Self {
            cookies: Some(BTreeMap::new()),
            ..Self::new(address)
        }
    }

    /// How long a whole response may take; 30 s if not set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sends a header with every request from now on.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends `Authorization: Bearer` with every request from now on.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.with_header("Authorization", &format!("Bearer {token}"))
    }

    /// The server it talks to.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// A cookie that the server has set.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.as_ref()?.get(name).map(String::as_str)
    }

    /// Sends a request and reads the response. A connection that the server has closed meanwhile is
    /// opened anew *before* sending; nothing is ever sent twice.
    ///
    /// # Errors
    /// When the connection fails, the time is over, or what comes back is not HTTP. Then the server
    /// may or may not have seen the request.
    pub fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Response> {
        let deadline = Instant::now() + self.timeout;
        let mut head = self.head(method, path, headers);
        if !body.is_empty() || !matches!(method, "GET" | "HEAD" | "DELETE") {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);

        let mut connection = match self.connection.take().filter(is_alive) {
            Some(connection) => connection,
            None => connect(self.address, self.timeout)?,
        };
        // A server may refuse a large body before it has read it: the answer counts, not the error.
        let sent = connection.get_mut().write_all(&bytes);
        let (response, keep) = match read_response(&mut connection, method, deadline) {
            Ok(answer) => answer,
            Err(error) => return Err(sent.err().unwrap_or(error)),
        };
        if keep && sent.is_ok() {
            self.connection = Some(connection);
        }
        self.keep_cookies(&response.headers);
        Ok(response)
    }

    /// GET.
    ///
    /// # Errors
    /// As [`Client::request`].
    pub fn get(&mut self, path: &str) -> io::Result<Response> {
        self.request("GET", path, &[], b"")
    }

    /// Any method with a JSON body.
    ///
    /// # Errors
    /// As [`Client::request`].
    pub fn json(&mut self, method: &str, path: &str, body: &Value) -> io::Result<Response> {
        let headers = [("Content-Type", "application/json")];
        self.request(method, path, &headers, body.to_string().as_bytes())
    }

    /// Opens `GET /api/stream` with this client's cookies and headers on a connection of its own;
    /// `cursor` goes as `Last-Event-ID`.
    ///
    /// # Errors
    /// As [`EventStream::open`].
    pub fn stream(&self, cursor: Option<&str>) -> io::Result<EventStream> {
        let mut own = vec![("Accept", "text/event-stream")];
        own.extend(cursor.map(|cursor| ("Last-Event-ID", cursor)));
        let head = self.head("GET", "/api/stream", &own);
        EventStream::begin(self.address, &format!("{head}\r\n"))
    }

    fn head(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
        let mut all: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(headers.iter().copied())
            .collect();
        let cookies = self.cookies.iter().flatten();
        let cookies: Vec<String> = cookies.map(|(k, v)| format!("{k}={v}")).collect();
        let cookies = cookies.join("; ");
        if !cookies.is_empty() {
            all.push(("Cookie", &cookies));
        }
        let safe = matches!(method, "GET" | "HEAD" | "OPTIONS");
        let has_token = all.iter().any(|(name, _)| is(name, "x-csrftoken"));
        if let (false, false, Some(token)) = (safe, has_token, self.cookie("csrftoken")) {
            all.push(("X-CSRFToken", token));
        }
        request_head(self.address, method, path, &all)
    }

    fn keep_cookies(&mut self, headers: &[(String, String)]) {
        let Some(jar) = &mut self.cookies else { return };
        for (_, line) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let expired = parts.any(|attribute| attribute.eq_ignore_ascii_case("max-age=0"));
            if expired || value.is_empty() {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::wire::Chunks;
    use super::*;

    fn plain(body: &str) -> Vec<u8> {
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
    }

    #[test]
    fn keeps_its_connection_and_opens_a_new_one_when_it_was_closed() {
        let (address, requests) =
            script::server(vec![vec![plain("one"), plain("two")], vec![plain("three")]]);
        let mut client = Client::new(address);
        assert_eq!(client.get("/1").unwrap().text(), "one");
        assert_eq!(client.get("/2").unwrap().text(), "two");
        crate::eventually(Duration::from_secs(5), "the server's close", || {
            !is_alive(client.connection.as_ref().unwrap())
        });
        assert_eq!(client.get("/3").unwrap().text(), "three");
        let seen: Vec<String> = requests.iter().take(3).collect();
        assert!(seen[2].starts_with("GET /3 HTTP/1.1\r\nHost: 127.0.0.1:"));
    }

    #[test]
    fn reads_bodies_in_chunks_until_the_end_and_none_at_all() {
        let chunked =
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\
            \r\n3\r\nchu\r\n4;x=y\r\nnked\r\n0\r\nTrailer: yes\r\n\r\n";
        let empty = b"HTTP/1.1 204 No Content\r\n\r\n";
        let open = b"HTTP/1.1 200 OK\r\n\r\nuntil the end";
        let (address, _requests) =
            script::server(vec![vec![chunked.to_vec(), empty.to_vec(), open.to_vec()]]);
        let mut client = Client::new(address);
        assert_eq!(client.get("/").unwrap().text(), "chunked");
        assert_eq!(client.get("/").unwrap().expect(204).body, b"");
        assert_eq!(client.get("/").unwrap().text(), "until the end");
    }

    #[test]
    fn chunks_may_be_torn_anywhere() {
        let input = b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n";
        let (mut chunks, mut out) = (Chunks::default(), Vec::new());
        for byte in input {
            assert!(!chunks.ended());
            assert_eq!(chunks.take(&[*byte], &mut out).unwrap(), 1);
        }
        assert!(chunks.ended());
        assert_eq!(out, b"hello!");
    }

    #[test]
    fn a_browser_sends_cookies_and_the_token_back() {
        let signed_in = b"HTTP/1.1 201 Created\r\nSet-Cookie: webqq_session=s3; HttpOnly\r\n\
            Set-Cookie: csrftoken=t7; Path=/\r\nContent-Length: 2\r\n\r\n{}";
        let signed_out = b"HTTP/1.1 200 OK\r\nSet-Cookie: webqq_session=; Max-Age=0\r\n\
            Content-Length: 0\r\n\r\n";
        let (address, requests) = script::server(vec![vec![
            signed_in.to_vec(),
            plain(""),
            signed_out.to_vec(),
        ]]);
        let mut client = Client::browser(address);
        let answer = client.json("POST", "/api/sessions", &serde_json::json!({"a": 1}));
        assert_eq!(answer.unwrap().expect(201).json(), serde_json::json!({}));
        client.get("/").unwrap();
        let own = [("X-CSRFToken", "forged")];
        client.request("DELETE", "/", &own, b"").unwrap();
        assert_eq!(client.cookie("webqq_session"), None);

        let seen: Vec<String> = requests.iter().take(3).collect();
        assert!(seen[0].ends_with("Content-Length: 7\r\n\r\n{\"a\":1}"));
        assert!(!seen[0].contains("Cookie") && !seen[0].contains("X-CSRFToken"));
        assert!(seen[1].contains("Cookie: csrftoken=t7; webqq_session=s3\r\n"));
        assert!(!seen[1].contains("X-CSRFToken"));
        assert_eq!(seen[2].matches("X-CSRFToken").count(), 1);
    }

    #[test]
    fn a_torn_response_is_an_error() {
        let torn = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
        let (address, _requests) = script::server(vec![vec![torn.to_vec()]]);
        let error = Client::new(address).get("/").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn silence_ends_with_the_time() {
        let (address, _requests) = script::server(vec![vec![Vec::new(), Vec::new()]]);
        let mut client = Client::new(address).timeout(Duration::from_millis(50));
        let error = client.get("/").unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::WouldBlock | ErrorKind::TimedOut
        ));
    }
}
