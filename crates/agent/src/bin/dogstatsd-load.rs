//! Sends DogStatsD packets as fast as asked, for measurements: many packets a system call.
//!
//! `dogstatsd-load ADDRESS PACKETS PER_SECOND CONTEXTS [METRICS_A_PACKET] [KIND]`, where ADDRESS is
//! `127.0.0.1:8125` or the path of a Unix datagram socket. 0 packets a second: no pause. Prints
//! what was sent and how long it took, as one JSON object.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::error::Error;
use std::io::IoSlice;
use std::net::UdpSocket;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, sendmmsg};

/// Packets that one call sends.
const BATCH: usize = 32;

struct Load {
    fd: RawFd,
    n_packets: usize,
    per_second: usize,
    packets: Vec<Vec<u8>>,
}

fn packets(n_contexts: usize, metrics_a_packet: usize, kind: &str) -> Vec<Vec<u8>> {
    let line = |i: usize| {
        let (service, endpoint, zone) = (i % 40, i % 97, i % 3);
        format!(
            "bench.requests.{}:1|{kind}|#env:prod,service:web-{service},endpoint:/api/v{endpoint},\
             instance:i-{i:06},zone:eu-{zone}",
            i % 50
        )
    };
    let contexts: Vec<usize> = (0..n_contexts).collect();
    let packet =
        |part: &[usize]| part.iter().map(|&i| line(i)).collect::<Vec<_>>().join("\n").into_bytes();
    contexts.chunks(metrics_a_packet).map(packet).collect()
}

impl Load {
    /// Gives how many packets were sent and how many had to wait for room.
    fn run(&self, clock: &base::Clock) -> Result<(usize, usize), Errno> {
        let began = clock.monotonic();
        let (mut sent, mut waits) = (0, 0);
        let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(BATCH, None);
        while sent < self.n_packets {
            let n = BATCH.min(self.n_packets - sent);
            let batch: Vec<[IoSlice<'_>; 1]> = (sent..sent + n)
                .map(|i| [IoSlice::new(&self.packets[i % self.packets.len()])])
                .collect();
            let nobody = [None::<SockaddrStorage>; BATCH];
            let flags = MsgFlags::empty();
            match sendmmsg(self.fd, &mut headers, batch.iter(), &nobody[..n], [], flags) {
                Ok(results) => sent += results.count(),
                Err(Errno::EAGAIN | Errno::ENOBUFS | Errno::EINTR) => waits += 1,
                Err(error) => return Err(error),
            }
            if self.per_second > 0 {
                let due = Duration::from_secs_f64(sent as f64 / self.per_second as f64);
                let ahead = due.saturating_sub(clock.monotonic() - began);
                if ahead > Duration::from_millis(1) {
                    std::thread::sleep(ahead);
                }
            }
        }
        Ok((sent, waits))
    }
}

fn load(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let number = |i: usize, default: usize| {
        let read = |text: &String| text.parse().map_err(|e| format!("{text}: {e}"));
        arguments.get(i).map_or(Ok(default), read)
    };
    let address = arguments.first().ok_or("no address")?;
    let kind = arguments.get(5).map_or("c", String::as_str);
    let packets = packets(number(3, 10_000)?, number(4, 20)?.max(1), kind);
    let (udp, unix);
    let fd = if address.starts_with('/') {
        unix = UnixDatagram::unbound()?;
        unix.connect(address)?;
        unix.as_raw_fd()
    } else {
        udp = UdpSocket::bind("127.0.0.1:0")?;
        udp.connect(address)?;
        udp.as_raw_fd()
    };
    let load = Load { fd, n_packets: number(1, 100_000)?, per_second: number(2, 0)?, packets };
    let clock = base::Clock::system();
    let (sent, waits) = load.run(&clock)?;
    let secs = clock.monotonic().as_secs_f64();
    println!("{{\"packets\": {sent}, \"seconds\": {secs:.3}, \"waits\": {waits}}}");
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    load(&arguments)
}
