//! Samples in, series out: the Agent's time sampler with buckets of ten seconds.
//!
//! Words: a *context* is a series (metric, host, device, tags); a *bucket* is ten seconds, aligned
//! to the epoch and named by its number; a *flush* sends every bucket that has ended.
//!
//! 1. [`Aggregator::add`] finds the context of a sample ([`contexts`]) and adds to its open bucket.
//!    A context holds one open bucket. A sample of a later one closes it: the value moves to
//!    `closed`, so nothing has to run at a bucket's end.
//! 2. A flush walks the contexts in portions ([`flush`]), so that the lock is never held for long,
//!    and writes series into [`payloads::Payloads`]: closed values, the open value when its bucket
//!    has ended, and zeros of counts that were heard of lately.
//! 3. Contexts that were not heard of for a while are forgotten in the same walk.
//!
//! Samples with a time of their own bypass the buckets (`late`), checks write straight into the
//! payloads ([`task`]). Source of the semantics: `pkg/aggregator/{time_sampler,context_metrics}.go`.

mod contexts;
mod flush;
pub(crate) mod histogram;
pub(crate) mod payloads;
pub(crate) mod task;
mod values;

use std::sync::Arc;

use hashbrown::HashSet;
use model::{Sketch, TagSet};

use crate::Telemetry;
use crate::config::{Config, HistogramConfig};
use crate::dogstatsd::parse::{self, Metric, MetricType, Reason, Values};
use crate::dogstatsd::resolve::{Host, Resolver};
use crate::tagger::Tagger;
use contexts::{Contexts, Found, NEVER};
use histogram::Histogram;
use values::{Open, Value};

/// Seconds of a bucket. Source: the Agent's `bucketSize`.
pub(crate) const BUCKET_SECS: u32 = 10;
/// Closed values that may wait for a flush; past this the oldest contexts' values are dropped and
/// counted. Two flushes of the largest number of contexts.
const CLOSED_MAX: usize = 4 << 20;
/// Samples with a time of their own that may wait for a flush, which comes every two seconds.
const LATE_MAX: usize = 1 << 20;
/// How far ahead of the clock an agent that was restarted again and again may write, in buckets; past
/// that the clock was set back.
const AHEAD_MAX: u32 = 6;
/// Events and service checks that may wait for a flush.
const ITEMS_MAX: usize = 20_000;

/// What is known of a metric, for `dogstatsd-stats`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricStats {
    pub name: String,
    /// Comma-separated.
    pub tags: String,
    /// Samples since the context is known.
    pub count: u64,
    /// Unix seconds, to ten seconds.
    pub last_seen_secs: i64,
}

/// The sums of all samples since the last flush.
#[derive(Debug)]
pub(crate) struct Aggregator {
    contexts: Contexts,
    closed: Vec<Closed>,
    late: Vec<Late>,
    events: Vec<model::Event>,
    service_checks: Vec<model::ServiceCheck>,
    resolver: Resolver,
    histogram: HistogramConfig,
    settings: Settings,
    telemetry: Arc<Telemetry>,
    /// Number of the bucket that samples go to now.
    now_bucket: u32,
    /// Buckets below this number are sent.
    flushed_until: u32,
    /// Samples go to no bucket below this number: another process has sent it.
    first_bucket: u32,
}

#[derive(Debug)]
struct Settings {
    agent_host: Arc<str>,
    /// In buckets.
    count_expiry: u32,
    context_expiry: u32,
    no_aggregation_pipeline: bool,
}

/// A value whose bucket was over when the next sample came.
#[derive(Debug)]
struct Closed {
    slot: u32,
    bucket: u32,
    value: Value,
}

/// A sample with a time of its own.
#[derive(Clone, Copy, Debug)]
struct Late {
    slot: u32,
    secs: i64,
    value: f64,
}

fn bucket_of(now_ms: i64) -> u32 {
    u32::try_from(now_ms.max(0) / 1000 / i64::from(BUCKET_SECS)).unwrap_or(NEVER - 1)
}

impl Aggregator {
    pub(crate) fn new(
        config: &Config,
        agent_host: Arc<str>,
        telemetry: Arc<Telemetry>,
        now_ms: i64,
    ) -> Self {
        let in_buckets =
            |duration: std::time::Duration| (duration.as_secs() as u32).div_ceil(BUCKET_SECS);
        Self {
            contexts: Contexts::new(),
            closed: Vec::new(),
            late: Vec::new(),
            events: Vec::new(),
            service_checks: Vec::new(),
            resolver: Resolver::new(&config.dogstatsd),
            histogram: config.histogram.clone(),
            settings: Settings {
                agent_host,
                count_expiry: in_buckets(config.dogstatsd.expiry),
                context_expiry: in_buckets(config.dogstatsd.context_expiry),
                no_aggregation_pipeline: config.dogstatsd.no_aggregation_pipeline,
            },
            telemetry,
            now_bucket: bucket_of(now_ms),
            flushed_until: bucket_of(now_ms),
            first_bucket: 0,
        }
    }

    /// Goes on where the agent before has ended, whose [`Self::next_bucket`] it was: what it has sent
    /// of the bucket of now stays, and samples go to the next one until that begins.
    pub(crate) fn resume(&mut self, next_bucket: u32) {
        if next_bucket.saturating_sub(self.now_bucket) <= AHEAD_MAX {
            self.first_bucket = next_bucket;
            self.now_bucket = self.now_bucket.max(next_bucket);
            self.flushed_until = self.now_bucket;
        }
    }

    /// The first bucket of which nothing can have been sent.
    pub(crate) fn next_bucket(&self) -> u32 {
        self.now_bucket.saturating_add(1)
    }

    /// Takes the tags of senders from there.
    pub(crate) fn set_tagger(&mut self, tagger: Arc<Tagger>) {
        self.resolver.origins.set_tagger(tagger);
    }

    /// Says what time it is; before a number of samples.
    pub(crate) fn set_now(&mut self, now_ms: i64) {
        self.now_bucket = bucket_of(now_ms).max(self.first_bucket);
        if self.resolver.origins.has_changed() {
            self.contexts.forget_origins();
        }
    }

    /// Whether samples with a time of their own wait to be sent.
    pub(crate) fn has_late(&self) -> bool {
        !self.late.is_empty()
    }

    /// Adds a metric message. Gives how many samples it had, or why it is refused.
    #[inline]
    pub(crate) fn add(&mut self, metric: &Metric<'_>) -> Result<u64, Reason> {
        let has_time = metric.time_secs != 0 && self.settings.no_aggregation_pipeline;
        if has_time {
            return self.add_late(metric);
        }
        // A number that cannot be read must not leave a context behind.
        let mut numbers = Values::new(metric.values);
        let first = match metric.kind {
            MetricType::Set => 0.0,
            _ => match numbers.next() {
                Some(first) => first?,
                None => return Ok(0),
            },
        };
        if numbers.clone().any(|value| value.is_err()) && metric.kind != MetricType::Set {
            return Err("a value is no number");
        }
        let Some(slot) = self.slot(metric) else { return Ok(0) };
        self.enter(slot);
        let context = &mut self.contexts.all[slot as usize];
        let mut n = 1;
        match metric.kind {
            MetricType::Count => {
                let mut sum = first;
                for value in numbers.flatten() {
                    sum += value;
                    n += 1;
                }
                context.value += if metric.rate == 1.0 { sum } else { sum * (1.0 / metric.rate) };
            }
            MetricType::Gauge => {
                context.value = first;
                for value in numbers.flatten() {
                    context.value = value;
                    n += 1;
                }
            }
            MetricType::Set => {
                if let Some(open) = &mut context.open {
                    open.add_member(metric.values);
                }
            }
            MetricType::Histogram | MetricType::Distribution => {
                n = self.add_numbers(slot, first, numbers, metric.rate);
            }
        }
        self.contexts.all[slot as usize].n_samples += n;
        Ok(n)
    }

    /// The slot of a metric; `None` when it is blocked or there are too many, which is counted.
    #[inline]
    fn slot(&mut self, metric: &Metric<'_>) -> Option<u32> {
        match self.contexts.find(metric, &mut self.resolver) {
            Found::Slot(slot) => Some(slot),
            Found::Blocked => {
                self.telemetry.dogstatsd.samples_filtered.add(1);
                None
            }
            Found::Full => {
                self.telemetry.dogstatsd.samples_over_limit.add(1);
                None
            }
        }
    }

    /// Makes the bucket of now the open one of a context.
    #[inline]
    fn enter(&mut self, slot: u32) {
        let now = self.now_bucket;
        let context = &mut self.contexts.all[slot as usize];
        if context.bucket != now {
            self.turn(slot);
        }
    }

    #[cold]
    fn turn(&mut self, slot: u32) {
        let now = self.now_bucket;
        if let Some((bucket, value)) = close(&mut self.contexts.all[slot as usize]) {
            self.push_closed(Closed { slot, bucket, value });
        }
        let context = &mut self.contexts.all[slot as usize];
        context.bucket = now;
        context.touched = now;
        context.value = 0.0;
        context.open = match context.kind {
            MetricType::Count | MetricType::Gauge => None,
            MetricType::Set => Some(Box::new(Open::Set(HashSet::new()))),
            MetricType::Histogram => Some(Box::new(Open::Histogram(Histogram::default()))),
            MetricType::Distribution => Some(Box::new(Open::Sketch(Sketch::default()))),
        };
    }

    fn push_closed(&mut self, closed: Closed) {
        if self.closed.len() >= CLOSED_MAX {
            self.telemetry.dogstatsd.samples_over_limit.add(1);
            return;
        }
        self.closed.push(closed);
    }

    fn add_numbers(&mut self, slot: u32, first: f64, more: Values<'_>, rate: f64) -> u64 {
        let weight = (1.0 / rate) as u64;
        let copies = self.histogram.copy_to_distribution;
        let copy = if copies { self.copy_of(slot) } else { None };
        let mut n = 0;
        for value in std::iter::once(first).chain(more.flatten()) {
            for slot in [Some(slot), copy].into_iter().flatten() {
                if let Some(open) = &mut self.contexts.all[slot as usize].open {
                    open.add_number(value, weight);
                }
            }
            n += 1;
        }
        n
    }

    /// The distribution that a histogram is copied to, its bucket open.
    fn copy_of(&mut self, slot: u32) -> Option<u32> {
        let context = &self.contexts.all[slot as usize];
        if context.kind != MetricType::Histogram {
            return None;
        }
        let mut copy = context.copy;
        if copy == NEVER {
            let key = context.key("");
            let name = format!("{}{}", self.histogram.copy_to_distribution_prefix, key.metric);
            let (device, tags) = (key.device.to_owned(), key.tags.to_owned());
            let host = context.own_host();
            copy =
                self.contexts.intern(&name, &host, (&device, &tags), MetricType::Distribution)?;
            self.contexts.all[slot as usize].copy = copy;
        }
        self.enter(copy);
        Some(copy)
    }

    /// A sample with a time of its own goes on as it is.
    fn add_late(&mut self, metric: &Metric<'_>) -> Result<u64, Reason> {
        if !matches!(metric.kind, MetricType::Count | MetricType::Gauge) {
            self.telemetry.dogstatsd.late_samples_discarded.add(1);
            return Ok(0);
        }
        let (mut n, mut sum, mut last) = (0, 0.0, None);
        for value in Values::new(metric.values) {
            let value = value?;
            sum += value;
            last = Some(value);
            n += 1;
        }
        let Some(last) = last else { return Ok(0) };
        let Some(slot) = self.slot(metric) else { return Ok(0) };
        let value = match metric.kind {
            MetricType::Count => sum / metric.rate / f64::from(BUCKET_SECS),
            _ => last,
        };
        if self.late.len() >= LATE_MAX {
            self.telemetry.dogstatsd.samples_over_limit.add(n);
            return Ok(0);
        }
        let context = &mut self.contexts.all[slot as usize];
        context.touched = self.now_bucket;
        context.n_samples += n;
        self.late.push(Late { slot, secs: metric.time_secs, value });
        Ok(n)
    }

    pub(crate) fn add_event(&mut self, sent: &parse::Event<'_>, now_ms: i64) {
        let origin = self.resolver.origins.admitted(&sent.origin);
        let tags = self.resolver.tags(sent.tags, &origin);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let event = model::Event {
            time: if sent.time_secs == 0 { now_ms } else { sent.time_secs.saturating_mul(1000) },
            title: parse::unescape(sent.title),
            text: parse::unescape(sent.text),
            host: self.host_of(sent.host, tags.host),
            tags: tag_set(&tags.tags, &tags.device),
            priority: model::EventPriority::from_name(&text(sent.priority)).unwrap_or_default(),
            alert_type: model::AlertType::from_name(&text(sent.alert_type)).unwrap_or_default(),
            aggregation_key: text(sent.aggregation_key),
            source: text(sent.source),
            ..model::Event::default()
        };
        self.push_event(event);
    }

    pub(crate) fn push_event(&mut self, event: model::Event) {
        self.telemetry.aggregator.event.add(1);
        match self.events.len() < ITEMS_MAX {
            true => self.events.push(event),
            false => self.telemetry.aggregator.items_dropped.add(1),
        }
    }

    pub(crate) fn add_service_check(&mut self, sent: &parse::ServiceCheck<'_>, now_ms: i64) {
        let origin = self.resolver.origins.admitted(&sent.origin);
        let tags = self.resolver.tags(sent.tags, &origin);
        let check = model::ServiceCheck {
            check: String::from_utf8_lossy(sent.name).into_owned(),
            host: self.host_of(sent.host, tags.host),
            time: if sent.time_secs == 0 { now_ms } else { sent.time_secs.saturating_mul(1000) },
            status: model::CheckStatus::from_u8(sent.status).unwrap_or(model::CheckStatus::Unknown),
            message: parse::unescape(sent.message),
            tags: tag_set(&tags.tags, &tags.device),
        };
        self.push_service_check(check);
    }

    pub(crate) fn push_service_check(&mut self, check: model::ServiceCheck) {
        self.telemetry.aggregator.service_check.add(1);
        match self.service_checks.len() < ITEMS_MAX {
            true => self.service_checks.push(check),
            false => self.telemetry.aggregator.items_dropped.add(1),
        }
    }

    /// The field goes before the tag, the tag before the agent's own host.
    fn host_of(&self, field: &[u8], tag: Host) -> String {
        match (field, tag) {
            ([], Host::Agent) => self.settings.agent_host.to_string(),
            ([], Host::Named(host)) => host,
            (field, _) => String::from_utf8_lossy(field).into_owned(),
        }
    }

    /// The contexts with most samples first, at most `n_max`.
    pub(crate) fn metric_stats(&self, n_max: usize) -> Vec<MetricStats> {
        let mut all: Vec<_> =
            self.contexts.all.iter().filter(|c| !c.is_free() && c.n_samples > 0).collect();
        all.sort_unstable_by_key(|context| std::cmp::Reverse(context.n_samples));
        all.truncate(n_max);
        let stats = |context: &&contexts::Context| {
            let key = context.key("");
            MetricStats {
                name: key.metric.to_owned(),
                tags: key.tags.to_owned(),
                count: context.n_samples,
                last_seen_secs: i64::from(context.touched) * i64::from(BUCKET_SECS),
            }
        };
        all.iter().map(stats).collect()
    }
}

/// Takes the open value of a context, if there is one.
fn close(context: &mut contexts::Context) -> Option<(u32, Value)> {
    if context.bucket == NEVER {
        return None;
    }
    let bucket = std::mem::replace(&mut context.bucket, NEVER);
    let value = match context.kind {
        MetricType::Count | MetricType::Gauge => Value::Number(context.value),
        _ => Value::Open(context.open.take()?),
    };
    Some((bucket, value))
}

fn tag_set(tags: &[String], device: &str) -> TagSet {
    let device = (!device.is_empty()).then(|| format!("device:{device}"));
    TagSet::new(tags.iter().map(String::as_str).chain(device.as_deref()))
}

#[cfg(test)]
mod tests;
