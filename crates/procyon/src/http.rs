//! The listener: accepts connections, bounds them, and lets them end in peace.
//!
//! A client that sends its headers slowly is cut off, connections are limited in number, and at
//! shutdown each finishes the request in flight before the server goes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use base::{Clock, Shutdown};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

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
            Ok((stream, permit)) => {
                let (router, shutdown) = (router.clone(), shutdown.clone());
                connections.spawn(connection(stream, router, shutdown, permit));
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

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, permit))
}

async fn connection(
    stream: TcpStream,
    router: Router,
    shutdown: Shutdown,
    _permit: OwnedSemaphorePermit,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
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
