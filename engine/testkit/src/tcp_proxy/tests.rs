//! Through each fault, a server that answers every byte with itself.

use super::*;

const PATIENCE: Duration = Duration::from_secs(5);
const MOMENT: Duration = Duration::from_millis(200);

/// A server that answers every byte with itself.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut writer = stream.try_clone().unwrap();
                let _ = std::io::copy(&mut &stream, &mut writer);
            });
        }
    });
    address
}

fn connected(proxy: &TcpProxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.addr()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends `text` and reads as much: what came back, empty if the connection ended.
fn said(stream: &mut TcpStream, text: &str) -> String {
    let mut answer = vec![0; text.len()];
    match stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.read_exact(&mut answer))
    {
        Ok(()) => String::from_utf8(answer).unwrap(),
        Err(_) => String::new(),
    }
}

#[test]
fn forwards_until_cut_and_forwards_again() {
    let proxy = TcpProxy::start(echo());
    let mut first = connected(&proxy);
    assert_eq!(said(&mut first, "hello"), "hello");
    proxy.cut();
    assert_eq!(said(&mut first, "hello"), "");
    assert_eq!(said(&mut connected(&proxy), "again"), "again");
    assert_eq!(proxy.accepted(), 2);
}

#[test]
fn refuses_new_connections_only() {
    let proxy = TcpProxy::start(echo());
    let mut old = connected(&proxy);
    assert_eq!(said(&mut old, "hello"), "hello");
    proxy.refuse(true);
    assert_eq!(said(&mut connected(&proxy), "new"), "");
    assert_eq!(said(&mut old, "old"), "old");
    proxy.refuse(false);
    assert_eq!(said(&mut connected(&proxy), "new"), "new");
}

#[test]
fn a_black_hole_holds_everything_until_it_ends() {
    let proxy = TcpProxy::start(echo());
    let mut old = connected(&proxy);
    assert_eq!(said(&mut old, "hello"), "hello");
    proxy.blackhole(true);
    let mut new = connected(&proxy);
    for stream in [&mut old, &mut new] {
        stream.set_read_timeout(Some(MOMENT)).unwrap();
        assert_eq!(said(stream, "x"), "");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
    }
    proxy.blackhole(false);
    for stream in [&mut old, &mut new] {
        let mut held = [0];
        stream.read_exact(&mut held).unwrap();
        assert_eq!(&held, b"x");
    }
}

#[test]
fn a_cut_ends_connections_in_a_black_hole() {
    let proxy = TcpProxy::start(echo());
    proxy.blackhole(true);
    let mut stalled = connected(&proxy);
    crate::eventually(PATIENCE, "the connection", || proxy.accepted() == 1);
    proxy.cut();
    assert_eq!(said(&mut stalled, "x"), "");
}

#[test]
fn finds_a_request_across_two_chunks_and_cuts_once() {
    let proxy = TcpProxy::start(echo());
    proxy.cut_after_request_containing(b"COMMIT");
    let mut client = connected(&proxy);
    client.set_nodelay(true).unwrap();
    assert_eq!(said(&mut client, "a COM"), "a COM");
    assert!(!proxy.wait_for_cut(Duration::ZERO));
    assert_eq!(said(&mut client, "MIT b"), "");
    assert!(proxy.wait_for_cut(PATIENCE));
    assert_eq!(said(&mut connected(&proxy), "COMMIT"), "COMMIT");
}

#[test]
fn without_its_upstream_connections_end() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let proxy = TcpProxy::start(address);
    assert_eq!(said(&mut connected(&proxy), "hello"), "");
}
