use std::io::Write;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::Config;

struct Agent {
    readers: Readers,
    aggregator: Arc<Mutex<Aggregator>>,
    telemetry: Arc<Telemetry>,
    tagger: Arc<Tagger>,
}

fn start(yaml: &str) -> Agent {
    let text = format!("api_key: k\n{yaml}");
    let config = Config::parse(None, Path::new("x"), &text, &Default::default()).unwrap();
    let telemetry = Arc::new(Telemetry::default());
    let clock = base::Clock::manual(1_700_000_000_000);
    let aggregator = Aggregator::new(&config, "me".into(), Arc::clone(&telemetry), clock.now_ms());
    let aggregator = Arc::new(Mutex::new(aggregator));
    let shared = (Arc::clone(&aggregator), Arc::new(Notify::new()));
    let tagger = Tagger::new(&config.tagger, Arc::clone(&telemetry), clock.clone());
    let tagger = Arc::new(tagger);
    let readers = super::start(
        &config.dogstatsd,
        shared,
        (Arc::clone(&telemetry), Arc::clone(&tagger)),
        clock,
    );
    Agent { readers, aggregator, telemetry, tagger }
}

impl Agent {
    /// Stops the readers, which read everything first, and gives `name=count` of each metric.
    fn stop(self) -> (String, Arc<Telemetry>) {
        self.readers.stop();
        let mut stats = self.aggregator.lock().metric_stats(100);
        stats.sort_by(|a, b| a.name.cmp(&b.name));
        let text: Vec<_> = stats.iter().map(|s| format!("{}={}", s.name, s.count)).collect();
        (text.join(" "), self.telemetry)
    }

    fn errors(&self) -> Vec<(&'static str, String)> {
        let listeners = self.telemetry.dogstatsd.listeners();
        listeners.into_iter().filter_map(|l| Some((l.transport, l.error?))).collect()
    }
}

fn free_port() -> u16 {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

const QUIET: &str = "dogstatsd_port: 0\n";

#[test]
fn udp() {
    let port = free_port();
    let agent = start(&format!("dogstatsd_port: {port}\ndogstatsd_socket: ''\n"));
    assert_eq!(agent.errors(), []);
    let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    client.connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    for packet in [
        &b"a:1|c\nb:1|g"[..],
        b"a:1|c\n",
        b"\n\na:1|c\n\n",
        b"_sc|x|0\n_e{1,1}:t|x\n",
        b"half:1|",
        b"b:\xff|g\n\xff\xfe:1|g|#\xff\n",
    ] {
        client.send(packet).unwrap();
    }
    let (metrics, telemetry) = agent.stop();
    assert_eq!(metrics, "a=3 b=1 \u{fffd}\u{fffd}=1");
    let stats = &telemetry.dogstatsd;
    // The packet that wakes the reader at its end is one more.
    assert_eq!(stats.udp_packets.get(), 7);
    assert_eq!(stats.metric_packets.get(), 7);
    assert_eq!(stats.metric_parse_errors.get(), 2);
    assert_eq!((stats.event_packets.get(), stats.service_check_packets.get()), (1, 1));
    let bad: Vec<_> = stats.bad_messages().into_iter().map(|b| (b.text, b.reason)).collect();
    assert_eq!(
        bad,
        [
            ("half:1|".to_owned(), "the type is none of c, g, s, h, ms, d"),
            ("b:\u{fffd}|g".to_owned(), "a value is no number"),
        ]
    );
}

#[test]
fn unix_datagrams() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/dsd.socket");
    let agent =
        start(&format!("{QUIET}dogstatsd_socket: {}\ndogstatsd_buffer_size: 64\n", path.display()));
    assert_eq!(agent.errors(), []);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o722);
    let client = UnixDatagram::unbound().unwrap();
    client.connect(&path).unwrap();
    for _ in 0..100 {
        client.send(b"a:1|c").unwrap();
    }
    client.send(format!("b:1|c\nlong.{}:1|c", "x".repeat(100)).as_bytes()).unwrap();
    let (metrics, telemetry) = agent.stop();
    assert_eq!(metrics, "a=100 b=1");
    assert_eq!(telemetry.dogstatsd.truncated_packets.get(), 1);
    assert!(!path.exists());
}

#[test]
fn unix_streams() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.socket");
    let agent = start(&format!(
        "{QUIET}dogstatsd_socket: ''\ndogstatsd_stream_socket: {}\n",
        path.display()
    ));
    assert_eq!(agent.errors(), []);
    let frame = |text: &str| [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat();
    let mut whole = UnixStream::connect(&path).unwrap();
    let all: Vec<u8> = (0..50).flat_map(|_| frame("a:1|c\nb:2|g\n")).collect();
    whole.write_all(&all).unwrap();
    let mut pieces = UnixStream::connect(&path).unwrap();
    for byte in [frame("c:1|c"), frame("c:1|c")].concat() {
        pieces.write_all(&[byte]).unwrap();
    }
    let mut broken = UnixStream::connect(&path).unwrap();
    broken.write_all(&[frame("d:1|c"), vec![0xff; 8]].concat()).unwrap();
    let mut answer = [0];
    let closed = std::io::Read::read(&mut broken, &mut answer);
    assert!(matches!(closed, Ok(0) | Err(_)), "a frame too long ends its connection");
    wait_for(|| agent.telemetry.dogstatsd.metric_packets.get() >= 103);
    let (metrics, telemetry) = agent.stop();
    assert_eq!(metrics, "a=50 b=50 c=2 d=1");
    assert_eq!(telemetry.dogstatsd.uds_packet_reading_errors.get(), 1);
}

#[test]
fn paths_that_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let error = |path: &Path| {
        let agent = start(&format!(
            "{QUIET}dogstatsd_socket: {0}\ndogstatsd_stream_socket: {0}.stream\n",
            path.display()
        ));
        let errors = agent.errors();
        agent.readers.stop();
        errors
    };
    // A socket that nobody listens on is replaced.
    drop(UnixDatagram::bind(place("dead")).unwrap());
    drop(UnixListener::bind(place("dead.stream")).unwrap());
    assert_eq!(error(&place("dead")), []);
    std::fs::create_dir(place("folder")).unwrap();
    let message = "the path is a directory; name a file that does not exist".to_owned();
    assert_eq!(error(&place("folder")), [("uds-datagram", message)]);
    std::fs::write(place("file"), "mine").unwrap();
    let message = "the path exists and is no socket; it is left alone".to_owned();
    assert_eq!(error(&place("file")), [("uds-datagram", message)]);
    assert_eq!(std::fs::read(place("file")).unwrap(), b"mine");
    let _alive = UnixDatagram::bind(place("alive")).unwrap();
    let message = "another process listens on this socket".to_owned();
    assert_eq!(error(&place("alive")), [("uds-datagram", message)]);
    let below = error(&place("file/below"));
    assert_eq!(below.len(), 2, "{below:?}");
    assert!(below[0].1.starts_with("the socket's folder cannot be made: "), "{below:?}");
}

#[test]
fn the_last_line_may_need_its_newline() {
    let port = free_port();
    let agent = start(&format!(
        "dogstatsd_port: {port}\ndogstatsd_socket: ''\ndogstatsd_eol_required: [udp]\n"
    ));
    let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    client.send_to(b"a:1|c\nb:1|c", (Ipv4Addr::LOCALHOST, port)).unwrap();
    let (metrics, telemetry) = agent.stop();
    assert_eq!(metrics, "a=1");
    assert_eq!(telemetry.dogstatsd.unterminated_metric_errors.get(), 1);
}

#[test]
fn packets_are_copied_on() {
    let port = free_port();
    let other = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    other.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let agent = start(&format!(
        "dogstatsd_port: {port}\ndogstatsd_socket: ''\nstatsd_forward_host: 127.0.0.1\nstatsd_forward_port: {}\n",
        other.local_addr().unwrap().port()
    ));
    let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    client.send_to(b"a:1|c\nbroken", (Ipv4Addr::LOCALHOST, port)).unwrap();
    let mut buffer = [0; 100];
    let n = other.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..n], b"a:1|c\nbroken");
    agent.stop();
}

#[test]
fn a_taken_port_leaves_the_others_open() {
    let taken = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let port = taken.local_addr().unwrap().port();
    let agent = start(&format!("dogstatsd_port: {port}\ndogstatsd_socket: {}\n", path.display()));
    let errors = agent.errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0].0, "udp");
    UnixDatagram::unbound().unwrap().send_to(b"a:1|c", &path).unwrap();
    assert_eq!(agent.stop().0, "a=1");
}

/// What a process of another container would look like: this one, with a cgroup of our own.
fn in_container(folder: &Path, id: &str) -> String {
    let process = folder.join(format!("proc/{}", std::process::id()));
    std::fs::create_dir_all(&process).unwrap();
    std::fs::write(process.join("cgroup"), format!("0::/docker/{id}\n")).unwrap();
    std::fs::create_dir_all(folder.join("cgroup/docker").join(id)).unwrap();
    format!(
        "{QUIET}dogstatsd_socket: {0}/d.socket\ndogstatsd_stream_socket: {0}/s.socket\n\
         dogstatsd_origin_detection: true\ndogstatsd_tag_cardinality: high\n\
         container_proc_root: {0}/proc\ncontainer_cgroup_root: {0}/cgroup\n",
        folder.display()
    )
}

fn tags_of(aggregator: &Mutex<Aggregator>) -> String {
    let mut stats = aggregator.lock().metric_stats(100);
    stats.sort_by(|a, b| (&a.name, &a.tags).cmp(&(&b.name, &b.tags)));
    stats.iter().map(|s| format!("{}#{}={}", s.name, s.tags, s.count)).collect::<Vec<_>>().join(" ")
}

fn send_both(folder: &Path, line: &str) {
    let datagram = UnixDatagram::unbound().unwrap();
    datagram.send_to(format!("d.{line}").as_bytes(), folder.join("d.socket")).unwrap();
    let mut stream = UnixStream::connect(folder.join("s.socket")).unwrap();
    let packet = format!("s.{line}");
    stream.write_all(&(packet.len() as u32).to_le_bytes()).unwrap();
    stream.write_all(packet.as_bytes()).unwrap();
}

fn wait_for(what: impl Fn() -> bool) {
    let clock = base::Clock::system();
    while !what() {
        assert!(clock.monotonic() < Duration::from_secs(60), "waited for too long");
        std::thread::yield_now();
    }
}

#[test]
fn the_sender_of_a_unix_socket_brings_its_tags() {
    let folder = tempfile::tempdir().unwrap();
    let id = "e".repeat(64);
    let agent = start(&in_container(folder.path(), &id));
    assert_eq!(agent.errors(), []);
    send_both(folder.path(), "a:1|c|#x");
    wait_for(|| agent.telemetry.dogstatsd.metric_packets.get() == 2);
    let expect = format!("d.a#container_id:{id},x=1 s.a#container_id:{id},x=1");
    assert_eq!(tags_of(&agent.aggregator), expect);
    // More is found out: the next sample is of another series.
    let mut tags = crate::tagger::EntityTags::default();
    tags.add(crate::tagger::Cardinality::Low, "service", "web");
    agent.tagger.learn(crate::tagger::Entity::Container(id.clone()), tags, true);
    send_both(folder.path(), "a:1|c|#x");
    wait_for(|| agent.telemetry.dogstatsd.metric_packets.get() == 4);
    let expect = format!(
        "d.a#container_id:{id},x=1 d.a#service:web,x=1 s.a#container_id:{id},x=1 s.a#service:web,x=1"
    );
    assert_eq!(tags_of(&agent.aggregator), expect);
    assert_eq!(agent.telemetry.dogstatsd.uds_origin_detection_errors.get(), 0);
    agent.stop();
}

#[test]
fn a_sender_that_cannot_be_told_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let settings = in_container(folder.path(), &"e".repeat(64));
    std::fs::remove_dir_all(folder.path().join("proc")).unwrap();
    let agent = start(&settings);
    send_both(folder.path(), "a:1|c|#x");
    wait_for(|| agent.telemetry.dogstatsd.metric_packets.get() == 2);
    assert_eq!(tags_of(&agent.aggregator), "d.a#x=1 s.a#x=1");
    assert_eq!(agent.telemetry.dogstatsd.uds_origin_detection_errors.get(), 2);
    agent.stop();
}
