//! The walk over all contexts that sends what has ended.
//!
//! The cut is fixed when the walk begins: buckets below it go, whatever happens meanwhile. Between
//! two portions the lock is free; a sample that comes then and closes a bucket below the cut puts
//! it among `closed`, from where the next portion takes it.

use model::{MetricKind, Sketch};

use super::contexts::{Context, NEVER};
use super::payloads::Payloads;
use super::values::{Open, Value};
use super::{Aggregator, BUCKET_SECS, Closed, close};
use crate::dogstatsd::parse::MetricType;

/// Zeros a count gets in one flush at most, should the clock leap forward: a minute's.
const ZEROS_MAX: u32 = 6;

/// A walk under way.
#[derive(Debug)]
pub(crate) struct Flush {
    /// Buckets from here on stay.
    cut: u32,
    /// Buckets below this were sent before.
    flushed_until: u32,
    /// The bucket that is not over yet.
    now_bucket: u32,
    /// The next slot to look at.
    cursor: u32,
    /// Closed values below the cut, by slot and bucket, of slots from the cursor on.
    closed: Vec<Closed>,
    expired: Vec<u32>,
    points: Vec<(i64, f64)>,
    sketches: Vec<(i64, Sketch)>,
}

/// What a flush takes besides series.
#[derive(Debug, Default)]
pub(crate) struct Items {
    pub(crate) events: Vec<model::Event>,
    pub(crate) service_checks: Vec<model::ServiceCheck>,
}

impl Aggregator {
    /// Begins a flush at a time. With `all` open buckets go too: the agent stops.
    pub(crate) fn begin_flush(&mut self, now_ms: i64, all: bool) -> Flush {
        self.set_now(now_ms);
        let flush = Flush {
            cut: if all { NEVER } else { self.now_bucket },
            flushed_until: self.flushed_until,
            now_bucket: self.now_bucket,
            cursor: 0,
            closed: Vec::new(),
            expired: Vec::new(),
            points: Vec::new(),
            sketches: Vec::new(),
        };
        self.flushed_until = self.now_bucket;
        flush
    }

    /// Sends the next `n` contexts; false when the walk is over.
    pub(crate) fn flush_some(
        &mut self,
        flush: &mut Flush,
        payloads: &mut Payloads,
        n: usize,
    ) -> bool {
        self.take_closed(flush);
        let end = (flush.cursor as usize + n).min(self.contexts.all.len());
        let mut closed = std::mem::take(&mut flush.closed).into_iter().peekable();
        let mut values = Vec::new();
        for slot in flush.cursor..end as u32 {
            let context = &mut self.contexts.all[slot as usize];
            while let Some(next) = closed.next_if(|c| c.slot <= slot) {
                // Those of earlier slots are of contexts that were forgotten meanwhile.
                if next.slot == slot {
                    values.push((next.bucket, next.value));
                }
            }
            if context.is_free() {
                values.clear();
                continue;
            }
            if context.bucket < flush.cut {
                values.extend(close(context));
            }
            self.send(slot, &mut values, flush, payloads);
            if self.is_expired(slot) {
                flush.expired.push(slot);
            }
        }
        flush.closed = closed.collect();
        flush.cursor = end as u32;
        let is_over = end == self.contexts.all.len();
        if is_over {
            self.contexts.remove(&std::mem::take(&mut flush.expired));
            self.telemetry.dogstatsd.contexts.set(self.contexts.len() as u64);
        }
        !is_over
    }

    /// Moves closed values below the cut to the walk.
    fn take_closed(&mut self, flush: &mut Flush) {
        let before = flush.closed.len();
        let (cut, cursor) = (flush.cut, flush.cursor);
        let is_due = |closed: &Closed| closed.bucket < cut && closed.slot >= cursor;
        let mut kept = Vec::new();
        for closed in self.closed.drain(..) {
            match is_due(&closed) {
                true => flush.closed.push(closed),
                false => kept.push(closed),
            }
        }
        self.closed = kept;
        if flush.closed.len() > before {
            flush.closed.sort_by_key(|closed| (closed.slot, closed.bucket));
        }
    }

    fn send(
        &mut self,
        slot: u32,
        values: &mut Vec<(u32, Value)>,
        flush: &mut Flush,
        payloads: &mut Payloads,
    ) {
        let context = &mut self.contexts.all[slot as usize];
        if values.is_empty() && context.kind != MetricType::Count {
            return;
        }
        values.sort_by_key(|(bucket, _)| *bucket);
        merge_equal(values, context.kind);
        if context.kind == MetricType::Count {
            count_points(context, values, flush, self.settings.count_expiry);
        }
        let context = &self.contexts.all[slot as usize];
        let key = context.key(&self.settings.agent_host);
        match context.kind {
            MetricType::Count => {
                if !flush.points.is_empty() {
                    payloads.add_series(key, (MetricKind::Rate, BUCKET_SECS), &flush.points);
                }
            }
            MetricType::Gauge | MetricType::Set => {
                flush.points.clear();
                flush.points.extend(values.drain(..).filter_map(|(bucket, value)| {
                    let value = match value {
                        Value::Number(value) => value,
                        Value::Open(open) => match *open {
                            Open::Set(members) => members.len() as f64,
                            _ => return None,
                        },
                    };
                    Some((secs_of(bucket), value))
                }));
                payloads.add_series(key, (MetricKind::Gauge, 0), &flush.points);
            }
            MetricType::Histogram => self.send_histogram(slot, values, flush, payloads),
            MetricType::Distribution => {
                flush.sketches.clear();
                flush.sketches.extend(values.drain(..).filter_map(|(bucket, value)| match value {
                    Value::Open(open) => match *open {
                        Open::Sketch(sketch) => Some((secs_of(bucket), sketch)),
                        _ => None,
                    },
                    Value::Number(_) => None,
                }));
                payloads.add_sketches(key, &flush.sketches);
            }
        }
        values.clear();
    }

    fn send_histogram(
        &self,
        slot: u32,
        values: &mut Vec<(u32, Value)>,
        flush: &mut Flush,
        payloads: &mut Payloads,
    ) {
        let key = self.contexts.all[slot as usize].key(&self.settings.agent_host);
        let mut metric = String::new();
        let mut buckets = Vec::with_capacity(values.len());
        for (bucket, value) in values.drain(..) {
            if let Value::Open(open) = value
                && let Open::Histogram(mut histogram) = *open
            {
                let aggregates = histogram.aggregates(&self.histogram, BUCKET_SECS);
                buckets.push((secs_of(bucket), aggregates));
            }
        }
        let n_aggregates = buckets.iter().map(|(_, list)| list.len()).max().unwrap_or(0);
        for i in 0..n_aggregates {
            flush.points.clear();
            flush.points.extend(
                buckets.iter().filter_map(|(secs, list)| Some((*secs, list.get(i)?.value))),
            );
            let Some(aggregate) = buckets.iter().find_map(|(_, list)| list.get(i)) else {
                continue;
            };
            metric.clear();
            metric.push_str(key.metric);
            metric.push_str(&aggregate.suffix);
            let interval_secs = if aggregate.kind == MetricKind::Rate { BUCKET_SECS } else { 0 };
            let key = model::SeriesRef { metric: &metric, ..key };
            payloads.add_series(key, (aggregate.kind, interval_secs), &flush.points);
        }
    }

    /// Whether nothing more will come of a context. Counts live on while they send zeros.
    fn is_expired(&self, slot: u32) -> bool {
        let context = &self.contexts.all[slot as usize];
        let idle = self.now_bucket.saturating_sub(context.touched);
        let expiry = match context.kind {
            MetricType::Count => self.settings.count_expiry.max(self.settings.context_expiry),
            _ => self.settings.context_expiry,
        };
        context.bucket == NEVER && idle > expiry
    }

    /// Sends the samples that have a time of their own.
    pub(crate) fn flush_late(&mut self, payloads: &mut Payloads) {
        let mut late = std::mem::take(&mut self.late);
        late.sort_by_key(|late| late.slot);
        let mut points = Vec::new();
        for same in late.chunk_by(|a, b| a.slot == b.slot) {
            let Some(context) = self.contexts.all.get(same[0].slot as usize) else { continue };
            if context.is_free() {
                continue;
            }
            points.clear();
            points.extend(same.iter().map(|late| (late.secs, late.value)));
            let kind = match context.kind {
                MetricType::Count => (MetricKind::Rate, BUCKET_SECS),
                _ => (MetricKind::Gauge, 0),
            };
            payloads.add_series(context.key(&self.settings.agent_host), kind, &points);
        }
    }

    /// Takes the events and service checks.
    pub(crate) fn take_items(&mut self) -> Items {
        Items {
            events: std::mem::take(&mut self.events),
            service_checks: std::mem::take(&mut self.service_checks),
        }
    }
}

fn secs_of(bucket: u32) -> i64 {
    i64::from(bucket) * i64::from(BUCKET_SECS)
}

/// One bucket may come twice when the clock went back.
fn merge_equal(values: &mut Vec<(u32, Value)>, kind: MetricType) {
    values.dedup_by(|next, kept| {
        if next.0 != kept.0 {
            return false;
        }
        match (&mut kept.1, std::mem::replace(&mut next.1, Value::Number(0.0))) {
            (Value::Number(sum), Value::Number(more)) if kind == MetricType::Count => *sum += more,
            (Value::Number(last), Value::Number(later)) => *last = later,
            (Value::Open(open), Value::Open(more)) => open.merge(*more),
            _ => {}
        }
        true
    });
}

/// The points of a count: its values, and zeros for the buckets that ended without samples since.
fn count_points(
    context: &mut Context,
    values: &mut Vec<(u32, Value)>,
    flush: &mut Flush,
    expiry: u32,
) {
    let points = &mut flush.points;
    points.clear();
    let mut next = flush.flushed_until.max(flush.now_bucket.saturating_sub(ZEROS_MAX));
    for (bucket, value) in values.drain(..) {
        zeros(points, next..bucket, context.last_sent, expiry);
        if let Value::Number(value) = value {
            points.push((secs_of(bucket), value / f64::from(BUCKET_SECS)));
        }
        context.last_sent = bucket;
        next = next.max(bucket + 1);
    }
    zeros(points, next..flush.now_bucket, context.last_sent, expiry);
}

fn zeros(points: &mut Vec<(i64, f64)>, buckets: std::ops::Range<u32>, last: u32, expiry: u32) {
    if last == NEVER {
        return;
    }
    for bucket in buckets {
        if bucket > last && bucket - last <= expiry {
            points.push((secs_of(bucket), 0.0));
        }
    }
}
