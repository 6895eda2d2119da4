use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use base::{LocalDisk, SharedDisk, ShutdownTrigger};
use parking_lot::Mutex;
use tokio::task::JoinHandle;

use super::super::disk::Usage;
use super::super::disk::tests::FullDisk;
use super::*;
use crate::telemetry::DomainStats;
use crate::{Config, KeyState};

/// What the server does with the next request.
#[derive(Clone, Debug)]
enum Reply {
    Status(u16),
    RetryAfter(u16, u64),
    /// Closes the connection without a word.
    Hang,
    /// Answers only when the server is let go.
    Wait,
}

#[derive(Clone, Debug)]
struct Request {
    path: String,
    headers: String,
    body: Vec<u8>,
}

/// A small HTTP server whose answers are given beforehand; 202 when there are none.
struct Server {
    address: SocketAddr,
    shared: Arc<ServerState>,
    requests: mpsc::Receiver<Request>,
}

struct ServerState {
    replies: Mutex<VecDeque<Reply>>,
    is_let_go: AtomicBool,
}

impl Server {
    fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn on(listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let shared =
            Arc::new(ServerState { replies: Mutex::default(), is_let_go: AtomicBool::new(false) });
        let (seen, requests) = mpsc::channel(10_000);
        let state = Arc::clone(&shared);
        std::thread::Builder::new()
            .spawn(move || {
                for stream in listener.incoming() {
                    let (Ok(stream), state, seen) = (stream, Arc::clone(&state), seen.clone())
                    else {
                        return;
                    };
                    std::thread::Builder::new()
                        .spawn(move || serve(stream, &state, &seen))
                        .unwrap();
                }
            })
            .unwrap();
        Self { address, shared, requests }
    }

    fn reply(&self, replies: &[Reply]) {
        self.shared.replies.lock().extend(replies.iter().cloned());
    }

    async fn next(&mut self) -> Request {
        let next = tokio::time::timeout(Duration::from_secs(20), self.requests.recv());
        next.await.expect("no request came").unwrap()
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.is_let_go.store(true, Ordering::SeqCst);
    }
}

fn serve(stream: TcpStream, state: &ServerState, seen: &mpsc::Sender<Request>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let (mut first, mut headers, mut len) = (String::new(), String::new(), 0);
        if reader.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) <= 2 {
                break;
            }
            let line = line.to_ascii_lowercase();
            if let Some(text) = line.strip_prefix("content-length:") {
                len = text.trim().parse().unwrap();
            }
            headers += &line;
        }
        let mut body = vec![0; len];
        reader.read_exact(&mut body).unwrap();
        let path = first.split(' ').nth(1).unwrap().to_owned();
        let reply = state.replies.lock().pop_front().unwrap_or(Reply::Status(202));
        let _test_is_over = seen.try_send(Request { path, headers, body });
        let (status, extra) = match reply {
            Reply::Status(status) => (status, String::new()),
            Reply::RetryAfter(status, secs) => (status, format!("retry-after: {secs}\r\n")),
            Reply::Hang => return,
            Reply::Wait => {
                while !state.is_let_go.load(Ordering::SeqCst) {
                    std::thread::yield_now();
                }
                return;
            }
        };
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\n{extra}\r\n{{}}");
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// A domain under test, with a clock that stands still.
struct Bench {
    clock: Clock,
    telemetry: Arc<Telemetry>,
    sender: mpsc::Sender<Payload>,
    stop: ShutdownTrigger,
    task: JoinHandle<()>,
    url: String,
}

struct Options<'a> {
    keys: &'a [&'a str],
    yaml: &'a str,
    disk: Option<SharedDisk>,
}

impl Bench {
    async fn start(url: &str, options: Options<'_>) -> Self {
        let clock = Clock::manual(1_700_000_000_000);
        let text = format!("api_key: k\nforwarder_storage_max_disk_ratio: 1.0\n{}", options.yaml);
        let config = Config::parse(None, Path::new("x"), &text, &Default::default()).unwrap();
        let telemetry = Arc::new(Telemetry::default());
        let queue = match options.disk {
            Some(disk) => {
                let usage = Arc::new(Usage::new(config.forwarder.storage_bytes_max));
                let place = (disk, "/".into());
                Some(Queue::open(place, url, usage, &config.forwarder, &clock).await.unwrap())
            }
            None => None,
        };
        let parts = DomainParts {
            url: url.to_owned(),
            keys: options.keys.iter().map(|&key| key.to_owned()).collect(),
            client: Client::new(&config.forwarder, false),
            queue,
            telemetry: Arc::clone(&telemetry),
            clock: clock.clone(),
        };
        let (sender, receiver) = mpsc::channel(1000);
        let (stop, shutdown) = Shutdown::new();
        let domain = Domain::new(parts, &config.forwarder);
        let task = tokio::spawn(domain.run(receiver, shutdown));
        Self { clock, telemetry, sender, stop, task, url: url.to_owned() }
    }

    async fn send(&self, endpoint: Endpoint, body: &str) {
        let body = crate::aggregate::payloads::compress(body.as_bytes()).into();
        let payload = Payload { endpoint, body, is_compressed: true, n_items: 1 };
        self.sender.send(payload).await.unwrap();
    }

    fn stats(&self) -> DomainStats {
        self.telemetry.forwarder.domains().get(&self.url).cloned().unwrap_or_default()
    }

    /// Waits until the figures are as expected.
    async fn until(&self, what: &str, is_so: impl Fn(&DomainStats) -> bool) {
        let wait = async {
            while !is_so(&self.stats()) {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(waited.is_ok(), "{what} did not come true: {:#?}", self.stats());
    }

    /// Ends the domain; its time runs as fast as it has to.
    async fn end(self) -> DomainStats {
        self.stop.stop();
        let clock = self.clock.clone();
        let end = async {
            let mut task = self.task;
            loop {
                tokio::select! {
                    ended = &mut task => return ended.unwrap(),
                    () = tokio::task::yield_now() => clock.advance(Duration::from_millis(1)),
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), end).await.expect("it does not end");
        self.telemetry.forwarder.domains().get(&self.url).cloned().unwrap_or_default()
    }
}

const ONE_KEY: Options<'_> = Options { keys: &["key-one"], yaml: "", disk: None };

fn text(request: &Request) -> String {
    let body = zstd::bulk::decompress(&request.body, 1 << 20).unwrap();
    String::from_utf8(body).unwrap()
}

fn series(stats: &DomainStats) -> EndpointStats {
    stats.endpoints.get("series_v2").cloned().unwrap_or_default()
}

fn disk_of(folder: &tempfile::TempDir) -> SharedDisk {
    Arc::new(LocalDisk::open(folder.path()).unwrap())
}

#[tokio::test]
async fn payloads_go_to_each_key_with_their_headers() {
    let mut server = Server::start();
    let options = Options { keys: &["key-one", "key-two"], ..ONE_KEY };
    let bench = Bench::start(&server.url(), options).await;
    bench.send(Endpoint::Series, "abc").await;
    bench.send(Endpoint::CheckRuns, "[]").await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        let request = server.next().await;
        assert!(request.headers.contains("content-encoding: zstd\r\n"), "{}", request.headers);
        assert!(request.headers.contains("user-agent: datadog-agent/7."), "{}", request.headers);
        assert!(request.headers.contains("dd-agent-version: 7."), "{}", request.headers);
        let kind = if request.path == "/api/v2/series" { "x-protobuf" } else { "json" };
        assert!(request.headers.contains(&format!("content-type: application/{kind}\r\n")));
        let key = if request.headers.contains("dd-api-key: key-one\r\n") { 1 } else { 2 };
        seen.push((request.path.clone(), key, text(&request)));
    }
    seen.sort();
    let expect = [
        ("/api/v1/check_run", 1, "[]"),
        ("/api/v1/check_run", 2, "[]"),
        ("/api/v2/series", 1, "abc"),
        ("/api/v2/series", 2, "abc"),
    ]
    .map(|(path, key, body)| (path.to_owned(), key, body.to_owned()));
    assert_eq!(seen, expect);
    bench.until("all sent", |s| series(s).success == 2).await;
    let stats = bench.stats();
    assert_eq!((series(&stats).input, stats.queue_len), (2, 0));
    assert_eq!(stats.keys.values().collect::<Vec<_>>(), [&KeyState::Valid, &KeyState::Valid]);
}

/// For each bad answer: it is tried again, not before its time, and arrives.
#[tokio::test]
async fn what_fails_is_tried_again() {
    for (reply, wait_secs) in [
        (Reply::Status(500), 4),
        (Reply::Status(404), 4),
        (Reply::Status(408), 4),
        (Reply::Hang, 4),
        (Reply::RetryAfter(429, 100), 100),
        (Reply::RetryAfter(503, 7), 7),
        (Reply::Status(429), 4),
    ] {
        let mut server = Server::start();
        server.reply(std::slice::from_ref(&reply));
        let bench = Bench::start(&server.url(), ONE_KEY).await;
        bench.send(Endpoint::Series, "first").await;
        server.next().await;
        bench.until("one waits", |s| s.queue_len == 1).await;
        bench.send(Endpoint::Series, "second").await;
        bench.until("two wait", |s| s.queue_len == 2).await;
        assert!(server.requests.try_recv().is_err(), "{reply:?}: the endpoint is left alone");
        bench.clock.advance(Duration::from_secs(wait_secs));
        let retried = [server.next().await, server.next().await].map(|r| text(&r));
        assert_eq!(retried, ["second", "first"], "{reply:?}: the newest first");
        bench.until("all sent", |s| series(s).success == 2).await;
        let stats = bench.end().await;
        assert_eq!((series(&stats).dropped, stats.queue_len, stats.queue_bytes), (0, 0, 0));
        assert!(stats.last_error.is_some());
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_dropped_and_counted() {
    for (status, key) in
        [(400, None), (403, Some(KeyState::Invalid)), (401, Some(KeyState::Invalid))]
    {
        let mut server = Server::start();
        server.reply(&[Reply::Status(status)]);
        let bench = Bench::start(&server.url(), ONE_KEY).await;
        bench.send(Endpoint::Series, "bad").await;
        server.next().await;
        bench.until("dropped", |s| series(s).dropped == 1).await;
        let stats = bench.stats();
        assert_eq!(series(&stats).http_errors[&status], 1);
        assert_eq!(stats.keys.values().next(), key.as_ref());
        bench.send(Endpoint::Series, "good").await;
        assert_eq!(text(&server.next().await), "good", "the next one goes at once");
    }
}

#[tokio::test]
async fn too_large_is_halved_until_it_fits() {
    let mut server = Server::start();
    server.reply(&[Reply::Status(413), Reply::Status(413)]);
    let options = Options { yaml: "forwarder_max_concurrent_requests: 1\n", ..ONE_KEY };
    let bench = Bench::start(&server.url(), options).await;
    bench.send(Endpoint::CheckRuns, "[1,2,3]").await;
    for expect in ["[1,2,3]", "[2,3]", "[3]", "[2]", "[1]"] {
        assert_eq!(text(&server.next().await), expect);
    }
    bench.until("all sent", |s| s.endpoints["check_run_v1"].success == 3).await;
    let mut alone = Server::start();
    alone.reply(&[Reply::Status(413)]);
    let bench = Bench::start(&alone.url(), ONE_KEY).await;
    bench.send(Endpoint::CheckRuns, "[1]").await;
    alone.next().await;
    bench.until("dropped", |s| s.endpoints["check_run_v1"].dropped == 1).await;
}

#[tokio::test]
async fn one_endpoint_does_not_wait_for_another() {
    let mut server = Server::start();
    server.reply(&[Reply::Wait]);
    let bench = Bench::start(&server.url(), ONE_KEY).await;
    bench.send(Endpoint::Series, "slow").await;
    server.next().await;
    bench.send(Endpoint::Sketches, "quick").await;
    assert_eq!(server.next().await.path, "/api/beta/sketches");
    bench.until("sent", |s| s.endpoints["sketches_v1"].success == 1).await;
}

/// A server that is away for ten minutes, and an agent that restarts meanwhile.
#[tokio::test]
async fn nothing_is_lost_while_the_server_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}");
    let options = || Options { disk: Some(disk_of(&folder)), ..ONE_KEY };
    let bench = Bench::start(&url, options()).await;
    let mut sent = Vec::new();
    for minute in 0..10 {
        let body = format!("minute {minute}");
        bench.send(Endpoint::Series, &body).await;
        sent.push(body);
        bench.until("it waits", |s| s.queue_len > 0 || s.disk_files > 0).await;
        bench.clock.advance(Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
    bench.until("all taken", |s| series(s).input == 10).await;
    let stats = bench.end().await;
    assert!(stats.disk_files > 0 && stats.queue_len == 0, "{stats:#?}");
    assert_eq!(series(&stats).dropped, 0);

    let mut server = Server::on(TcpListener::bind(address).unwrap());
    let bench = Bench::start(&url, options()).await;
    bench.send(Endpoint::Series, "after").await;
    sent.push("after".to_owned());
    let mut arrived = Vec::new();
    while arrived.len() < sent.len() {
        let body = text(&server.next().await);
        if !arrived.contains(&body) {
            arrived.push(body);
        }
    }
    arrived.sort();
    sent.sort();
    assert_eq!(arrived, sent);
    bench.until("no file is left", |s| s.disk_files == 0).await;
}

#[tokio::test]
async fn memory_overflows_to_disk_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start();
    server.reply(&[Reply::Status(500)]);
    let yaml =
        "forwarder_retry_queue_payloads_max_size: 100\nforwarder_max_concurrent_requests: 1\n";
    let options = Options { yaml, disk: Some(disk_of(&folder)), ..ONE_KEY };
    let bench = Bench::start(&server.url(), options).await;
    for n in 0..20 {
        bench.send(Endpoint::Series, &format!("payload number {n:02}")).await;
    }
    bench.until("files were written", |s| s.disk_files > 0 && s.queue_bytes <= 100).await;
    bench.until("all taken", |s| series(s).input == 20).await;
    bench.clock.advance(Duration::from_secs(4));
    let mut arrived = std::collections::BTreeSet::new();
    while arrived.len() < 20 {
        arrived.insert(text(&server.next().await));
    }
    bench.until("no file is left", |s| s.disk_files == 0 && series(s).success == 20).await;
    assert_eq!(series(&bench.stats()).dropped, 0);
}

#[tokio::test]
async fn a_full_disk_drops_the_oldest_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(FullDisk {
        inner: LocalDisk::open(folder.path()).unwrap(),
        is_full: AtomicBool::new(true),
    });
    let mut server = Server::start();
    server.reply(&[Reply::Status(500)]);
    let yaml =
        "forwarder_retry_queue_payloads_max_size: 100\nforwarder_max_concurrent_requests: 1\n";
    let shared: SharedDisk = Arc::clone(&disk) as SharedDisk;
    let bench = Bench::start(&server.url(), Options { yaml, disk: Some(shared), ..ONE_KEY }).await;
    for n in 0..20 {
        bench.send(Endpoint::Series, &format!("payload number {n:02}")).await;
    }
    let is_settled = |s: &DomainStats| s.dropped_full > 0 && series(s).dropped + s.queue_len == 20;
    bench.until("what does not fit is dropped", is_settled).await;
    let stats = bench.stats();
    let dropped = series(&stats).dropped;
    assert!(stats.disk_error.is_some(), "{stats:#?}");
    assert_eq!(dropped, stats.dropped_full);
    server.next().await;
    disk.is_full.store(false, Ordering::Relaxed);
    bench.clock.advance(Duration::from_secs(4));
    assert_eq!(text(&server.next().await), "payload number 19");
    bench.until("the rest is sent", |s| series(s).success == 20 - dropped).await;
}

#[tokio::test]
async fn what_is_under_way_at_the_end_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start();
    server.reply(&[Reply::Wait]);
    let options = Options { disk: Some(disk_of(&folder)), ..ONE_KEY };
    let bench = Bench::start(&server.url(), options).await;
    bench.send(Endpoint::Series, "under way").await;
    server.next().await;
    let stats = bench.end().await;
    assert_eq!((stats.disk_files, series(&stats).dropped), (1, 0));
    let mut second = Server::start();
    let options = Options { disk: Some(disk_of(&folder)), ..ONE_KEY };
    // The folder goes by the address, so the queue of another address is none of its business.
    let other = Bench::start(&second.url(), options).await;
    other.send(Endpoint::Series, "own").await;
    assert_eq!(text(&second.next().await), "own");
    other.until("nothing else", |s| s.disk_files == 0 && s.queue_len == 0).await;
}
