//! The Unix stream socket: frames of a little-endian length and lines.
//!
//! One thread watches all connections. Source of the framing: the Agent's
//! `comp/dogstatsd/listeners/uds_stream.go`; a frame longer than the buffer ends its connection.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{getsockopt, sockopt};

use super::intake::Intake;
use super::socket::{explain, make_way, open_to_all};
use super::{FnOnceStop, Reader, spawn};
use crate::config::DogStatsdConfig;

/// Connections that are open at once; more have to wait in the backlog.
const CONNECTIONS_MAX: usize = 1024;
/// Bytes that one read takes.
const READ_BYTES: usize = 64 << 10;
/// Reads of one connection before the others have their turn.
const READS_MAX: usize = 16;

pub(super) fn open(config: &DogStatsdConfig, intake: Intake) -> io::Result<Reader> {
    let path = PathBuf::from(&config.stream_socket);
    make_way(&path)?;
    let listener =
        UnixListener::bind(&path).map_err(|e| explain(e, "the socket cannot be made"))?;
    open_to_all(&path)?;
    listener.set_nonblocking(true)?;
    let (wake, woken) = UnixStream::pair()?;
    let mut server = Server {
        listener,
        connections: Vec::new(),
        frame_max: config.buffer_bytes,
        intake,
        buffer: vec![0; READ_BYTES],
    };
    let thread = spawn("dogstatsd-stream", move || server.run(&woken, &path))?;
    Ok(Reader { thread, stop: Box::new(Stop(wake)) })
}

#[derive(Debug)]
struct Stop(UnixStream);

impl FnOnceStop for Stop {
    fn stop(&self) {
        if let Err(error) = self.0.shutdown(std::net::Shutdown::Both) {
            tracing::warn!(%error, "the reader of the stream socket cannot be woken");
        }
    }
}

#[derive(Debug)]
struct Server {
    listener: UnixListener,
    connections: Vec<Connection>,
    /// Bytes of the longest frame.
    frame_max: usize,
    intake: Intake,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Connection {
    stream: UnixStream,
    /// Who has opened it; 0 when that is not known or does not matter.
    pid: i32,
    /// Bytes that came and are no whole frame yet.
    rest: Vec<u8>,
}

impl Server {
    fn run(&mut self, woken: &UnixStream, path: &Path) {
        loop {
            let (is_stopping, accepts, ready) = match self.wait(woken) {
                Ok(waited) => waited,
                Err(nix::errno::Errno::EINTR) => continue,
                Err(error) => {
                    self.intake.telemetry().dogstatsd.uds_packet_reading_errors.add(1);
                    tracing::error!(%error, "the stream socket cannot be read any more");
                    return;
                }
            };
            // From the back, so that the indices of the others stay.
            for &i in ready.iter().rev() {
                if !self.read(i) {
                    self.connections.swap_remove(i);
                }
            }
            if accepts {
                self.accept();
            }
            let n_open = self.connections.len() as u64;
            self.intake.telemetry().dogstatsd.uds_connections.set(n_open);
            if is_stopping {
                let _already_gone = std::fs::remove_file(path);
                return;
            }
        }
    }

    /// Whether to stop, whether somebody knocks, and which connections have something.
    fn wait(&self, woken: &UnixStream) -> Result<(bool, bool, Vec<usize>), nix::errno::Errno> {
        let wanted = PollFlags::POLLIN;
        let mut fds = Vec::with_capacity(self.connections.len() + 2);
        fds.push(PollFd::new(woken.as_fd(), wanted));
        let is_full = self.connections.len() >= CONNECTIONS_MAX;
        let knocks = if is_full { PollFlags::empty() } else { wanted };
        fds.push(PollFd::new(self.listener.as_fd(), knocks));
        fds.extend(self.connections.iter().map(|c| PollFd::new(c.stream.as_fd(), wanted)));
        poll(&mut fds, PollTimeout::NONE)?;
        let ready: Vec<bool> =
            fds.iter().map(|fd| fd.revents().is_some_and(|events| !events.is_empty())).collect();
        let of_connections = ready[2..].iter().enumerate().filter(|(_, ready)| **ready);
        Ok((ready[0], ready[1] && !is_full, of_connections.map(|(i, _)| i).collect()))
    }

    fn accept(&mut self) {
        while self.connections.len() < CONNECTIONS_MAX {
            match self.listener.accept() {
                Ok((stream, _)) => match stream.set_nonblocking(true) {
                    Ok(()) => {
                        let pid = self.peer(&stream);
                        self.connections.push(Connection { stream, pid, rest: Vec::new() });
                    }
                    Err(error) => tracing::warn!(%error, "a connection is closed again"),
                },
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    fn peer(&self, stream: &UnixStream) -> i32 {
        if !self.intake.wants_senders() {
            return 0;
        }
        getsockopt(stream, sockopt::PeerCredentials).map_or(0, |credentials| credentials.pid())
    }

    /// Reads what a connection has; false when it is over.
    fn read(&mut self, i: usize) -> bool {
        for _ in 0..READS_MAX {
            let connection = &mut self.connections[i];
            match connection.stream.read(&mut self.buffer) {
                Ok(0) => return false,
                Ok(n) => {
                    connection.rest.extend_from_slice(&self.buffer[..n]);
                    if !self.frames(i) {
                        return false;
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return true,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.intake.telemetry().dogstatsd.uds_packet_reading_errors.add(1);
                    return false;
                }
            }
        }
        true
    }

    /// Takes the whole frames in; false when one is longer than it may be.
    fn frames(&mut self, i: usize) -> bool {
        let Connection { rest, pid, .. } = &mut self.connections[i];
        let (mut at, mut is_fine) = (0, true);
        let mut frames = Vec::new();
        while let Some(head) = rest[at..].first_chunk::<4>() {
            let len = u32::from_le_bytes(*head) as usize;
            if len > self.frame_max {
                self.intake.telemetry().dogstatsd.uds_packet_reading_errors.add(1);
                is_fine = false;
                break;
            }
            let Some(packet) = rest.get(at + 4..at + 4 + len) else { break };
            frames.push(packet);
            at += 4 + len;
        }
        if !frames.is_empty() {
            // Only now: of half a frame nobody asks who sent it.
            let wants_senders = self.intake.wants_senders();
            let sender = if wants_senders { self.intake.sender(*pid) } else { "".into() };
            self.intake.take(frames.into_iter().map(|packet| (packet, &*sender)));
        }
        rest.drain(..at);
        if rest.is_empty() && rest.capacity() > READ_BYTES {
            *rest = Vec::new();
        }
        is_fine
    }
}
