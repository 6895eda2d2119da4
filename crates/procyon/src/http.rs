//! The listener: accepts connections, bounds them, and lets them end in peace.
//!
//! A client that sends its headers slowly is cut off, connections are limited in number, and at
//! shutdown each finishes the request in flight before the server goes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use base::{Clock, Shutdown};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::fault::{Result, While};

/// Connections at once; more wait in the system's queue. Each costs some 30 KiB while idle.
const CONNECTIONS_MAX: usize = 4096;
/// A request's headers have to arrive within this time; also how long an idle connection is kept.
const HEADERS_WITHIN: Duration = Duration::from_secs(75);
/// Headers of one request, in bytes; a metric query in a URL fits.
const HEADER_BYTES_MAX: usize = 256 << 10;
/// How long requests in flight may take to end at shutdown.
const FAREWELL: Duration = Duration::from_secs(10);
/// Pause after the system refused a connection (out of file descriptors, for example).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Takes the address.
///
/// # Errors
/// Names the flag when the address is in use or is not this machine's.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .or_fault(|| format!("--listen: cannot take {address} (name another ADDR:PORT, or port 0)"))
}

/// The URL under which this machine reaches the listener. Of "all addresses" it is the loopback.
pub(crate) fn url_of(listener: &TcpListener) -> Result<String> {
    let mut address = listener.local_addr().or_fault(|| "--listen: has no address".to_owned())?;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    Ok(format!("http://{address}"))
}

/// Serves until the shutdown, then waits for requests in flight, at most [`FAREWELL`].
pub(crate) async fn serve(listener: TcpListener, router: Router, clock: Clock, shutdown: Shutdown) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.wait() => break,
            accepted = accept(&listener, &room) => accepted,
            Some(_ended) = connections.join_next() => continue,
        };
        match accepted {
            Ok(accepted) => {
                connections.spawn(connection(accepted, router.clone(), shutdown.clone()));
            }
            Err(e) => {
                tracing::warn!(error = %e, "cannot accept a connection");
                clock.sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    tokio::select! {
        () = async { while connections.join_next().await.is_some() {} } => {}
        () = clock.sleep(FAREWELL) => {
            tracing::warn!(left = connections.len(), "requests took too long to end");
        }
    }
}

struct Accepted {
    stream: TcpStream,
    peer: SocketAddr,
    /// Gives its place back when the connection ends.
    _permit: OwnedSemaphorePermit,
}

async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> std::io::Result<Accepted> {
    let permit = Arc::clone(room).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok(Accepted { stream, peer, _permit: permit })
}

async fn connection(accepted: Accepted, router: Router, shutdown: Shutdown) {
    let Accepted { stream, peer, _permit } = accepted;
    // Handlers that throttle or allow by address find it in the request.
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.wait() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(e) = ended {
        tracing::debug!(error = %e, "a connection ended badly");
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn a_request_in_flight_ends_before_the_server_does() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(url_of(&listener).unwrap(), format!("http://{address}"));
        let (entered, mut inside) = tokio::sync::mpsc::channel(1);
        let go_on = Arc::new(tokio::sync::Notify::new());
        let gate = Arc::clone(&go_on);
        let handler = async move |ConnectInfo(peer): ConnectInfo<SocketAddr>| {
            entered.send(()).await.unwrap();
            gate.notified().await;
            peer.ip().to_string()
        };
        let router = Router::new().route("/", axum::routing::get(handler));
        let (trigger, shutdown) = Shutdown::new();
        let server = tokio::spawn(serve(listener, router, Clock::system(), shutdown));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        inside.recv().await.unwrap();
        trigger.stop();
        go_on.notify_one();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"), "{answer}");
        server.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn a_taken_address_names_the_flag() {
        let first = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let fault = bind(first.local_addr().unwrap()).await.unwrap_err();
        assert!(fault.to_string().contains("--listen"), "{fault}");
    }
}
