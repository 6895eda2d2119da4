//! How many connections are in which state: `/proc/net/{tcp,tcp6,udp,udp6}`.

use std::collections::BTreeMap;

use crate::check::{NO_TAGS, Sender};
use crate::checks::roots::Roots;

/// The kernel's numbers of TCP states, from 1 (`include/net/tcp_states.h`): each with the name of
/// its own and the one under which it is combined with its like.
const STATES: [(&str, &str); 12] = [
    ("estab", "established"),
    ("syn_sent", "opening"),
    ("syn_recv", "opening"),
    ("fin_wait_1", "closing"),
    ("fin_wait_2", "closing"),
    ("time_wait", "time_wait"),
    ("unconn", "closing"),
    ("close_wait", "closing"),
    ("last_ack", "closing"),
    ("listen", "listening"),
    ("closing", "closing"),
    // A request that waits for the third packet of its handshake; `ss` says SYN-RECV.
    ("syn_recv", "opening"),
];

#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) combined: bool,
    /// Also how long the queues of each TCP connection are.
    pub(super) queues: bool,
}

/// One socket: its state's number and its queues in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Socket {
    state: usize,
    send_q: u64,
    recv_q: u64,
}

pub(super) fn send(roots: &Roots, wanted: Wanted, sender: &mut Sender<'_>) {
    for (protocol, file) in [("udp4", "udp"), ("udp6", "udp6")] {
        let sockets = parse(&roots.net(file).unwrap_or_default());
        let metric = format!("system.net.{protocol}.connections");
        sender.gauge(&metric, sockets.len() as f64, NO_TAGS);
    }
    for (protocol, file) in [("tcp4", "tcp"), ("tcp6", "tcp6")] {
        // Without IPv6 there is no file, and no connection.
        let sockets = parse(&roots.net(file).unwrap_or_default());
        send_tcp(protocol, &sockets, wanted, sender);
    }
}

fn send_tcp(protocol: &str, sockets: &[Socket], wanted: Wanted, sender: &mut Sender<'_>) {
    let name = |(own, combined): (&'static str, &'static str)| {
        if wanted.combined { combined } else { own }
    };
    // States that no connection is in are sent as 0.
    let mut counts: BTreeMap<&str, u64> = STATES.iter().map(|state| (name(*state), 0)).collect();
    for socket in sockets {
        let Some(state) = socket.state.checked_sub(1).and_then(|i| STATES.get(i)) else { continue };
        let state = name(*state);
        *counts.entry(state).or_default() += 1;
        if wanted.queues {
            let tags = [format!("state:{state}")];
            sender.histogram("system.net.tcp.recv_q", socket.recv_q as f64, &tags);
            sender.histogram("system.net.tcp.send_q", socket.send_q as f64, &tags);
        }
    }
    for (state, n) in counts {
        sender.gauge(&format!("system.net.{protocol}.{state}"), n as f64, NO_TAGS);
    }
}

/// `sl local_address rem_address st tx_queue:rx_queue …`, all but the first in hexadecimal.
fn parse(text: &str) -> Vec<Socket> {
    text.lines().skip(1).filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Socket> {
    let mut words = line.split_ascii_whitespace().skip(3);
    let state = usize::from_str_radix(words.next()?, 16).ok()?;
    let (send_q, recv_q) = words.next()?.split_once(':')?;
    let queue = |text| u64::from_str_radix(text, 16).ok();
    Some(Socket { state, send_q: queue(send_q)?, recv_q: queue(recv_q)? })
}
