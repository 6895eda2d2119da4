//! From packets to the aggregator: lines, their kinds, and counts of what came.

use std::net::UdpSocket;
use std::sync::Arc;

use memchr::memchr_iter;
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::Transport;
use super::parse::{self, Kind, Reason};
use super::senders::Senders;
use crate::Telemetry;
use crate::aggregate::Aggregator;
use crate::config::DogStatsdConfig;

/// Where one reader's packets go.
#[derive(Debug)]
pub(crate) struct Intake {
    transport: Transport,
    /// Whether the last line of a packet counts only with its newline.
    eol_required: bool,
    aggregator: Arc<Mutex<Aggregator>>,
    late: Arc<Notify>,
    telemetry: Arc<Telemetry>,
    clock: base::Clock,
    /// Where every packet is copied to.
    forward: Option<UdpSocket>,
    senders: Senders,
}

/// What a number of packets held; added to the telemetry at once.
#[derive(Debug, Default)]
struct Counts {
    packets: u64,
    bytes: u64,
    metrics: u64,
    samples: u64,
    events: u64,
    checks: u64,
    metric_errors: u64,
    event_errors: u64,
    check_errors: u64,
    unterminated: u64,
}

impl Intake {
    pub(crate) fn new(
        config: &DogStatsdConfig,
        transport: Transport,
        (aggregator, late): (Arc<Mutex<Aggregator>>, Arc<Notify>),
        (telemetry, clock): (Arc<Telemetry>, base::Clock),
        senders: Senders,
    ) -> Self {
        let name = match transport {
            Transport::Udp => "udp",
            Transport::UnixDatagram | Transport::UnixStream => "uds",
        };
        let forward = match config.forward_host.as_str() {
            "" => None,
            host => match forward_socket(host, config.forward_port) {
                Ok(socket) => Some(socket),
                Err(error) => {
                    tracing::error!(%error, host, "packets cannot be copied to statsd_forward_host");
                    None
                }
            },
        };
        Self {
            transport,
            eol_required: config.eol_required.iter().any(|required| required == name),
            aggregator,
            late,
            telemetry,
            clock,
            forward,
            senders,
        }
    }

    /// Whether the kernel is to be asked who sends.
    pub(crate) fn wants_senders(&self) -> bool {
        self.transport != Transport::Udp && self.senders.is_on()
    }

    /// The container that a process runs in; empty when it runs in none or that cannot be told.
    pub(crate) fn sender(&mut self, pid: i32) -> Arc<str> {
        match self.senders.container(pid, self.clock.monotonic()) {
            Ok(container) => container,
            Err(error) => {
                self.telemetry.dogstatsd.uds_origin_detection_errors.add(1);
                tracing::debug!(pid, %error, "the sender of a packet cannot be told");
                "".into()
            }
        }
    }

    pub(crate) fn telemetry(&self) -> &Telemetry {
        &self.telemetry
    }

    /// Takes packets in, each with the id of the container it is from.
    pub(crate) fn take<'a>(&self, packets: impl Iterator<Item = (&'a [u8], &'a str)>) {
        let now_ms = self.clock.now_ms();
        let mut counts = Counts::default();
        let has_late = {
            let mut aggregator = self.aggregator.lock();
            aggregator.set_now(now_ms);
            let had_late = aggregator.has_late();
            for (packet, sender) in packets {
                if packet.is_empty() {
                    continue;
                }
                counts.packets += 1;
                counts.bytes += packet.len() as u64;
                if let Some(socket) = &self.forward {
                    // Nobody waits for the copy, as nobody waits for the packet.
                    let _lost = socket.send(packet);
                }
                self.lines((packet, sender), &mut aggregator, &mut counts, now_ms);
            }
            aggregator.has_late() && !had_late
        };
        if has_late {
            self.late.notify_one();
        }
        self.publish(&counts);
    }

    fn lines(
        &self,
        (packet, sender): (&[u8], &str),
        to: &mut Aggregator,
        counts: &mut Counts,
        now_ms: i64,
    ) {
        let mut start = 0;
        for end in memchr_iter(b'\n', packet) {
            self.line((&packet[start..end], sender), to, counts, now_ms);
            start = end + 1;
        }
        let last = &packet[start..];
        if !last.is_empty() {
            if self.eol_required {
                counts.unterminated += 1;
                let reason = "no newline at its end, which dogstatsd_eol_required asks for";
                self.telemetry.dogstatsd.add_bad_message(now_ms, reason, last);
                return;
            }
            self.line((last, sender), to, counts, now_ms);
        }
    }

    #[inline]
    fn line(
        &self,
        (line, sender): (&[u8], &str),
        to: &mut Aggregator,
        counts: &mut Counts,
        now_ms: i64,
    ) {
        if line.is_empty() {
            return;
        }
        match Kind::of(line) {
            Kind::Metric => {
                counts.metrics += 1;
                let added = match parse::metric(line) {
                    Ok(mut metric) => {
                        metric.origin.sender = sender;
                        to.add(&metric)
                    }
                    Err(reason) => Err(reason),
                };
                match added {
                    Ok(n) => counts.samples += n,
                    Err(reason) => {
                        counts.metric_errors += 1;
                        self.bad(line, reason, now_ms);
                    }
                }
            }
            Kind::Event => {
                counts.events += 1;
                match parse::event(line) {
                    Ok(mut event) => {
                        event.origin.sender = sender;
                        to.add_event(&event, now_ms);
                    }
                    Err(reason) => {
                        counts.event_errors += 1;
                        self.bad(line, reason, now_ms);
                    }
                }
            }
            Kind::ServiceCheck => {
                counts.checks += 1;
                match parse::service_check(line) {
                    Ok(mut check) => {
                        check.origin.sender = sender;
                        to.add_service_check(&check, now_ms);
                    }
                    Err(reason) => {
                        counts.check_errors += 1;
                        self.bad(line, reason, now_ms);
                    }
                }
            }
        }
    }

    #[cold]
    fn bad(&self, line: &[u8], reason: Reason, now_ms: i64) {
        self.telemetry.dogstatsd.add_bad_message(now_ms, reason, line);
    }

    fn publish(&self, counts: &Counts) {
        let stats = &self.telemetry.dogstatsd;
        let (packets, bytes) = match self.transport {
            Transport::Udp => (&stats.udp_packets, &stats.udp_bytes),
            Transport::UnixDatagram | Transport::UnixStream => {
                (&stats.uds_packets, &stats.uds_bytes)
            }
        };
        for (counter, n) in [
            (packets, counts.packets),
            (bytes, counts.bytes),
            (&stats.metric_packets, counts.metrics),
            (&stats.event_packets, counts.events),
            (&stats.service_check_packets, counts.checks),
            (&stats.metric_parse_errors, counts.metric_errors),
            (&stats.event_parse_errors, counts.event_errors),
            (&stats.service_check_parse_errors, counts.check_errors),
            (&stats.unterminated_metric_errors, counts.unterminated),
            (&self.telemetry.aggregator.dogstatsd_metric_sample, counts.samples),
        ] {
            if n > 0 {
                counter.add(n);
            }
        }
    }
}

fn forward_socket(host: &str, port: u16) -> std::io::Result<UdpSocket> {
    let socket = UdpSocket::bind("[::]:0").or_else(|_| UdpSocket::bind("0.0.0.0:0"))?;
    socket.connect((host, port))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}
