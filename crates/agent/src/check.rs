//! What a check is, and what one run of it yields.
//!
//! A check reads something and tells a [`Sender`] the raw numbers; the sender turns them into
//! series: a gauge is what was said last, a rate is the change a second since the last run (a gauge
//! on the wire), a count is a sum, a monotonic count is the change since the last run. What this
//! needs to remember between runs lies in [`SenderState`], one for each instance. The result, a
//! [`CheckRun`], holds computed points only: the aggregator adds nothing but the way out.
//!
//! Source: the Agent's `pkg/aggregator/check_sampler.go` and `pkg/metrics/{rate,monotonic_count}.go`.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use model::{CheckStatus, MetricKind};
use regex_lite::Regex;

/// Most series of one run. A check that wants more is broken; the rest is dropped with a warning.
const SERIES_PER_RUN_MAX: usize = 50_000;
/// How long a context without samples is remembered. The Agent keeps stateful ones 25 hours.
const CONTEXT_EXPIRY: Duration = Duration::from_secs(25 * 3600);

/// Tags of a metric that has none of its own.
pub const NO_TAGS: &[String] = &[];

/// One point of one series.
///
/// A `device:` tag is still among the tags; the serializer makes it a resource where the wire
/// format asks for that.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckSeries {
    pub metric: String,
    /// Empty: the check asked for none (`empty_default_hostname`).
    pub host: Arc<str>,
    pub tags: Vec<String>,
    pub kind: MetricKind,
    /// Seconds; 0 for everything a check sends, as the Agent does.
    pub interval_secs: u32,
    /// Unix seconds.
    pub time_secs: i64,
    pub value: f64,
}

/// A service check that a check sends.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckServiceCheck {
    pub check: String,
    pub host: Arc<str>,
    /// Unix seconds.
    pub time_secs: i64,
    pub status: CheckStatus,
    pub message: String,
    pub tags: Vec<String>,
}

/// An event that a check sends. Field names are those of the `/intake/` body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckEvent {
    pub msg_title: String,
    pub msg_text: String,
    /// Unix seconds.
    pub time_secs: i64,
    pub host: Arc<str>,
    pub tags: Vec<String>,
    /// `info`, `success`, `warning` or `error`; empty is the server's default.
    pub alert_type: String,
    /// `normal` or `low`; empty is the server's default.
    pub priority: String,
    pub aggregation_key: String,
    pub source_type_name: String,
    pub event_type: String,
}

/// What one run of one instance yielded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckRun {
    /// `cpu`, or `disk:67cc0574430a16ba` for a check with instances of its own.
    pub check_id: String,
    pub series: Vec<CheckSeries>,
    pub service_checks: Vec<CheckServiceCheck>,
    pub events: Vec<CheckEvent>,
    /// Samples that the check told the sender; what the status page calls metric samples.
    pub samples: u64,
    pub warnings: Vec<String>,
}

/// Why a run of a check failed.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: {problem}", path.display())]
    Content { path: PathBuf, problem: String },
    #[error("{0}")]
    Failed(String),
}

/// Something that is run again and again and says what it saw.
pub trait Check: Send {
    /// One run. May block on files and short network calls; runs of one instance never overlap.
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError>;
}

/// What an instance's configuration does to all that it sends.
#[derive(Clone, Debug, Default)]
pub struct SenderOptions {
    pub host: Arc<str>,
    /// Tags of the instance, `service:` among them.
    pub tags: Vec<String>,
    pub patterns: MetricPatterns,
    pub histogram: HistogramOptions,
}

/// `metric_patterns`: which metrics of an instance are kept.
#[derive(Clone, Debug, Default)]
pub struct MetricPatterns {
    pub include: Vec<Regex>,
    pub exclude: Vec<Regex>,
}

impl MetricPatterns {
    fn keeps(&self, metric: &str) -> bool {
        !self.exclude.iter().any(|re| re.is_match(metric))
            && (self.include.is_empty() || self.include.iter().any(|re| re.is_match(metric)))
    }
}

/// `histogram_aggregates` and `histogram_percentiles` of `datadog.yaml`.
#[derive(Clone, Debug)]
pub struct HistogramOptions {
    /// Of `max`, `min`, `median`, `avg`, `sum`, `count`.
    pub aggregates: Vec<String>,
    /// In percent, 1 to 99.
    pub percentiles: Vec<u8>,
}

impl Default for HistogramOptions {
    fn default() -> Self {
        let aggregates = ["max", "median", "avg", "count"].map(String::from).to_vec();
        Self { aggregates, percentiles: vec![95] }
    }
}

/// When a run takes place.
#[derive(Clone, Copy, Debug)]
pub struct RunTime {
    /// Unix seconds, for the points.
    pub wall_secs: i64,
    /// Time that passed, for rates: never goes back.
    pub monotonic: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Previous {
    value: f64,
    at: Duration,
}

/// What an instance's sender remembers between runs.
#[derive(Debug, Default)]
pub struct SenderState {
    previous: HashMap<String, Previous>,
}

/// Takes what a check says during one run.
#[derive(Debug)]
pub struct Sender<'a> {
    state: &'a mut SenderState,
    options: &'a SenderOptions,
    at: RunTime,
    run: CheckRun,
    /// Where in `run.series` a context of this run lies.
    index: HashMap<String, usize>,
    histograms: HashMap<String, Histogram>,
    n_dropped: u64,
}

#[derive(Debug)]
struct Histogram {
    metric: String,
    tags: Vec<String>,
    values: Vec<f64>,
}

impl<'a> Sender<'a> {
    pub fn new(
        check_id: &str,
        state: &'a mut SenderState,
        options: &'a SenderOptions,
        at: RunTime,
    ) -> Self {
        let run = CheckRun { check_id: check_id.to_owned(), ..CheckRun::default() };
        let (index, histograms) = (HashMap::new(), HashMap::new());
        Self { state, options, at, run, index, histograms, n_dropped: 0 }
    }

    /// When this run takes place.
    pub fn time(&self) -> RunTime {
        self.at
    }

    /// The value now. The last one of a run counts.
    pub fn gauge(&mut self, metric: &str, value: f64, tags: &[String]) {
        if self.takes(metric, value) {
            self.set('g', metric, value, tags);
        }
    }

    /// A counter that only grows: sends its change a second. A run that follows a reset sends none.
    pub fn rate(&mut self, metric: &str, value: f64, tags: &[String]) {
        if !self.takes(metric, value) {
            return;
        }
        let key = context_key('r', metric, tags);
        let now = Previous { value, at: self.at.monotonic };
        let Some(before) = self.state.previous.insert(key, now) else { return };
        let secs = now.at.saturating_sub(before.at).as_secs_f64();
        if secs > 0.0 && value >= before.value {
            self.set('r', metric, (value - before.value) / secs, tags);
        }
    }

    /// A number of things that happened; those of one run are summed.
    pub fn count(&mut self, metric: &str, value: f64, tags: &[String]) {
        if self.takes(metric, value) {
            self.add('c', metric, value, tags);
        }
    }

    /// A counter that only grows: sends its change. A run that follows a reset sends none.
    pub fn monotonic_count(&mut self, metric: &str, value: f64, tags: &[String]) {
        if !self.takes(metric, value) {
            return;
        }
        let key = context_key('m', metric, tags);
        let now = Previous { value, at: self.at.monotonic };
        if let Some(before) = self.state.previous.insert(key, now)
            && value >= before.value
        {
            self.add('m', metric, value - before.value, tags);
        }
    }

    /// One of many values of a run; sends the aggregates that `histogram_aggregates` asks for.
    pub fn histogram(&mut self, metric: &str, value: f64, tags: &[String]) {
        if !self.takes(metric, value) {
            return;
        }
        let key = context_key('h', metric, tags);
        let histogram = self.histograms.entry(key).or_insert_with(|| Histogram {
            metric: metric.to_owned(),
            tags: tags.to_vec(),
            values: Vec::new(),
        });
        histogram.values.push(value);
    }

    pub fn service_check(
        &mut self,
        check: &str,
        status: CheckStatus,
        tags: &[String],
        message: &str,
    ) {
        self.run.service_checks.push(CheckServiceCheck {
            check: check.to_owned(),
            host: Arc::clone(&self.options.host),
            time_secs: self.at.wall_secs,
            status,
            message: message.to_owned(),
            tags: self.all_tags(tags),
        });
    }

    /// The host, the time and the instance's tags are filled in.
    pub fn event(&mut self, mut event: CheckEvent) {
        if event.time_secs == 0 {
            event.time_secs = self.at.wall_secs;
        }
        if event.host.is_empty() {
            event.host = Arc::clone(&self.options.host);
        }
        event.tags = self.all_tags(&event.tags);
        self.run.events.push(event);
    }

    /// Something that the person should know though the run goes on.
    pub fn warning(&mut self, message: impl Into<String>) {
        const WARNINGS_PER_RUN_MAX: usize = 20;
        if self.run.warnings.len() < WARNINGS_PER_RUN_MAX {
            self.run.warnings.push(message.into());
        }
    }

    /// Ends the run: computes the histograms, forgets contexts that expired.
    pub fn finish(mut self) -> CheckRun {
        let mut histograms: Vec<_> = std::mem::take(&mut self.histograms).into_values().collect();
        histograms.sort_by(|a, b| (&a.metric, &a.tags).cmp(&(&b.metric, &b.tags)));
        for histogram in histograms {
            self.send_histogram(histogram);
        }
        if self.n_dropped > 0 {
            let dropped = self.n_dropped;
            self.warning(format!(
                "{dropped} series dropped: a run may send at most {SERIES_PER_RUN_MAX}"
            ));
        }
        let now = self.at.monotonic;
        self.state.previous.retain(|_, p| now.saturating_sub(p.at) < CONTEXT_EXPIRY);
        self.run
    }

    fn takes(&mut self, metric: &str, value: f64) -> bool {
        if !value.is_finite() || !self.options.patterns.keeps(metric) {
            return false;
        }
        self.run.samples += 1;
        true
    }

    fn set(&mut self, sort: char, metric: &str, value: f64, tags: &[String]) {
        if let Some(series) = self.series(sort, metric, tags) {
            series.value = value;
        }
    }

    fn add(&mut self, sort: char, metric: &str, value: f64, tags: &[String]) {
        if let Some(series) = self.series(sort, metric, tags) {
            series.value += value;
        }
    }

    /// The series of a context in this run, new with value 0 when there is none yet.
    fn series(&mut self, sort: char, metric: &str, tags: &[String]) -> Option<&mut CheckSeries> {
        let key = context_key(sort, metric, tags);
        if let Some(&at) = self.index.get(&key) {
            return self.run.series.get_mut(at);
        }
        if self.run.series.len() >= SERIES_PER_RUN_MAX {
            self.n_dropped += 1;
            return None;
        }
        let kind = match sort {
            'c' | 'm' => MetricKind::Count,
            'n' => MetricKind::Rate,
            _ => MetricKind::Gauge,
        };
        self.index.insert(key, self.run.series.len());
        self.run.series.push(CheckSeries {
            metric: metric.to_owned(),
            host: Arc::clone(&self.options.host),
            tags: self.all_tags(tags),
            kind,
            interval_secs: 0,
            time_secs: self.at.wall_secs,
            value: 0.0,
        });
        self.run.series.last_mut()
    }

    fn send_histogram(&mut self, mut histogram: Histogram) {
        histogram.values.sort_by(f64::total_cmp);
        let options = self.options;
        let Histogram { metric, tags, values } = histogram;
        let n = values.len();
        for aggregate in &options.histogram.aggregates {
            let value = match aggregate.as_str() {
                "max" => values[n - 1],
                "min" => values[0],
                "median" => values[(n - 1) / 2],
                "avg" => values.iter().sum::<f64>() / n as f64,
                "sum" => values.iter().sum(),
                "count" => {
                    self.set('n', &format!("{metric}.count"), n as f64, &tags);
                    continue;
                }
                _ => continue,
            };
            self.set('g', &format!("{metric}.{aggregate}"), value, &tags);
        }
        for &percent in &options.histogram.percentiles {
            let rank = (usize::from(percent) * n).saturating_sub(1) / 100;
            let value = values[rank.min(n - 1)];
            self.set('g', &format!("{metric}.{percent}percentile"), value, &tags);
        }
    }

    fn all_tags(&self, own: &[String]) -> Vec<String> {
        let mut tags = own.to_vec();
        tags.extend(self.options.tags.iter().cloned());
        tags.sort_unstable();
        tags.dedup();
        tags
    }
}

/// Identity of a context within an instance. The order of tags counts, but a check always names
/// its own tags in the same order.
fn context_key(sort: char, metric: &str, tags: &[String]) -> String {
    let mut key =
        String::with_capacity(metric.len() + 2 + tags.iter().map(|t| t.len() + 1).sum::<usize>());
    key.push(sort);
    key.push_str(metric);
    for tag in tags {
        write!(key, "\0{tag}").expect("BUG: writing to a string cannot fail");
    }
    key
}

#[cfg(test)]
mod tests;
