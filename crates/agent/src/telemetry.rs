//! What the agent counts about itself: read by `status`, the control API and its own metrics.
//!
//! Counters are relaxed atomics that only grow; the rest sits behind small locks that are held for
//! a copy and never across a wait.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

/// Broken messages that are kept to be shown.
const BAD_MESSAGES_MAX: usize = 20;
/// Characters of a broken message that are kept.
const BAD_TEXT_CHARS_MAX: usize = 200;

/// A number that grows, or that is set.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All of it.
#[derive(Debug, Default)]
pub struct Telemetry {
    pub dogstatsd: DogStatsdStats,
    pub tagger: TaggerStats,
    pub aggregator: AggregatorStats,
    pub forwarder: ForwarderStats,
}

/// DogStatsD, with the names of the Agent's status page.
#[derive(Debug, Default)]
pub struct DogStatsdStats {
    /// Messages that were read, by kind; one datagram has many.
    pub metric_packets: Counter,
    pub event_packets: Counter,
    pub service_check_packets: Counter,
    pub metric_parse_errors: Counter,
    pub event_parse_errors: Counter,
    pub service_check_parse_errors: Counter,
    pub unterminated_metric_errors: Counter,
    pub udp_bytes: Counter,
    pub udp_packets: Counter,
    pub udp_packet_reading_errors: Counter,
    pub uds_bytes: Counter,
    pub uds_packets: Counter,
    pub uds_packet_reading_errors: Counter,
    /// Packets of a Unix socket whose sender could not be told.
    pub uds_origin_detection_errors: Counter,
    /// Open connections of the stream socket.
    pub uds_connections: Counter,
    /// Packets larger than `dogstatsd_buffer_size`, cut by the kernel.
    pub truncated_packets: Counter,
    /// Contexts (metric, host and tags) that are known now.
    pub contexts: Counter,
    /// Samples that were left out: of a filtered metric, past a bound, of a type that may carry no
    /// time.
    pub samples_filtered: Counter,
    pub samples_over_limit: Counter,
    pub late_samples_discarded: Counter,
    listeners: Mutex<Vec<Listener>>,
    bad: Mutex<VecDeque<BadMessage>>,
}

/// Where the tags of containers come from.
#[derive(Debug, Default)]
pub struct TaggerStats {
    /// Containers, pods and cgroups that are known or looked for now.
    pub entities: Counter,
    /// Questions about an entity for which there was no room any more.
    pub over_limit: Counter,
    /// Questions to Docker that were not answered.
    pub docker_errors: Counter,
    error: Mutex<Option<String>>,
}

impl TaggerStats {
    /// The last thing that went wrong.
    pub fn error(&self) -> Option<String> {
        self.error.lock().clone()
    }

    pub(crate) fn set_error(&self, message: String) {
        *self.error.lock() = Some(message);
    }
}

/// A way in, and why it is not open if it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// `udp`, `uds-datagram`, `uds-stream`.
    pub transport: &'static str,
    pub address: String,
    pub error: Option<String>,
}

/// A message that nobody could read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadMessage {
    /// Unix milliseconds.
    pub time_ms: i64,
    pub reason: &'static str,
    /// Its head, with what is no UTF-8 replaced.
    pub text: String,
}

impl DogStatsdStats {
    pub fn listeners(&self) -> Vec<Listener> {
        self.listeners.lock().clone()
    }

    /// Says how a way in fares; the later word counts.
    pub fn set_listener(&self, listener: Listener) {
        let mut all = self.listeners.lock();
        all.retain(|l| l.transport != listener.transport || l.address != listener.address);
        all.push(listener);
    }

    /// The last broken messages, newest last.
    pub fn bad_messages(&self) -> Vec<BadMessage> {
        self.bad.lock().iter().cloned().collect()
    }

    pub(crate) fn add_bad_message(&self, time_ms: i64, reason: &'static str, message: &[u8]) {
        let head = &message[..message.len().min(BAD_TEXT_CHARS_MAX * 4)];
        let text = String::from_utf8_lossy(head).chars().take(BAD_TEXT_CHARS_MAX).collect();
        let mut bad = self.bad.lock();
        if bad.len() == BAD_MESSAGES_MAX {
            bad.pop_front();
        }
        bad.push_back(BadMessage { time_ms, reason, text });
    }
}

/// The aggregator, with the names of the Agent's status page.
#[derive(Debug, Default)]
pub struct AggregatorStats {
    pub checks_metric_sample: Counter,
    pub dogstatsd_metric_sample: Counter,
    pub event: Counter,
    pub service_check: Counter,
    pub flushes: Counter,
    pub series_flushed: Counter,
    pub sketches_flushed: Counter,
    pub events_flushed: Counter,
    pub service_checks_flushed: Counter,
    pub hostname_update: Counter,
    /// Items that are larger than a payload may be, or past a bound.
    pub items_dropped: Counter,
    /// Milliseconds that the last flush took.
    pub last_flush_ms: Counter,
}

/// The forwarder, by domain (base URL).
#[derive(Debug, Default)]
pub struct ForwarderStats {
    domains: Mutex<BTreeMap<String, DomainStats>>,
}

/// How one domain fares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainStats {
    /// By name of the endpoint, such as `series_v2`.
    pub endpoints: BTreeMap<&'static str, EndpointStats>,
    /// Payloads and bytes that wait in memory.
    pub queue_len: u64,
    pub queue_bytes: u64,
    /// Files and bytes that wait on disk.
    pub disk_files: u64,
    pub disk_bytes: u64,
    /// Damaged files that were set aside.
    pub disk_damaged: u64,
    /// Why the disk queue does not take anything, if it does not.
    pub disk_error: Option<String>,
    /// Payloads that were given up because the queue in memory was full; the endpoints' `dropped`
    /// has them too.
    pub dropped_full: u64,
    /// Files that had to go to make room on disk, with what they held.
    pub dropped_files: u64,
    /// API keys, by their last five characters.
    pub keys: BTreeMap<String, KeyState>,
    pub last_error: Option<LastError>,
}

/// What came of the payloads of one endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointStats {
    pub input: u64,
    pub input_bytes: u64,
    pub success: u64,
    pub success_bytes: u64,
    pub retried: u64,
    pub requeued: u64,
    pub dropped: u64,
    /// Answers of 400 and more, by status.
    pub http_errors: BTreeMap<u16, u64>,
    /// No answer: refused, timed out, no such name.
    pub connection_errors: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastError {
    /// Unix milliseconds.
    pub time_ms: i64,
    pub endpoint: &'static str,
    pub message: String,
}

/// What the server last said about a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyState {
    #[default]
    Unknown,
    Valid,
    Invalid,
    /// It could not be asked: why.
    Unreachable(String),
}

impl ForwarderStats {
    /// A copy of everything.
    pub fn domains(&self) -> BTreeMap<String, DomainStats> {
        self.domains.lock().clone()
    }

    /// Changes the figures of a domain.
    pub(crate) fn update(&self, domain: &str, change: impl FnOnce(&mut DomainStats)) {
        let mut domains = self.domains.lock();
        match domains.get_mut(domain) {
            Some(stats) => change(stats),
            None => change(domains.entry(domain.to_owned()).or_default()),
        }
    }

    pub(crate) fn endpoint(
        &self,
        domain: &str,
        endpoint: &'static str,
        change: impl FnOnce(&mut EndpointStats),
    ) {
        self.update(domain, |stats| change(stats.endpoints.entry(endpoint).or_default()));
    }
}
