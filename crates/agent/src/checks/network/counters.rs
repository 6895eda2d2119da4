//! Counters of IP, TCP and UDP: `/proc/net/snmp` and `/proc/net/netstat`.
//!
//! Both hold pairs of lines: `Tcp: InSegs OutSegs …` and `Tcp: 1360497 1351193 …`.

use crate::check::{NO_TAGS, Sender};
use crate::checks::roots::Roots;

/// Protocol, the kernel's name, ours below `system.net.`.
const COUNTERS: &[(&str, &str, &str)] = &[
    ("Ip", "InReceives", "ip.in_receives"),
    ("Ip", "InHdrErrors", "ip.in_header_errors"),
    ("Ip", "InAddrErrors", "ip.in_addr_errors"),
    ("Ip", "InUnknownProtos", "ip.in_unknown_protos"),
    ("Ip", "InDiscards", "ip.in_discards"),
    ("Ip", "InDelivers", "ip.in_delivers"),
    ("Ip", "OutRequests", "ip.out_requests"),
    ("Ip", "OutDiscards", "ip.out_discards"),
    ("Ip", "OutNoRoutes", "ip.out_no_routes"),
    ("Ip", "ForwDatagrams", "ip.forwarded_datagrams"),
    ("Ip", "ReasmTimeout", "ip.reassembly_timeouts"),
    ("Ip", "ReasmReqds", "ip.reassembly_requests"),
    ("Ip", "ReasmOKs", "ip.reassembly_oks"),
    ("Ip", "ReasmFails", "ip.reassembly_fails"),
    ("Ip", "FragOKs", "ip.fragmentation_oks"),
    ("Ip", "FragFails", "ip.fragmentation_fails"),
    ("Ip", "FragCreates", "ip.fragmentation_creates"),
    ("IpExt", "InNoRoutes", "ip.in_no_routes"),
    ("IpExt", "InTruncatedPkts", "ip.in_truncated_pkts"),
    ("IpExt", "InCsumErrors", "ip.in_csum_errors"),
    ("IpExt", "ReasmOverlaps", "ip.reassembly_overlaps"),
    ("Tcp", "RetransSegs", "tcp.retrans_segs"),
    ("Tcp", "InSegs", "tcp.in_segs"),
    ("Tcp", "OutSegs", "tcp.out_segs"),
    ("Tcp", "ActiveOpens", "tcp.active_opens"),
    ("Tcp", "PassiveOpens", "tcp.passive_opens"),
    ("Tcp", "AttemptFails", "tcp.attempt_fails"),
    ("Tcp", "EstabResets", "tcp.established_resets"),
    ("Tcp", "InErrs", "tcp.in_errors"),
    ("Tcp", "OutRsts", "tcp.out_resets"),
    ("Tcp", "InCsumErrors", "tcp.in_csum_errors"),
    ("TcpExt", "ListenOverflows", "tcp.listen_overflows"),
    ("TcpExt", "ListenDrops", "tcp.listen_drops"),
    ("TcpExt", "TCPBacklogDrop", "tcp.backlog_drops"),
    ("TcpExt", "TCPRetransFail", "tcp.failed_retransmits"),
    ("TcpExt", "IPReversePathFilter", "ip.reverse_path_filter"),
    ("TcpExt", "PruneCalled", "tcp.prune_called"),
    ("TcpExt", "RcvPruned", "tcp.prune_rcv_drops"),
    ("TcpExt", "OfoPruned", "tcp.prune_ofo_called"),
    ("TcpExt", "PAWSActive", "tcp.paws_connection_drops"),
    ("TcpExt", "PAWSEstab", "tcp.paws_established_drops"),
    ("TcpExt", "SyncookiesSent", "tcp.syn_cookies_sent"),
    ("TcpExt", "SyncookiesRecv", "tcp.syn_cookies_recv"),
    ("TcpExt", "SyncookiesFailed", "tcp.syn_cookies_failed"),
    ("TcpExt", "TCPAbortOnTimeout", "tcp.abort_on_timeout"),
    ("TcpExt", "TCPSynRetrans", "tcp.syn_retrans"),
    ("TcpExt", "TCPFromZeroWindowAdv", "tcp.from_zero_window"),
    ("TcpExt", "TCPToZeroWindowAdv", "tcp.to_zero_window"),
    ("TcpExt", "TWRecycled", "tcp.tw_reused"),
    ("Udp", "InDatagrams", "udp.in_datagrams"),
    ("Udp", "NoPorts", "udp.no_ports"),
    ("Udp", "InErrors", "udp.in_errors"),
    ("Udp", "OutDatagrams", "udp.out_datagrams"),
    ("Udp", "RcvbufErrors", "udp.rcv_buf_errors"),
    ("Udp", "SndbufErrors", "udp.snd_buf_errors"),
    ("Udp", "InCsumErrors", "udp.in_csum_errors"),
];

/// In which forms counters are sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) rates: bool,
    /// As counts, with `.count` after the name.
    pub(super) counts: bool,
}

pub(super) fn send(roots: &Roots, wanted: Wanted, sender: &mut Sender<'_>) {
    for file in ["snmp", "netstat"] {
        // Either may be hidden in a sandbox; the other is worth having.
        let text = roots.net(file).unwrap_or_default();
        for (protocol, name, value) in parse(&text) {
            send_counter((protocol, name), value, wanted, sender);
        }
    }
}

fn send_counter(
    (protocol, name): (&str, &str),
    value: f64,
    wanted: Wanted,
    sender: &mut Sender<'_>,
) {
    if (protocol, name) == ("Tcp", "CurrEstab") {
        sender.gauge("system.net.tcp.current_established", value, NO_TAGS);
        return;
    }
    let counter = COUNTERS.iter().find(|(p, n, _)| (*p, *n) == (protocol, name));
    let Some((_, _, ours)) = counter else { return };
    let metric = format!("system.net.{ours}");
    if wanted.rates {
        sender.rate(&metric, value, NO_TAGS);
    }
    if wanted.counts {
        sender.monotonic_count(&format!("{metric}.count"), value, NO_TAGS);
    }
}

/// `(protocol, name, value)` of each pair of lines that belong together.
fn parse(text: &str) -> Vec<(&str, &str, f64)> {
    let mut counters = Vec::new();
    let mut lines = text.lines();
    while let (Some(names), Some(values)) = (lines.next(), lines.next()) {
        let (Some((protocol, names)), Some((other, values))) =
            (names.split_once(':'), values.split_once(':'))
        else {
            continue;
        };
        if protocol == other {
            let values = values.split_ascii_whitespace().map(str::parse::<f64>);
            for (name, value) in names.split_ascii_whitespace().zip(values) {
                counters.extend(value.ok().map(|value| (protocol, name, value)));
            }
        }
    }
    counters
}
