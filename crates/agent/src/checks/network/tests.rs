use std::collections::BTreeMap;

use crate::checks::network::Traffic;
use crate::checks::tests::{Host, values};

const DEV: &str = "Inter-|   Receive                            |  Transmit\n \
    face |bytes    packets errs drop fifo frame compressed multicast|bytes packets\n    \
    lo: 1500 15 0 0 0 0 0 0 1500 15 0 0 0 0 0 0\n  \
    eth0:1000 10 1 2 0 0 0 0 2000 20 3 4 0 0 0 0\n";
const DEV_LATER: &str = "h\nh\n    lo: 3000 30 0 0 0 0 0 0 3000 30 0 0 0 0 0 0\n  \
    eth0:16000 160 16 17 0 0 0 0 32000 170 18 19 0 0 0 0\n";
const SNMP: &str = "Tcp: RtoAlgorithm CurrEstab InSegs MaxConn\nTcp: 1 7 100 -1\n\
    Udp: InDatagrams NoPorts\nUdp: 50 5\n";
const SNMP_LATER: &str = "Tcp: RtoAlgorithm CurrEstab InSegs MaxConn\nTcp: 1 8 250 -1\n\
    Udp: InDatagrams NoPorts\nUdp: 80 5\nBroken: A\n";
const NETSTAT: &str = "TcpExt: SyncookiesSent ListenDrops\nTcpExt: 1 2\nIpExt: X InNoRoutes\n\
    IpExt: 4 0\n";
const TCP: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n   \
    0: 0100007F:1F90 00000000:0000 0A 00000000:00000005 00:00000000\n   \
    1: 0100007F:1F90 0100007F:C350 01 00000010:00000020 00:00000000\n   \
    2: 0100007F:1F90 0100007F:C351 08 00000000:00000000 00:00000000\n   \
    3: 0100007F:1F90 0100007F:C352 06 00000000:00000000 00:00000000\n   \
    4: x\n";
const UDP: &str = "  sl  local_address\n   0: 00000000:0035 00000000:0000 07 00000000:00000000 0\n";

fn files() -> Vec<(&'static str, &'static str)> {
    vec![
        ("proc/net/dev", DEV),
        ("proc/net/snmp", SNMP),
        ("proc/net/netstat", NETSTAT),
        ("proc/net/tcp", TCP),
        ("proc/net/udp", UDP),
        ("sys/class/net/eth0/mtu", "1500\n"),
        ("sys/class/net/eth0/speed", "1000\n"),
        ("sys/class/net/eth0/tx_queue_len", "1000\n"),
        ("sys/class/net/eth0/carrier", "1\n"),
        ("sys/class/net/eth0/queues/rx-0/x", ""),
        ("sys/class/net/eth0/queues/rx-1/x", ""),
        ("sys/class/net/eth0/queues/tx-0/x", ""),
        ("sys/class/net/bonding_masters", "\n"),
        ("proc/sys/net/netfilter/nf_conntrack_count", "12\n"),
        ("proc/sys/net/netfilter/nf_conntrack_max", "262144\n"),
        ("proc/sys/net/netfilter/nf_conntrack_buckets", "65536\n"),
        ("proc/sys/net/netfilter/nf_log", "0\n"),
    ]
}

fn second_run(config: &str) -> BTreeMap<String, f64> {
    let host = Host::new(&files());
    let mut instance = host.instance("network", "", config);
    assert_eq!(host.run(&mut instance).error, None);
    host.write(&[("proc/net/dev", DEV_LATER), ("proc/net/snmp", SNMP_LATER)]);
    values(&host.run(&mut instance).run)
}

#[test]
fn interfaces_and_protocols() {
    let got = second_run("");
    let eth0 = "{device:eth0,device_name:eth0,mtu:1500,speed:1000}";
    for (name, expected) in [
        ("bytes_rcvd", 1000.0),
        ("bytes_sent", 2000.0),
        ("packets_in.count", 10.0),
        ("packets_in.error", 1.0),
        ("packets_in.drop", 1.0),
        ("packets_out.count", 10.0),
        ("packets_out.error", 1.0),
        ("packets_out.drop", 1.0),
    ] {
        assert_eq!(got[&format!("system.net.{name}{eth0}")], expected, "{name}");
    }
    assert_eq!(got["system.net.bytes_rcvd{device:lo,device_name:lo}"], 100.0);
    for (name, expected) in [
        ("tcp.in_segs", 10.0),
        ("tcp.current_established", 8.0),
        ("udp.in_datagrams", 2.0),
        ("udp.no_ports", 0.0),
        ("tcp.listen_drops", 0.0),
        ("ip.in_no_routes", 0.0),
        ("iface.mtu{iface:eth0}", 1500.0),
        ("iface.up{iface:eth0}", 1.0),
        ("iface.tx_queue_len{iface:eth0}", 1000.0),
        ("iface.num_rx_queues{iface:eth0}", 2.0),
        ("iface.num_tx_queues{iface:eth0}", 1.0),
        ("conntrack.count", 12.0),
        ("conntrack.max", 262_144.0),
    ] {
        assert_eq!(got[&format!("system.net.{name}")], expected, "{name}");
    }
    assert!(!got.keys().any(|k| k.contains("buckets") || k.contains("tcp4") || k.ends_with(".n")));
}

#[test]
fn settings_choose() {
    let got = second_run(
        "excluded_interfaces: [lo]\ncollect_rate_metrics: false\n\
        collect_count_metrics: true\nwhitelist_conntrack_metrics: [buckets]\n",
    );
    assert!(!got.keys().any(|k| k.contains("device:lo")), "{got:?}");
    assert_eq!(got["system.net.tcp.in_segs.count"], 150.0);
    assert!(!got.contains_key("system.net.tcp.in_segs"));
    assert_eq!(got["system.net.conntrack.buckets"], 65536.0);
    assert!(!got.contains_key("system.net.conntrack.max"));
    let got = second_run("excluded_interface_re: et.*\nblacklist_conntrack_metrics: [max]\n");
    assert!(!got.keys().any(|k| k.contains("device:eth0")));
    let has = |name: &str| got.contains_key(&format!("system.net.conntrack.{name}"));
    assert_eq!((has("count"), has("buckets"), has("max")), (true, true, false));
}

#[test]
fn states_of_connections() {
    let got = second_run("collect_connection_state: true\ncollect_connection_queues: true\n");
    for (name, expected) in [
        ("tcp4.established", 1.0),
        ("tcp4.listening", 1.0),
        ("tcp4.closing", 1.0),
        ("tcp4.time_wait", 1.0),
        ("tcp4.opening", 0.0),
        ("tcp6.established", 0.0),
        ("udp4.connections", 1.0),
        ("udp6.connections", 0.0),
        ("tcp.recv_q.max{state:established}", 32.0),
        ("tcp.send_q.max{state:established}", 16.0),
        ("tcp.recv_q.avg{state:listening}", 5.0),
    ] {
        assert_eq!(got[&format!("system.net.{name}")], expected, "{name}");
    }
    let got = second_run("collect_connection_state: true\ncombine_connection_states: false\n");
    for (name, expected) in [
        ("estab", 1.0),
        ("listen", 1.0),
        ("close_wait", 1.0),
        ("time_wait", 1.0),
        ("syn_sent", 0.0),
    ] {
        assert_eq!(got[&format!("system.net.tcp4.{name}")], expected, "{name}");
    }
}

#[test]
fn settings_without_effect_are_said() {
    let host = Host::new(&files());
    let mut instance = host.instance("network", "", "conntrack_path: /usr/sbin/conntrack\n");
    let warnings = host.run(&mut instance).run.warnings;
    assert_eq!(warnings, ["`conntrack_path` has no effect in this agent"]);
}

#[test]
fn lines_of_dev() {
    let parsed = Traffic::parse("head | er\n  eth0:1: 1 2 3 4 5 6 7 8 9 10 11 12 13\nlo: 1 2\nx\n");
    let [(name, traffic)] = &parsed[..] else { panic!("{parsed:?}") };
    assert_eq!(name, "eth0:1");
    assert_eq!((traffic.bytes_rcvd, traffic.bytes_sent, traffic.drops_out), (1, 9, 12));
}

#[test]
fn the_hosts_network_in_a_container() {
    let host = Host::new(&[("proc/1/net/dev", DEV), ("proc/net/dev", "h\nh\nonly: 1 2 3\n")]);
    let names: Vec<String> = Traffic::parse(&host.context.roots.net("dev").unwrap())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["lo", "eth0"]);
}
