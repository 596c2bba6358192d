//! HTTP/1.1 as it goes over the wire.

use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::Response;

const MAX_HEAD_LINE_BYTES: u64 = 64 * 1024;
const MAX_BODY_BYTES: usize = 256 * 1024 * 1024;

/// Request line and headers, without the empty line; `Host` is the address unless given.
pub(crate) fn request_head(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    if !headers.iter().any(|(name, _)| is(name, "host")) {
        head.push_str(&format!("Host: {address}\r\n"));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head
}

pub(crate) fn connect(address: SocketAddr, timeout: Duration) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect_timeout(&address, timeout)?;
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(timeout))?;
    Ok(BufReader::new(stream))
}

pub(crate) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(own, _)| is(own, name));
    found.map(|(_, value)| value.as_str())
}

/// Reads up to the empty line; interim responses (100 Continue) are skipped.
pub(crate) fn read_head(
    connection: &mut BufReader<TcpStream>,
    deadline: Instant,
) -> io::Result<(u16, Vec<(String, String)>)> {
    loop {
        let line = read_line(connection, deadline)?;
        let mut words = line.split(' ');
        let status = match (words.next(), words.next().map(str::parse::<u16>)) {
            (Some(version), Some(Ok(status))) if version.starts_with("HTTP/1.") => status,
            _ => return Err(broken(format!("not a status line: {line:?}"))),
        };
        let mut headers = Vec::new();
        loop {
            let line = read_line(connection, deadline)?;
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else {
                return Err(broken(format!("not a header: {line:?}")));
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        if status >= 200 {
            return Ok((status, headers));
        }
    }
}

/// True if what follows the head ends with an empty chunk.
pub(crate) fn is_chunked(headers: &[(String, String)]) -> bool {
    header(headers, "transfer-encoding").is_some_and(|value| is(value, "chunked"))
}

/// Takes the chunked transfer encoding off, a piece at a time.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    line: Vec<u8>,
    /// Bytes of the present chunk still to come.
    left: usize,
    place: Place,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Size,
    Data,
    /// The line end after a chunk's data.
    DataEnd,
    Trailer,
    End,
}

impl Chunks {
    pub(crate) fn ended(&self) -> bool {
        self.place == Place::End
    }

    /// Appends to `out` what `input` holds of the content; returns how much of `input` it used.
    pub(crate) fn take(&mut self, input: &[u8], out: &mut Vec<u8>) -> io::Result<usize> {
        let mut used = 0;
        while used < input.len() && !self.ended() {
            if self.place == Place::Data {
                let piece = self.left.min(input.len() - used);
                out.extend_from_slice(&input[used..used + piece]);
                used += piece;
                self.left -= piece;
                if self.left == 0 {
                    self.place = Place::DataEnd;
                }
                continue;
            }
            let byte = input[used];
            used += 1;
            if byte != b'\n' {
                self.line.push(byte);
                continue;
            }
            let line = String::from_utf8_lossy(&self.line).trim().to_owned();
            self.line.clear();
            self.place = match self.place {
                Place::Size => {
                    let digits = line.split(';').next().unwrap_or_default();
                    self.left = usize::from_str_radix(digits, 16)
                        .map_err(|_| broken(format!("not a chunk size: {line:?}")))?;
                    if self.left == 0 {
                        Place::Trailer
                    } else {
                        Place::Data
                    }
                }
                Place::Trailer if line.is_empty() => Place::End,
                Place::DataEnd if line.is_empty() => Place::Size,
                Place::DataEnd => return Err(broken(format!("a chunk too long: {line:?}"))),
                other => other,
            };
        }
        Ok(used)
    }
}

/// Lets the next read wait until `deadline`, but no longer.
pub(crate) fn wait_until(stream: &TcpStream, deadline: Instant) -> io::Result<()> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Error::new(ErrorKind::TimedOut, "no answer in time"));
    }
    stream.set_read_timeout(Some(left))
}

/// The response, and whether the connection can be used again.
pub(super) fn read_response(
    connection: &mut BufReader<TcpStream>,
    method: &str,
    deadline: Instant,
) -> io::Result<(Response, bool)> {
    let (status, headers) = read_head(connection, deadline)?;
    let mut body = Vec::new();
    let length = match header(&headers, "content-length").map(str::parse::<usize>) {
        Some(Ok(length)) => Some(length),
        Some(Err(_)) => return Err(broken("not a Content-Length".to_owned())),
        None => None,
    };
    let mut chunks = Chunks::default();
    let mut framed = true;
    if method != "HEAD" && !matches!(status, 204 | 304) {
        let chunked = is_chunked(&headers);
        framed = chunked || length.is_some();
        loop {
            let left = length.map_or(MAX_BODY_BYTES, |length| length - body.len());
            if chunks.ended() || (!chunked && left == 0) {
                break;
            }
            wait_until(connection.get_ref(), deadline)?;
            let input = connection.fill_buf()?;
            if input.is_empty() {
                if framed {
                    let message = "the response ends in its middle";
                    return Err(Error::new(ErrorKind::UnexpectedEof, message));
                }
                break;
            }
            let used = if chunked {
                chunks.take(input, &mut body)?
            } else {
                let used = left.min(input.len());
                body.extend_from_slice(&input[..used]);
                used
            };
            connection.consume(used);
            if body.len() > MAX_BODY_BYTES {
                return Err(broken("a body without end".to_owned()));
            }
        }
    }
    let closes = header(&headers, "connection").is_some_and(|value| is(value, "close"));
    let response = Response {
        status,
        headers,
        body,
    };
    Ok((response, framed && !closes))
}

fn read_line(connection: &mut BufReader<TcpStream>, deadline: Instant) -> io::Result<String> {
    wait_until(connection.get_ref(), deadline)?;
    let mut line = Vec::new();
    let mut limited = connection.take(MAX_HEAD_LINE_BYTES);
    limited.read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        let message = "the connection ended before the response";
        return Err(Error::new(ErrorKind::UnexpectedEof, message));
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map_err(|_| broken("a head that is not UTF-8".to_owned()))
}

/// Has the server left a kept connection open, and said nothing unasked?
pub(super) fn is_alive(connection: &BufReader<TcpStream>) -> bool {
    let stream = connection.get_ref();
    let silent = stream.set_nonblocking(true).is_ok()
        && stream
            .peek(&mut [0])
            .is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
    silent && stream.set_nonblocking(false).is_ok()
}

pub(super) fn is(name: &str, other: &str) -> bool {
    name.eq_ignore_ascii_case(other)
}

fn broken(message: String) -> Error {
    Error::new(ErrorKind::InvalidData, message)
}
