//! The server's metrics about itself: gathered every 20 seconds and appended to the store, without a
//! host, in its first organisation. `api::own_metrics` lists names, kinds and units.
//!
//! What is counted elsewhere since the start becomes a count of the interval by its difference to
//! the last round, in [`Batch`]. Rows that cannot be appended are kept for some rounds. The last
//! round runs at the shutdown, after the listener has gone and before the store does.

mod estimate;
mod process;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Shutdown};
use model::{MetricKind, OrgId, PointsBatch, SeriesRef, Sketch, SketchesBatch, TagSet};
use storage::{Rows, Storage};

use crate::own_metrics::estimate::Estimates;
use crate::traffic::{Door, Passed, Traffic};

/// Divides the buckets of every usual window, 20 s and more, so that each holds as many points as
/// the next: counts of 15 s would draw a saw over an hour.
const INTERVAL_SECS: u32 = 20;
/// Rounds whose rows are kept while the store cannot be written: five minutes.
const ROUNDS_KEPT_MAX: usize = 15;

/// Where the numbers come from.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    pub(crate) storage: Storage,
    pub(crate) query: query::Engine,
    pub(crate) intake: Arc<ingest::State>,
    pub(crate) outbox: alert::deliver::Outbox,
    pub(crate) traffic: Arc<Traffic>,
}

/// Appends the metrics of each interval until the shutdown, and those of the one under way then.
pub(crate) async fn run(sources: Sources, clock: Clock, shutdown: Shutdown) {
    let mut batch = Batch::new(OrgId::FIRST);
    let mut estimates = Estimates::new(clock.monotonic());
    let mut kept: Vec<Vec<Rows>> = Vec::new();
    let mut last_secs = i64::MIN;
    while !shutdown.is_stopping() {
        tokio::select! {
            () = clock.sleep(until_next(clock.now_ms())) => {}
            () = shutdown.wait() => {}
        }
        // Two rounds of one second would be one point: the later would take the other's place.
        let now_secs = clock.now_secs();
        if now_secs == last_secs {
            continue;
        }
        last_secs = now_secs;
        batch.time_ms = now_secs * 1000;
        gather(&sources, &clock, &mut batch).await;
        if !shutdown.is_stopping() {
            estimates.add(&sources.storage, &clock, &mut batch).await;
        }
        kept.push(batch.take());
        append(&sources.storage, &mut kept).await;
    }
}

/// The rest of the interval.
fn until_next(now_ms: i64) -> Duration {
    let interval = i64::from(INTERVAL_SECS) * 1000;
    Duration::from_millis((interval - now_ms.rem_euclid(interval)).unsigned_abs())
}

async fn append(storage: &Storage, kept: &mut Vec<Vec<Rows>>) {
    match storage.append(kept.concat()).await {
        Ok(()) => kept.clear(),
        Err(error) => {
            tracing::warn!(error = base::report(&error), "the server's own metrics have to wait");
            if kept.len() > ROUNDS_KEPT_MAX {
                kept.remove(0);
            }
        }
    }
}

async fn gather(sources: &Sources, clock: &Clock, batch: &mut Batch) {
    process::gather(clock, batch);
    traffic(sources.traffic.take(), batch);
    for total in sources.intake.ledger().totals() {
        let route = route_tag(total.route);
        let (outcome, reason) = (format!("outcome:{}", total.kind.name()), total.reason);
        match reason.is_empty() {
            true => batch.total("procyon.intake.accepted", &[&route], total.count),
            false => {
                let reason = format!("reason:{reason}");
                let tags = [route.as_str(), &outcome, &reason];
                batch.total("procyon.intake.rejected", &tags, total.count);
            }
        }
    }
    batch.gauge("procyon.query.cache_bytes", &[], sources.query.cache_bytes() as f64);
    storage(&sources.storage, batch).await;
    let mail = sources.outbox.stats();
    batch.total("procyon.delivery.sent", &[], mail.sent);
    batch.total("procyon.delivery.retried", &[], mail.put_off);
    batch.total("procyon.delivery.lost", &[], mail.lost);
    batch.gauge("procyon.delivery.waiting", &[], mail.waiting as f64);
}

/// The path of a route as a tag; braces have no place in one.
fn route_tag(route: &str) -> String {
    format!("route:{}", route.replace(['{', '}'], "_"))
}

/// The kind of question that a route of the API answers.
fn question(route: &str) -> Option<&'static str> {
    Some(match route {
        "/api/v1/query" | "/api/v2/query/timeseries" => "timeseries",
        "/api/v2/query/scalar" => "scalar",
        "/api/procyon/sql" => "sql",
        _ if route.starts_with("/api/procyon/public/") => "shared",
        _ => return None,
    })
}

fn traffic(passed: Vec<(Door, Arc<str>, Passed)>, batch: &mut Batch) {
    let mut questions: HashMap<&'static str, Passed> = HashMap::new();
    for (door, route, passed) in passed {
        if door == Door::Api
            && let Some(kind) = question(&route)
        {
            let all = questions.entry(kind).or_default();
            all.seconds.merge(&passed.seconds);
            all.requests.iter_mut().zip(passed.requests).for_each(|(all, n)| *all += n);
        }
        let (requests, duration) = match door {
            Door::Api => ("procyon.api.requests", "procyon.api.duration"),
            Door::Intake => ("procyon.intake.requests", "procyon.intake.duration"),
        };
        let route = route_tag(&route);
        for (hundreds, count) in passed.requests.into_iter().enumerate().filter(|(_, n)| *n > 0) {
            let status = format!("status:{hundreds}xx");
            batch.total(requests, &[&route, &status], count);
        }
        if door == Door::Intake {
            batch.total("procyon.intake.bytes", &[&route], passed.bytes);
        }
        batch.sketch(duration, &[&route], passed.seconds);
    }
    for (kind, passed) in questions {
        let kind = format!("kind:{kind}");
        let all: u64 = passed.requests.iter().sum();
        batch.total("procyon.query.requests", &[&kind], all);
        batch.total("procyon.query.errors", &[&kind], all - passed.requests[2]);
        batch.sketch("procyon.query.duration", &[&kind], passed.seconds);
    }
}

async fn storage(storage: &Storage, batch: &mut Batch) {
    let stats = storage.stats();
    for (dataset, rows) in storage.appended_rows() {
        let tag = format!("dataset:{dataset}");
        if rows > 0 {
            batch.total("procyon.storage.appended_rows", &[&tag], rows);
        }
        if dataset == model::Dataset::Events {
            batch.total("datadog.estimated_usage.events.ingested_events", &[], rows);
        }
    }
    for (dataset, size) in storage.sizes() {
        let tag = format!("dataset:{dataset}");
        batch.gauge("procyon.storage.files", &[&tag], size.n_files as f64);
        batch.gauge("procyon.storage.disk_bytes", &[&tag], size.bytes as f64);
        batch.gauge("procyon.storage.rows", &[&tag], size.rows as f64);
    }
    let gauges = [
        ("procyon.storage.log_bytes", storage.log_bytes().await),
        ("procyon.storage.buffer_bytes", stats.buffered_bytes),
        ("procyon.storage.damaged_files", stats.damaged.len() as u64),
    ];
    for (name, value) in gauges {
        batch.gauge(name, &[], value as f64);
    }
    let totals = [
        ("procyon.storage.appends", stats.records),
        ("procyon.storage.commits", stats.commits),
        ("procyon.storage.flush.count", stats.flushes),
        ("procyon.storage.flush.errors", stats.flush_failures),
        ("procyon.storage.flush.time", stats.flush_ms),
        ("procyon.storage.merge.count", stats.merges),
        ("procyon.storage.maintenance.errors", stats.maintenance_failures),
        ("procyon.storage.maintenance.time", stats.maintenance_ms),
    ];
    for (name, total) in totals {
        batch.total(name, &[], total);
    }
}

/// The rows of one round, and what the totals were in the last.
#[derive(Debug)]
pub(crate) struct Batch {
    time_ms: i64,
    points: PointsBatch,
    sketches: SketchesBatch,
    /// By metric and tags.
    totals: HashMap<(&'static str, TagSet), u64>,
    /// Uptime in seconds and ticks of processor time.
    cpu: Option<(f64, u64)>,
}

impl Batch {
    fn new(org: OrgId) -> Self {
        let (points, sketches) = (PointsBatch::new(org), SketchesBatch::new(org));
        Self { time_ms: 0, points, sketches, totals: HashMap::new(), cpu: None }
    }

    fn org(&self) -> OrgId {
        self.points.org
    }

    pub(crate) fn gauge(&mut self, name: &'static str, tags: &[&str], value: f64) {
        self.point(name, &TagSet::new(tags.iter().copied()), MetricKind::Gauge, value);
    }

    /// A count of what happened since the last round, of what is counted since the start.
    pub(crate) fn total(&mut self, name: &'static str, tags: &[&str], total: u64) {
        let tags = TagSet::new(tags.iter().copied());
        let last = self.totals.insert((name, tags.clone()), total).unwrap_or(0);
        self.point(name, &tags, MetricKind::Count, total.saturating_sub(last) as f64);
    }

    fn point(&mut self, name: &'static str, tags: &TagSet, kind: MetricKind, value: f64) {
        // Of gauges, too: so no graph has buckets between their points.
        self.points.push_series(key(name, tags), kind, INTERVAL_SECS);
        self.points.push_point(self.time_ms, value);
    }

    fn sketch(&mut self, name: &'static str, tags: &[&str], sketch: Sketch) {
        if sketch.count > 0 {
            let tags = TagSet::new(tags.iter().copied());
            self.sketches.push_series(key(name, &tags), INTERVAL_SECS);
            self.sketches.push_sketch(self.time_ms, sketch);
        }
    }

    fn take(&mut self) -> Vec<Rows> {
        let (points, sketches) = (PointsBatch::new(self.org()), SketchesBatch::new(self.org()));
        vec![
            Rows::Points(std::mem::replace(&mut self.points, points)),
            Rows::Sketches(std::mem::replace(&mut self.sketches, sketches)),
        ]
    }
}

fn key<'a>(metric: &'a str, tags: &'a TagSet) -> SeriesRef<'a> {
    SeriesRef { metric, host: "", device: "", tags: tags.as_str() }
}

#[cfg(test)]
mod tests;
