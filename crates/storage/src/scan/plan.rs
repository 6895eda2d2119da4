//! Planning a scan: one view of the store, then which file answers for which time, then which series
//! match.
//!
//! A rollup answers for an hour when the caller's buckets are whole multiples of its own, and it was
//! made from exactly the raw files that have rows in that hour: no file that is not among its inputs
//! reaches into it, nothing is buffered for it, nothing was deleted from it since.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use model::{HOUR_MS, SeriesId, SeriesRef, TimeRange};

use super::{Places, ScanRequest, ScanSeries, SeriesScan, Source};
use crate::buffer::IdHash;
use crate::catalog::{FileMeta, Tombstone};
use crate::error::Result;
use crate::samples::{Run, SampleKind};
use crate::series_file::SeriesFiles;
use crate::windows::Windows;

/// What the store has for a request, at one moment.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// Raw files that overlap the range, by ascending `seq_max`.
    pub(crate) raw: Vec<Arc<FileMeta>>,
    /// Rollup files that overlap it, with their bucket width; coarse ones first.
    pub(crate) rollups: Vec<(Arc<FileMeta>, i64)>,
    /// Hours since 1970 for which rows are buffered.
    pub(crate) buffered_hours: Vec<i64>,
    /// Matching rows of the buffers, in order of commit, one run a series and generation.
    pub(crate) buffered: Vec<Run>,
    pub(crate) tombstones: Vec<Arc<Tombstone>>,
}

type Select<'a> = &'a (dyn Fn(SeriesRef<'_>) -> bool + Send + Sync);

pub(crate) async fn plan(
    files: &SeriesFiles,
    view: View,
    request: &ScanRequest,
    select: Select<'_>,
) -> Result<SeriesScan> {
    let sources = choose_sources(files, &view, request).await?;
    let mut found: HashMap<SeriesId, Option<u32>, IdHash> = HashMap::default();
    let mut series: Vec<(ScanSeries, Places)> = Vec::new();
    for (source_idx, source) in sources.iter().enumerate() {
        let directory = &source.file.directory;
        for run_idx in directory.of_metric(request.metric.as_deref()) {
            let run = &directory.runs[run_idx];
            let cut = source.cut(run.key.as_ref());
            let windows = cut.as_ref().unwrap_or(&source.windows);
            if !windows.overlaps(run.time_min, run.time_max) {
                continue;
            }
            let place = match found.entry(run.id) {
                Entry::Occupied(place) => *place.get(),
                Entry::Vacant(new) => *new.insert(select(run.key.as_ref()).then(|| {
                    series.push((ScanSeries::of(run.id, &run.key), Places::default()));
                    series.len() as u32 - 1
                })),
            };
            let Some(place) = place else { continue };
            let (one, places) = &mut series[place as usize];
            (one.kind, one.interval_secs) = (run.kind, run.interval_secs);
            one.n_rows += run.n_rows;
            places.in_files.push((source_idx as u32, run_idx as u32));
        }
    }
    for run in view.buffered {
        // The view has asked `select` already.
        let place = *found.entry(run.id).or_default().get_or_insert_with(|| {
            series.push((ScanSeries::of(run.id, &run.key), Places::default()));
            series.len() as u32 - 1
        });
        let (one, places) = &mut series[place as usize];
        (one.kind, one.interval_secs) = (run.kind, run.interval_secs);
        one.n_rows += run.times.len() as u64;
        places.in_buffers.push(run);
    }
    series.sort_unstable_by(|a, b| a.0.key.cmp(&b.0.key));
    let (series, places) = series.into_iter().unzip();
    let kind = SampleKind::of(request.dataset);
    Ok(SeriesScan { series, places, sources, store: Arc::clone(files.store()), kind })
}

impl ScanSeries {
    fn of(id: SeriesId, key: &super::SeriesKey) -> Self {
        let kind = model::MetricKind::Gauge;
        Self { id, key: key.clone(), kind, interval_secs: 0, n_rows: 0 }
    }
}

/// Opens the files that take part. Rollups come first, then raw files by ascending age of commit, so
/// that what is read later wins.
async fn choose_sources(
    files: &SeriesFiles,
    view: &View,
    request: &ScanRequest,
) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut left = Windows::of(request.range);
    for (meta, width_ms) in &view.rollups {
        let is_fit = request.bucket_ms.is_some_and(|b| b > 0 && b % width_ms == 0);
        if !is_fit || left.is_empty() {
            continue;
        }
        let windows = usable(meta, view, request.range).intersect(&left);
        if windows.is_empty() {
            continue;
        }
        left = left.subtract(&windows);
        let file = files.open(meta).await?;
        sources.push(Source { file, windows, rollup_ms: Some(*width_ms), tombstones: Vec::new() });
    }
    for meta in &view.raw {
        if !left.overlaps(meta.time_min, meta.time_max) {
            continue;
        }
        let file = files.open(meta).await?;
        let tombstones =
            view.tombstones.iter().filter(|t| t.id > meta.id).map(Arc::clone).collect();
        sources.push(Source { file, windows: left.clone(), rollup_ms: None, tombstones });
    }
    Ok(sources)
}

/// The whole hours of the range for which a rollup file has everything.
pub(crate) fn usable(rollup: &FileMeta, view: &View, range: TimeRange) -> Windows {
    let Some(window) = rollup.window else { return Windows::default() };
    let from = range.from.saturating_add(HOUR_MS - 1).div_euclid(HOUR_MS).saturating_mul(HOUR_MS);
    let to = range.to.div_euclid(HOUR_MS).saturating_mul(HOUR_MS);
    let inside = Windows::from_unsorted([(from, to)]);
    let hours = |min: i64, max: i64| {
        let first = min.div_euclid(HOUR_MS);
        (first * HOUR_MS, (max.div_euclid(HOUR_MS) + 1) * HOUR_MS)
    };
    let others = view.raw.iter().filter(|f| !rollup.inputs.contains(&f.id));
    let stale = others.map(|f| hours(f.time_min, f.time_max));
    let buffered = view.buffered_hours.iter().map(|hour| hours(hour * HOUR_MS, hour * HOUR_MS));
    let deleted = view.tombstones.iter().filter(|t| t.id > rollup.id).map(|t| {
        let last = t.range.to.saturating_sub(1).min(window.1);
        hours(t.range.from.max(window.0), last.max(window.0))
    });
    let unusable = Windows::from_unsorted(stale.chain(buffered).chain(deleted));
    Windows::from_unsorted([window]).intersect(&inside).subtract(&unusable)
}
