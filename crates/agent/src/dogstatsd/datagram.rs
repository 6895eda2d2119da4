//! UDP and Unix datagrams: one thread a socket, many packets a system call.
//!
//! `recvmmsg` waits for one packet and then takes all that are there, so a busy reader makes few
//! calls and a quiet one is not late. To stop, a flag is set and an empty packet sent to oneself;
//! the reader takes what is left without waiting, and ends.

use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, MultiHeaders, SockaddrStorage, UnixCredentials, recvmmsg,
    setsockopt, sockopt,
};

use super::intake::Intake;
use super::socket::{explain, make_way, open_to_all};
use super::{FnOnceStop, Reader, spawn};
use crate::config::DogStatsdConfig;

/// Packets that one call takes at most.
const BATCH: usize = 64;
/// The kernel's buffer when the settings name none: it holds what comes while we are not running, at
/// 200 000 packets a second for about a tenth of a second, and takes memory only then.
/// The kernel cuts it to `net.core.rmem_max` unless we may go past that.
const RCVBUF_BYTES: usize = 32 << 20;

/// What the settings say UDP listens on.
pub(super) fn udp_address(config: &DogStatsdConfig) -> String {
    let host = if config.non_local_traffic { "0.0.0.0" } else { &config.bind_host };
    format!("{host}:{}", config.port)
}

pub(super) fn open_udp(config: &DogStatsdConfig, intake: Intake) -> io::Result<Reader> {
    let socket = match config.non_local_traffic {
        true => UdpSocket::bind(("::", config.port))
            .or_else(|_| UdpSocket::bind(("0.0.0.0", config.port)))?,
        false => bind_local(config)?,
    };
    let mut address = socket.local_addr()?;
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    let stop = Arc::new(Stop { flag: AtomicBool::new(false), wake: Wake::Udp(address) });
    start("dogstatsd-udp", socket, (config, intake), stop)
}

/// IPv4 goes first: that is where clients send when they are told `localhost`.
fn bind_local(config: &DogStatsdConfig) -> io::Result<UdpSocket> {
    let addresses = (config.bind_host.as_str(), config.port).to_socket_addrs();
    let mut addresses: Vec<SocketAddr> =
        addresses.map_err(|e| explain(e, "bind_host has no address"))?.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    UdpSocket::bind(&addresses[..])
}

pub(super) fn open_unix(config: &DogStatsdConfig, intake: Intake) -> io::Result<Reader> {
    let path = PathBuf::from(&config.socket);
    make_way(&path)?;
    let socket = UnixDatagram::bind(&path).map_err(|e| explain(e, "the socket cannot be made"))?;
    open_to_all(&path)?;
    if intake.wants_senders() {
        setsockopt(&socket, sockopt::PassCred, &true)?;
    }
    let stop = Arc::new(Stop { flag: AtomicBool::new(false), wake: Wake::Unix(path) });
    start("dogstatsd-uds", socket, (config, intake), stop)
}

#[derive(Debug)]
struct Stop {
    flag: AtomicBool,
    wake: Wake,
}

#[derive(Debug)]
enum Wake {
    Udp(SocketAddr),
    Unix(PathBuf),
}

impl FnOnceStop for Arc<Stop> {
    fn stop(&self) {
        self.flag.store(true, Ordering::SeqCst);
        let woken = match &self.wake {
            Wake::Udp(address) => {
                let own = if address.is_ipv6() { "[::1]:0" } else { "127.0.0.1:0" };
                UdpSocket::bind(own).and_then(|socket| socket.send_to(b"\n", address))
            }
            Wake::Unix(path) => {
                UnixDatagram::unbound().and_then(|socket| {
                    // A full buffer needs no further packet to wake the reader.
                    socket.set_nonblocking(true)?;
                    socket.send_to(b"\n", path)
                })
            }
        };
        match woken {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                tracing::warn!(%error, "a reader of dogstatsd cannot be woken");
            }
            _ => {}
        }
    }
}

fn start<S: AsFd + AsRawFd + Send + 'static>(
    name: &str,
    socket: S,
    (config, mut intake): (&DogStatsdConfig, Intake),
    stop: Arc<Stop>,
) -> io::Result<Reader> {
    enlarge(&socket, config.so_rcvbuf);
    let buffer_bytes = config.buffer_bytes;
    let seen = Arc::clone(&stop);
    let thread = spawn(name, move || {
        read(&socket, buffer_bytes, &mut intake, &seen.flag);
        if let Wake::Unix(path) = &seen.wake {
            let _already_gone = std::fs::remove_file(path);
        }
    })?;
    Ok(Reader { thread, stop: Box::new(stop) })
}

/// Sets the kernel's buffer; past the system's limit when this process may.
fn enlarge<S: AsFd>(socket: &S, bytes: usize) {
    let bytes = if bytes == 0 { RCVBUF_BYTES } else { bytes };
    if setsockopt(socket, sockopt::RcvBufForce, &bytes).is_err()
        && let Err(error) = setsockopt(socket, sockopt::RcvBuf, &bytes)
    {
        tracing::warn!(%error, bytes, "the receive buffer stays as it is");
    }
}

/// Reads until the flag is set and nothing is left.
fn read(socket: &impl AsRawFd, buffer_bytes: usize, intake: &mut Intake, stop: &AtomicBool) {
    let mut buffers = vec![0_u8; BATCH * buffer_bytes];
    let mut heads = [Head::default(); BATCH];
    let nobody: Arc<str> = "".into();
    let mut senders: Vec<Arc<str>> = vec![nobody; BATCH];
    let control = intake.wants_senders().then(|| nix::cmsg_space!(UnixCredentials));
    let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(BATCH, control);
    loop {
        let is_stopping = stop.load(Ordering::SeqCst);
        let flags = match is_stopping {
            true => MsgFlags::MSG_DONTWAIT,
            false => MsgFlags::MSG_WAITFORONE,
        };
        let n = match receive(socket, &mut headers, (&mut buffers, buffer_bytes), &mut heads, flags)
        {
            Ok((n, n_truncated)) => {
                if n_truncated > 0 {
                    intake.telemetry().dogstatsd.truncated_packets.add(n_truncated);
                }
                n
            }
            Err(Errno::EAGAIN) if is_stopping => return,
            Err(Errno::EINTR | Errno::EAGAIN) => continue,
            // What an earlier packet of ours ran into; says nothing about this socket.
            Err(Errno::ECONNREFUSED) => continue,
            Err(error) => {
                intake.telemetry().dogstatsd.udp_packet_reading_errors.add(1);
                tracing::error!(%error, "a socket of dogstatsd cannot be read any more");
                return;
            }
        };
        if intake.wants_senders() {
            name_senders(intake, &heads[..n], &mut senders);
        }
        let packets = buffers.chunks(buffer_bytes).zip(&heads).zip(&senders).take(n);
        intake.take(packets.map(|((buffer, head), sender)| (&buffer[..head.len], &**sender)));
    }
}

/// What the kernel says of a packet.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    /// Bytes.
    len: usize,
    /// 0 when it is not known.
    pid: i32,
}

/// Finds the containers of packets; most packets of a call are of one process.
fn name_senders(intake: &mut Intake, heads: &[Head], senders: &mut [Arc<str>]) {
    for i in 0..heads.len() {
        senders[i] = match i.checked_sub(1) {
            Some(before) if heads[before].pid == heads[i].pid => Arc::clone(&senders[before]),
            _ => intake.sender(heads[i].pid),
        };
    }
}

/// One call: how many packets came, and how many of them were cut. The rest is in `heads`.
fn receive(
    socket: &impl AsRawFd,
    headers: &mut MultiHeaders<SockaddrStorage>,
    (buffers, buffer_bytes): (&mut [u8], usize),
    heads: &mut [Head; BATCH],
    flags: MsgFlags,
) -> Result<(usize, u64), Errno> {
    let mut slices: Vec<[IoSliceMut<'_>; 1]> =
        buffers.chunks_mut(buffer_bytes).map(|buffer| [IoSliceMut::new(buffer)]).collect();
    let results = recvmmsg(socket.as_raw_fd(), headers, slices.iter_mut(), flags, None)?;
    let (mut n, mut n_truncated) = (0, 0);
    for (result, head) in results.zip(heads) {
        head.len = result.bytes;
        head.pid = result.cmsgs().ok().and_then(|mut all| all.find_map(pid_of)).unwrap_or(0);
        n_truncated += u64::from(result.flags.contains(MsgFlags::MSG_TRUNC));
        n += 1;
    }
    Ok((n, n_truncated))
}

fn pid_of(message: ControlMessageOwned) -> Option<i32> {
    match message {
        ControlMessageOwned::ScmCredentials(credentials) => Some(credentials.pid()),
        _ => None,
    }
}
