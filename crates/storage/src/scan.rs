//! Reading series: which series match, and their points in order, from wherever they lie.
//!
//! A scan is planned on one consistent view of the store: the buffers, the files that the catalog
//! lists, and the rollups that cover exactly these files. [`SeriesScan::series`] names the series
//! without having read a point; [`SeriesScan::read`] then reads some of them.

mod plan;
mod read;

use std::ops::Range;
use std::sync::Arc;

use model::{Dataset, MetricKind, OrgId, SeriesId, SeriesRef, Sketch, TimeRange};
use object_store::ObjectStore;

use crate::catalog::Tombstone;
use crate::samples::{Run, SampleKind};
use crate::series_file::SeriesFile;
use crate::windows::Windows;

pub(crate) use plan::{View, plan, usable};

/// What to look for.
#[derive(Clone, Debug)]
pub struct ScanRequest {
    pub org: OrgId,
    /// [`Dataset::Points`] or [`Dataset::Sketches`]; rollup tiers are chosen by the scan.
    pub dataset: Dataset,
    /// Only this metric; `None` for all.
    pub metric: Option<String>,
    pub range: TimeRange,
    /// Width of the caller's time buckets, if buckets are all it needs, aligned to whole multiples
    /// of the width since 1970. Lets the scan answer from a rollup tier that divides it.
    pub bucket_ms: Option<i64>,
}

/// A series' texts, shared between files, buffers and answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesKey {
    pub metric: Arc<str>,
    pub host: Arc<str>,
    pub device: Arc<str>,
    /// Canonical text of the own tags: sorted, comma-joined.
    pub tags: Arc<str>,
}

impl SeriesKey {
    pub fn as_ref(&self) -> SeriesRef<'_> {
        SeriesRef { metric: &self.metric, host: &self.host, device: &self.device, tags: &self.tags }
    }
}

/// One series that matches a scan.
#[derive(Clone, Debug)]
pub struct ScanSeries {
    pub id: SeriesId,
    pub key: SeriesKey,
    /// Of the newest rows.
    pub kind: MetricKind,
    /// Seconds; 0 when unknown. Of the newest rows.
    pub interval_secs: u32,
    /// Upper bound of the rows to read.
    pub n_rows: u64,
}

/// Rows of one series, by ascending time, no time twice within or between parts.
#[derive(Clone, Debug, PartialEq)]
pub enum SeriesPart {
    Points { times: Vec<i64>, values: Vec<f64> },
    Sketches { times: Vec<i64>, sketches: Vec<Sketch> },
    Rollups(Rollups),
    SketchRollups { width_ms: i64, times: Vec<i64>, sketches: Vec<Sketch> },
}

/// Rolled-up points: row i summarises the points in `times[i] .. times[i] + width_ms`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rollups {
    pub width_ms: i64,
    pub times: Vec<i64>,
    pub counts: Vec<u64>,
    pub sums: Vec<f64>,
    pub mins: Vec<f64>,
    pub maxs: Vec<f64>,
    pub lasts: Vec<f64>,
}

/// The parts of the series at `index` of [`SeriesScan::series`].
#[derive(Clone, Debug)]
pub struct SeriesData {
    pub index: usize,
    pub parts: Vec<SeriesPart>,
}

/// A planned scan. Holds the files it needs, so that they are not deleted under it.
#[derive(Debug)]
pub struct SeriesScan {
    series: Vec<ScanSeries>,
    /// Beside `series`: where the rows lie.
    places: Vec<Places>,
    sources: Vec<Source>,
    store: Arc<dyn ObjectStore>,
    kind: SampleKind,
}

/// Where the rows of one series lie.
#[derive(Debug, Default)]
struct Places {
    /// Source and run in its directory, by ascending source.
    in_files: Vec<(u32, u32)>,
    /// Rows of the buffers, in order of commit.
    in_buffers: Vec<Run>,
}

/// A file that takes part, with the times for which it does.
#[derive(Debug)]
struct Source {
    file: Arc<SeriesFile>,
    windows: Windows,
    /// Bucket width when the file holds rollups.
    rollup_ms: Option<i64>,
    /// Deletions that came after the file was written.
    tombstones: Vec<Arc<Tombstone>>,
}

impl SeriesScan {
    /// The matching series, sorted by metric, host, device, tags.
    pub fn series(&self) -> &[ScanSeries] {
        &self.series
    }

    /// Consecutive ranges of series to hand to [`Self::read`], of about 256 Ki rows each.
    pub fn chunks(&self) -> Vec<Range<usize>> {
        const ROWS: u64 = 256 * 1024;
        let mut chunks = Vec::new();
        let (mut start, mut n_rows) = (0, 0);
        for (i, series) in self.series.iter().enumerate() {
            n_rows += series.n_rows;
            if n_rows >= ROWS {
                chunks.push(start..i + 1);
                (start, n_rows) = (i + 1, 0);
            }
        }
        if start < self.series.len() {
            chunks.push(start..self.series.len());
        }
        chunks
    }
}

impl Source {
    /// The times for which it answers for a series, where deletions make them fewer.
    fn cut(&self, key: SeriesRef<'_>) -> Option<Windows> {
        let matching = self.tombstones.iter().filter(|t| t.matches(key));
        let deleted: Vec<(i64, i64)> = matching.map(|t| (t.range.from, t.range.to)).collect();
        (!deleted.is_empty()).then(|| self.windows.subtract(&Windows::from_unsorted(deleted)))
    }
}

impl Tombstone {
    /// Whether it is meant for rows of this series (in its time range).
    fn matches(&self, key: SeriesRef<'_>) -> bool {
        self.equals.iter().all(|(column, value)| match column.as_str() {
            "metric" => key.metric == value,
            "host" => key.host == value,
            "device" => key.device == value,
            "tags" => key.tags == value,
            "tag" => key.tags.split(',').any(|tag| tag == value),
            _ => false,
        })
    }
}

impl SeriesScan {
    /// Each series with the time of its newest row in unix milliseconds, as the directories and
    /// buffers know it: it may lie past the range asked for.
    pub fn last_times(&self) -> impl Iterator<Item = (&ScanSeries, i64)> {
        self.series.iter().zip(&self.places).map(|(series, places)| {
            let in_files = places.in_files.iter().map(|(source, run)| {
                self.sources[*source as usize].file.directory.runs[*run as usize].time_max
            });
            let in_buffers = places.in_buffers.iter().filter_map(|run| run.times.last().copied());
            (series, in_files.chain(in_buffers).max().unwrap_or(i64::MIN))
        })
    }
}
