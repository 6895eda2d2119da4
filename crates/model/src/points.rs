//! Batches of metric points as they travel from a decoder to the log and the buffers.
//!
//! A batch is columnar with one text arena, because most payloads carry one point a series: a
//! `Vec` and five strings for each would cost more than all the rest of the way in.

use serde::{Deserialize, Serialize};

use crate::{OrgId, SeriesId, Sketch};

/// How the values of a series are to be read. Source: docs.datadoghq.com "Metric types".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum MetricKind {
    Gauge = 0,
    /// Value = number of things in the interval.
    Count = 1,
    /// Value = number of things a second, over the interval.
    Rate = 2,
    /// Values are sketches.
    Distribution = 3,
}

impl MetricKind {
    pub fn from_u8(kind: u8) -> Option<Self> {
        [Self::Gauge, Self::Count, Self::Rate, Self::Distribution].get(kind as usize).copied()
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Count => "count",
            Self::Rate => "rate",
            Self::Distribution => "distribution",
        }
    }
}

/// One series of a batch: where its texts lie in the arena and how many points are its own.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesEntry {
    pub id: SeriesId,
    pub kind: MetricKind,
    /// Seconds that a count or rate value stands for; 0 when unknown.
    pub interval_secs: u32,
    /// Offset in the arena; metric, host, device and tags follow each other.
    pub text_start: u32,
    pub metric_len: u16,
    pub host_len: u16,
    pub device_len: u16,
    pub tags_len: u32,
    pub n_points: u32,
}

/// The texts of one series, borrowed. `tags` is the canonical text of a `TagSet`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesRef<'a> {
    pub metric: &'a str,
    pub host: &'a str,
    pub device: &'a str,
    pub tags: &'a str,
}

impl SeriesRef<'_> {
    pub fn id(&self, org: OrgId) -> SeriesId {
        SeriesId::of(org, self.metric, self.host, self.device, self.tags)
    }
}

/// Columns that are shared by the batches of points and of sketches: which series, whose texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesTexts {
    pub text: String,
    pub series: Vec<SeriesEntry>,
}

impl SeriesTexts {
    fn push(&mut self, org: OrgId, key: SeriesRef<'_>, kind: MetricKind, interval_secs: u32) {
        let text_start = self.text.len() as u32;
        for part in [key.metric, key.host, key.device, key.tags] {
            self.text.push_str(part);
        }
        self.series.push(SeriesEntry {
            id: key.id(org),
            kind,
            interval_secs,
            text_start,
            metric_len: key.metric.len() as u16,
            host_len: key.host.len() as u16,
            device_len: key.device.len() as u16,
            tags_len: key.tags.len() as u32,
            n_points: 0,
        });
    }

    /// The texts of a series of this batch.
    pub fn key(&self, entry: &SeriesEntry) -> SeriesRef<'_> {
        let mut at = entry.text_start as usize;
        let mut take = |len: usize| {
            let part = &self.text[at..at + len];
            at += len;
            part
        };
        SeriesRef {
            metric: take(entry.metric_len as usize),
            host: take(entry.host_len as usize),
            device: take(entry.device_len as usize),
            tags: take(entry.tags_len as usize),
        }
    }
}

/// Points of many series of one org: `series[i]` owns the next `n_points` of the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct PointsBatch {
    pub org: OrgId,
    pub keys: SeriesTexts,
    /// Unix milliseconds.
    pub times: Vec<i64>,
    pub values: Vec<f64>,
}

impl PointsBatch {
    pub fn new(org: OrgId) -> Self {
        Self { org, keys: SeriesTexts::default(), times: Vec::new(), values: Vec::new() }
    }

    /// Begins a series; the points pushed from now on are its own. Texts must be normalised and
    /// within the limits of this crate (a metric, host or device under 64 KiB).
    pub fn push_series(&mut self, key: SeriesRef<'_>, kind: MetricKind, interval_secs: u32) {
        self.keys.push(self.org, key, kind, interval_secs);
    }

    /// Adds a point to the series begun last. Without one it is a bug of the caller.
    pub fn push_point(&mut self, time_ms: i64, value: f64) {
        let entry = self.keys.series.last_mut().expect("BUG: push_series comes before push_point");
        entry.n_points += 1;
        self.times.push(time_ms);
        self.values.push(value);
    }

    pub fn n_points(&self) -> usize {
        self.times.len()
    }

    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Each series with its texts, times and values.
    pub fn iter(&self) -> impl Iterator<Item = (&SeriesEntry, SeriesRef<'_>, &[i64], &[f64])> {
        let mut at = 0;
        self.keys.series.iter().map(move |entry| {
            let range = at..at + entry.n_points as usize;
            at = range.end;
            (entry, self.keys.key(entry), &self.times[range.clone()], &self.values[range])
        })
    }
}

/// Sketches of many series of one org: `series[i]` owns the next `n_points` of the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct SketchesBatch {
    pub org: OrgId,
    pub keys: SeriesTexts,
    /// Unix milliseconds.
    pub times: Vec<i64>,
    pub sketches: Vec<Sketch>,
}

impl SketchesBatch {
    pub fn new(org: OrgId) -> Self {
        Self { org, keys: SeriesTexts::default(), times: Vec::new(), sketches: Vec::new() }
    }

    /// See [`PointsBatch::push_series`].
    pub fn push_series(&mut self, key: SeriesRef<'_>, interval_secs: u32) {
        self.keys.push(self.org, key, MetricKind::Distribution, interval_secs);
    }

    /// See [`PointsBatch::push_point`].
    pub fn push_sketch(&mut self, time_ms: i64, sketch: Sketch) {
        let entry = self.keys.series.last_mut().expect("BUG: push_series comes before push_sketch");
        entry.n_points += 1;
        self.times.push(time_ms);
        self.sketches.push(sketch);
    }

    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&SeriesEntry, SeriesRef<'_>, &[i64], &[Sketch])> {
        let mut at = 0;
        self.keys.series.iter().map(move |entry| {
            let range = at..at + entry.n_points as usize;
            at = range.end;
            (entry, self.keys.key(entry), &self.times[range.clone()], &self.sketches[range])
        })
    }
}
