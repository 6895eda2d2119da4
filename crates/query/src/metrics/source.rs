//! Where points come from: the store, or a list in memory for tests of the language alone.

use std::ops::Range;
use std::sync::Arc;

use model::{Dataset, SeriesRef};
use storage::{ScanRequest, ScanSeries, SeriesData, SeriesPart, SeriesScan, Storage};

use crate::error::Result;

/// Where the engine reads series.
#[derive(Clone, Debug)]
pub enum Source {
    Store(Storage),
    Memory(Arc<Vec<MemorySeries>>),
}

/// A series of [`Source::Memory`].
#[derive(Clone, Debug)]
pub struct MemorySeries {
    pub series: ScanSeries,
    pub part: SeriesPart,
}

/// A planned scan of either.
#[derive(Debug)]
pub(crate) enum Scan {
    Store(SeriesScan),
    Memory { series: Vec<ScanSeries>, parts: Vec<SeriesPart> },
}

impl Source {
    pub(crate) async fn scan(
        &self,
        request: ScanRequest,
        select: &(dyn Fn(SeriesRef<'_>) -> bool + Send + Sync),
    ) -> Result<Scan> {
        match self {
            Self::Store(storage) => Ok(Scan::Store(storage.scan(request, select).await?)),
            Self::Memory(all) => {
                let wanted = |s: &&MemorySeries| {
                    let is_sketch = matches!(s.part, SeriesPart::Sketches { .. });
                    is_sketch == (request.dataset == Dataset::Sketches)
                        && request.metric.as_deref().is_none_or(|m| m == &*s.series.key.metric)
                        && select(s.series.key.as_ref())
                };
                let found = all.iter().filter(wanted);
                let pairs = found.map(|s| (s.series.clone(), clip(&s.part, &request)));
                let (series, parts) = pairs.filter(|(_, part)| n_rows(part) > 0).unzip();
                Ok(Scan::Memory { series, parts })
            }
        }
    }
}

fn clip(part: &SeriesPart, request: &ScanRequest) -> SeriesPart {
    let within = |times: &[i64]| {
        let first = times.partition_point(|&t| t < request.range.from);
        first..times.partition_point(|&t| t < request.range.to)
    };
    match part {
        SeriesPart::Points { times, values } => {
            let range = within(times);
            SeriesPart::Points {
                times: times[range.clone()].to_vec(),
                values: values[range].to_vec(),
            }
        }
        SeriesPart::Sketches { times, sketches } => {
            let range = within(times);
            SeriesPart::Sketches {
                times: times[range.clone()].to_vec(),
                sketches: sketches[range].to_vec(),
            }
        }
        rolled_up => rolled_up.clone(),
    }
}

fn n_rows(part: &SeriesPart) -> usize {
    match part {
        SeriesPart::Points { times, .. }
        | SeriesPart::Sketches { times, .. }
        | SeriesPart::SketchRollups { times, .. } => times.len(),
        SeriesPart::Rollups(rollups) => rollups.times.len(),
    }
}

impl Scan {
    pub(crate) fn series(&self) -> &[ScanSeries] {
        match self {
            Self::Store(scan) => scan.series(),
            Self::Memory { series, .. } => series,
        }
    }

    pub(crate) fn chunks(&self) -> Vec<Range<usize>> {
        match self {
            Self::Store(scan) => scan.chunks(),
            // More than one, so that the merge of partial sums is tested too.
            Self::Memory { series, .. } => {
                let n = series.len();
                [0..n / 2, n / 2..n].into_iter().filter(|chunk| !chunk.is_empty()).collect()
            }
        }
    }

    pub(crate) async fn read(&self, chunk: Range<usize>) -> Result<Vec<SeriesData>> {
        match self {
            Self::Store(scan) => Ok(scan.read(chunk).await?),
            Self::Memory { parts, .. } => Ok(chunk
                .map(|index| SeriesData { index, parts: vec![parts[index].clone()] })
                .collect()),
        }
    }
}
