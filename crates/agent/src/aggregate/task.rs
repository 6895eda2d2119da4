//! The task that flushes: every 15 seconds all that has ended, sooner what carries its own time.
//!
//! It owns the payloads of the next flush, so what checks send is written there at once; the
//! aggregator, which the readers of DogStatsD share, is locked for portions only. At the end
//! everything goes, open buckets too.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Shutdown};
use model::{CheckStatus, MetricKind, SeriesRef, TagSet};
use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc};

use super::flush::Items;
use super::payloads::{self, Payloads};
use super::{Aggregator, BUCKET_SECS};
use crate::check::{CheckEvent, CheckRun, CheckServiceCheck};
use crate::config::Config;
use crate::forward::{Forwarder, Payload};
use crate::{Telemetry, VERSION};

/// How often everything is sent. Source: the Agent's `DefaultFlushInterval`.
const FLUSH_INTERVAL: Duration = Duration::from_secs(15);
/// When the first flush is: nobody who has just started an agent likes to wait.
const FLUSH_FIRST: Duration = Duration::from_secs(5);
/// How long a sample with a time of its own may wait.
const LATE_INTERVAL: Duration = Duration::from_secs(2);
/// Holds the number of the first bucket of which nothing was sent.
const NEXT_BUCKET_FILE: &str = "next_bucket";
/// Contexts between two breaths of the lock: about a millisecond.
const PORTION: usize = 2048;

/// What the task needs.
#[derive(Debug)]
pub(crate) struct FlushTask {
    pub(crate) aggregator: Arc<Mutex<Aggregator>>,
    pub(crate) late: Arc<Notify>,
    pub(crate) forwarder: Forwarder,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) clock: Clock,
    pub(crate) agent_host: Arc<str>,
    payloads: Payloads,
    items: Items,
    has_started: bool,
    /// Remembers across a restart what was sent; see [`resume`].
    next_bucket_file: PathBuf,
}

impl FlushTask {
    pub(crate) fn new(
        config: &Config,
        (aggregator, late): (Arc<Mutex<Aggregator>>, Arc<Notify>),
        forwarder: Forwarder,
        telemetry: Arc<Telemetry>,
        (clock, agent_host): (Clock, Arc<str>),
    ) -> Self {
        Self {
            aggregator,
            late,
            forwarder,
            telemetry,
            clock,
            agent_host,
            payloads: Payloads::new(config.serializer.clone()),
            items: Items::default(),
            has_started: false,
            next_bucket_file: config.run_path.join(NEXT_BUCKET_FILE),
        }
    }

    /// Runs until `shutdown`, then takes what the checks have sent and flushes everything.
    pub(crate) async fn run(mut self, mut runs: mpsc::Receiver<CheckRun>, shutdown: Shutdown) {
        let mut next_flush = self.clock.monotonic() + FLUSH_FIRST;
        let mut late_at: Option<Duration> = None;
        loop {
            let next = late_at.map_or(next_flush, |at| at.min(next_flush));
            let wait = next.saturating_sub(self.clock.monotonic());
            tokio::select! {
                () = shutdown.wait() => break,
                Some(run) = runs.recv() => self.check_run(run),
                () = self.late.notified() => {
                    late_at.get_or_insert(self.clock.monotonic() + LATE_INTERVAL);
                }
                () = self.clock.sleep(wait) => {
                    late_at = None;
                    let now = self.clock.monotonic();
                    if now < next_flush {
                        self.flush_late().await;
                        continue;
                    }
                    self.flush(false).await;
                    next_flush = (next_flush + FLUSH_INTERVAL).max(now);
                }
            }
        }
        while let Ok(run) = runs.try_recv() {
            self.check_run(run);
        }
        self.flush(true).await;
        let next = self.aggregator.lock().next_bucket();
        if let Err(error) = std::fs::write(&self.next_bucket_file, next.to_string()) {
            let path = self.next_bucket_file.display();
            tracing::warn!(%path, %error, "a start within ten seconds may replace counts");
        }
    }

    /// Writes what a check has found into the next flush.
    fn check_run(&mut self, run: CheckRun) {
        let stats = &self.telemetry.aggregator;
        stats.checks_metric_sample.add(run.samples);
        for series in &run.series {
            let (device, tags) = split_device(&series.tags);
            let key = SeriesRef { metric: &series.metric, host: &series.host, device, tags: &tags };
            let points = [(series.time_secs, series.value)];
            self.payloads.add_series(key, (series.kind, series.interval_secs), &points);
        }
        stats.service_check.add(run.service_checks.len() as u64);
        stats.event.add(run.events.len() as u64);
        self.items.service_checks.extend(run.service_checks.into_iter().map(service_check));
        self.items.events.extend(run.events.into_iter().map(event));
    }

    async fn flush_late(&mut self) {
        let mut payloads = self.payloads.emptied();
        self.aggregator.lock().flush_late(&mut payloads);
        let bodies = payloads.finish();
        self.count(&mut payloads);
        self.send(bodies).await;
    }

    /// Sends everything that has ended, or simply everything.
    pub(crate) async fn flush(&mut self, all: bool) {
        let began = self.clock.monotonic();
        let now_ms = self.clock.now_ms();
        self.own_metrics(now_ms);
        let mut flush = self.aggregator.lock().begin_flush(now_ms, all);
        loop {
            let more = {
                let mut aggregator = self.aggregator.lock();
                aggregator.flush_some(&mut flush, &mut self.payloads, PORTION)
            };
            // Not while the lock is held: it takes a few milliseconds.
            self.payloads.pack();
            if !more {
                break;
            }
        }
        {
            let mut aggregator = self.aggregator.lock();
            aggregator.flush_late(&mut self.payloads);
            let items = aggregator.take_items();
            self.items.events.extend(items.events);
            self.items.service_checks.extend(items.service_checks);
        }
        let mut bodies = self.payloads.finish();
        let items = std::mem::take(&mut self.items);
        bodies.extend(payloads::service_checks(&items.service_checks));
        bodies.extend(payloads::events(&items.events, &self.agent_host));
        let stats = &self.telemetry.aggregator;
        stats.events_flushed.add(items.events.len() as u64);
        stats.service_checks_flushed.add(items.service_checks.len() as u64);
        stats.flushes.add(1);
        let fresh = self.payloads.emptied();
        let mut payloads = std::mem::replace(&mut self.payloads, fresh);
        self.count(&mut payloads);
        self.send(bodies).await;
        let took = self.clock.monotonic().saturating_sub(began);
        self.telemetry.aggregator.last_flush_ms.set(took.as_millis() as u64);
    }

    fn count(&self, payloads: &mut Payloads) {
        let stats = &self.telemetry.aggregator;
        stats.series_flushed.add(payloads.n_series);
        stats.sketches_flushed.add(payloads.n_sketches);
        stats.items_dropped.add(payloads.take_dropped());
    }

    async fn send(&self, bodies: Vec<Payload>) {
        for body in bodies {
            self.forwarder.send(body).await;
        }
    }

    /// What an Agent says about itself with every flush.
    fn own_metrics(&mut self, now_ms: i64) {
        let secs = now_ms.div_euclid(1000);
        let tags = format!("version:{VERSION}");
        let mut add = |metric: &str, kind: MetricKind, tags: &str| {
            let key = SeriesRef { metric, host: &self.agent_host, device: "", tags };
            let interval = if kind == MetricKind::Count { BUCKET_SECS } else { 0 };
            self.payloads.add_series(key, (kind, interval), &[(secs, 1.0)]);
        };
        add("datadog.agent.running", MetricKind::Gauge, &tags);
        if !self.has_started {
            add("datadog.agent.started", MetricKind::Count, &tags);
            self.has_started = true;
        }
        self.telemetry.aggregator.service_check.add(1);
        self.items.service_checks.push(model::ServiceCheck {
            check: "datadog.agent.up".to_owned(),
            host: self.agent_host.to_string(),
            time: now_ms,
            status: CheckStatus::Ok,
            message: String::new(),
            tags: TagSet::default(),
        });
    }
}

/// Makes an aggregator go on after the bucket that the last agent has sent half, so that a restart
/// replaces no points: the server keeps one value for a series and a time.
pub(crate) fn resume(aggregator: &mut Aggregator, run_path: &Path) {
    let text = std::fs::read_to_string(run_path.join(NEXT_BUCKET_FILE)).unwrap_or_default();
    if let Ok(next) = text.trim().parse() {
        aggregator.resume(next);
    }
}

/// The device among the tags, and the other tags as one text.
fn split_device(tags: &[String]) -> (&str, String) {
    let device = tags.iter().find_map(|tag| tag.strip_prefix("device:")).unwrap_or_default();
    let mut others: Vec<&str> = tags
        .iter()
        .map(String::as_str)
        .filter(|tag| !tag.is_empty() && !tag.starts_with("device:"))
        .collect();
    others.sort_unstable();
    others.dedup();
    (device, others.join(","))
}

fn service_check(check: CheckServiceCheck) -> model::ServiceCheck {
    model::ServiceCheck {
        check: check.check,
        host: check.host.to_string(),
        time: check.time_secs.saturating_mul(1000),
        status: check.status,
        message: check.message,
        tags: TagSet::new(check.tags.iter().map(String::as_str)),
    }
}

fn event(event: CheckEvent) -> model::Event {
    model::Event {
        time: event.time_secs.saturating_mul(1000),
        title: event.msg_title,
        text: event.msg_text,
        host: event.host.to_string(),
        tags: TagSet::new(event.tags.iter().map(String::as_str)),
        priority: model::EventPriority::from_name(&event.priority).unwrap_or_default(),
        alert_type: model::AlertType::from_name(&event.alert_type).unwrap_or_default(),
        aggregation_key: event.aggregation_key,
        source: event.source_type_name,
        event_type: event.event_type,
        ..model::Event::default()
    }
}
