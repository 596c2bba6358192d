//! Taking the port.

use std::io;
use std::net::SocketAddr;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpSocket};

/// Connections the kernel may hold for us between two accepts.
const BACKLOG: u32 = 1024;

/// Takes the port. The error is a sentence that says what to do. Port 0 takes a free one;
/// `[::]` takes IPv4 as well.
pub fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    let listen = || {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        // Without it a restart has to wait until the old connections are forgotten (a minute).
        socket.set_reuseaddr(true)?;
        if address.is_ipv6() && address.ip().is_unspecified() {
            SockRef::from(&socket).set_only_v6(false)?;
        }
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    listen().map_err(|error: io::Error| {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "another program uses it; stop that, or choose another port with --listen"
            }
            io::ErrorKind::PermissionDenied => {
                "this user may not; choose a port above 1023 with --listen"
            }
            io::ErrorKind::AddrNotAvailable => {
                "this machine has no such address; choose another with --listen"
            }
            _ => return format!("Cannot listen on {address}: {error}."),
        };
        format!("Cannot listen on {address}: {advice}.")
    })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::net::TcpStream;

    use super::*;
    use crate::address::AddressKey;

    #[tokio::test]
    async fn a_port_that_is_taken_is_explained() {
        let first = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let error = bind(first.local_addr().unwrap()).unwrap_err();
        assert!(
            error.contains("another program uses it") && error.ends_with('.'),
            "{error}"
        );
        let error = bind("192.0.2.1:0".parse().unwrap()).unwrap_err();
        assert!(error.contains("no such address"), "{error}");
    }

    #[tokio::test]
    async fn ipv6_works_and_takes_ipv4_on_every_address() {
        // A machine without IPv6 cannot run this; that is not what is tested.
        let Ok(listener) = bind("[::]:0".parse().unwrap()) else {
            return;
        };
        let port = listener.local_addr().unwrap().port();
        for address in ["127.0.0.1", "::1"] {
            let address: std::net::IpAddr = address.parse().unwrap();
            // The kernel completes a connection by itself; only then is it accepted.
            let _client = TcpStream::connect((address, port)).await.unwrap();
            let accepted = listener.accept().await;
            assert_eq!(
                AddressKey::from(accepted.unwrap().1.ip()),
                AddressKey::from(address)
            );
        }
    }
}
