//! Rolling up: what the points of each five minutes and each hour come to.
//!
//! A rollup file covers whole hours of one day and names the raw files it was made from. An hour is
//! (re)built when no rollup is usable for it: see `scan::plan` for what makes one usable. Hours that
//! are not over yet are left to the raw files.

use std::sync::Arc;

use model::{DAY_MS, Dataset, HOUR_MS, MINUTE_MS, Sketch, TimeRange};

use super::Partition;
use crate::catalog::{Change, FileMeta, Tombstone};
use crate::error::{Error, Result};
use crate::flush::{NewFile, Origins};
use crate::samples::{RollupColumns, Run, SampleKind, Samples};
use crate::scan::{SeriesData, SeriesPart, SeriesScan, View, usable};
use crate::series_file::{Packing, SeriesWriter, ValueType, WrittenFile};
use crate::storage::{Inner, Origin};
use crate::windows::Windows;

/// An hour is rolled up this long after its end, when late points have come.
const SETTLED_AFTER_MS: i64 = 10 * MINUTE_MS;
/// With more rollup files than this in a day and tier they are built anew as one.
const FILES_A_DAY_MAX: usize = 6;

impl Inner {
    pub(super) async fn roll_up_all(&self) -> Result<()> {
        for partition in self.partitions() {
            if !partition.dataset.is_series() || partition.dataset.rollups().is_empty() {
                continue;
            }
            match self.roll_up(&partition).await {
                Err(Error::Corrupt { place, what }) => {
                    tracing::error!(place, what, "cannot roll up: a data file is damaged");
                }
                other => other?,
            }
        }
        Ok(())
    }

    async fn roll_up(&self, partition: &Partition) -> Result<()> {
        let (org, dataset, day) = (partition.org, partition.dataset, partition.day);
        let day_start = i64::from(day) * DAY_MS;
        let now = self.parts.clock.now_ms();
        let settled = (now - SETTLED_AFTER_MS).div_euclid(HOUR_MS) * HOUR_MS;
        let range = TimeRange::new(day_start, settled.min(day_start + DAY_MS));
        if range.is_empty() {
            return Ok(());
        }
        let fine_after_ms = self.settings.fine_rollups_after.as_millis() as i64;
        let mut change = Change::default();
        let mut is_due = None;
        for (tier, width_ms) in dataset.rollups() {
            let is_fine = *width_ms < HOUR_MS;
            if is_fine && fine_after_ms > 0 && now < day_start + DAY_MS + fine_after_ms {
                continue;
            }
            let (rollups, view) = self.rollup_view(partition, *tier);
            let (missing, remove) = self.outdated(day, &rollups, &view, range);
            if !missing.is_empty() && !*is_due.get_or_insert_with(|| self.may_roll_up(partition)) {
                continue;
            }
            change.remove.extend(remove);
            for (from, to) in missing.iter() {
                let range = TimeRange::new(from, to);
                let scan = self.scan_files(org, dataset, &view.raw, range).await?;
                let origins = Origins {
                    seq_min: view.raw.iter().map(|f| f.seq_min).min().unwrap_or_default(),
                    seq_max: view.raw.iter().map(|f| f.seq_max).max().unwrap_or_default(),
                    inputs: view.raw.iter().map(|f| f.id).collect(),
                    window: Some((from, to)),
                    ..Origins::default()
                };
                if let Some(file) = build(&scan, *tier, *width_ms).await? {
                    let new = NewFile { org, dataset: *tier, day, file };
                    change.add.push(self.put_new(new, origins).await?);
                }
            }
        }
        if change.is_empty() {
            return Ok(());
        }
        self.commit(change, Origin::Maintenance).await
    }

    /// The hours of a day for which a tier has no usable rollup, and the files that are of no more
    /// use. When there are many files for a day, all of it is built anew.
    fn outdated(
        &self,
        day: i32,
        rollups: &[Arc<FileMeta>],
        view: &View,
        range: TimeRange,
    ) -> (Windows, Vec<u64>) {
        let with_rows = view.raw.iter().map(|f| {
            let first = f.time_min.div_euclid(HOUR_MS);
            (first * HOUR_MS, (f.time_max.div_euclid(HOUR_MS) + 1) * HOUR_MS)
        });
        let wanted = Windows::from_unsorted(with_rows).intersect(&Windows::of(range));
        let (mut covered, mut remove) = (Windows::default(), Vec::new());
        for file in rollups {
            let windows = usable(file, view, range);
            if windows.is_empty() {
                remove.push(file.id);
            } else {
                covered = covered.unite(&windows);
            }
        }
        let n_kept = rollups.len() - remove.len();
        let n_max = if self.is_closed(day) { 1 } else { FILES_A_DAY_MAX };
        let missing = wanted.subtract(&covered);
        let is_crowded = n_kept > n_max || (!missing.is_empty() && n_kept == n_max);
        if is_crowded {
            (wanted, rollups.iter().map(|f| f.id).collect())
        } else {
            (missing, remove)
        }
    }

    /// The rollup files of a partition's day in one tier, and its raw files as a scan would see them.
    fn rollup_view(&self, partition: &Partition, tier: Dataset) -> (Vec<Arc<FileMeta>>, View) {
        let state = self.state.read();
        let (org, dataset, day) = (partition.org, partition.dataset, partition.day);
        let of_day = |dataset: Dataset| {
            let files = state.files.get(&(org, dataset)).into_iter().flatten();
            files.filter(|f| f.day == day).map(Arc::clone)
        };
        let tombstones: Vec<Arc<Tombstone>> =
            state.tombstones_of(org, dataset).map(Arc::clone).collect();
        let view = View { raw: of_day(dataset).collect(), tombstones, ..View::default() };
        (of_day(tier).collect(), view)
    }

    /// Late points come with every flush; their hours are rolled up again every few minutes only.
    fn may_roll_up(&self, partition: &Partition) -> bool {
        let now = self.parts.clock.monotonic();
        let mut last = self.rolled_up.lock();
        let place = (partition.org, partition.dataset, partition.day);
        let is_due = last.get(&place).is_none_or(|at| now >= *at + self.settings.rollup_interval);
        if is_due {
            last.insert(place, now);
        }
        is_due
    }
}

/// Reads a scan and writes the file of one tier.
async fn build(scan: &SeriesScan, tier: Dataset, width_ms: i64) -> Result<Option<WrittenFile>> {
    let mut writer = SeriesWriter::new(SampleKind::of(tier), ValueType::Float, Packing::Hard)?;
    for chunk in scan.chunks() {
        for data in scan.read(chunk).await? {
            if let Some(run) = roll_up_series(scan, &data, width_ms) {
                writer.push(run)?;
            }
        }
    }
    writer.finish()
}

fn roll_up_series(scan: &SeriesScan, data: &SeriesData, width_ms: i64) -> Option<Run> {
    let series = &scan.series()[data.index];
    let (times, samples) = match data.parts.first()? {
        SeriesPart::Points { times, values } => roll_up_points(times, values, width_ms),
        SeriesPart::Sketches { times, sketches } => roll_up_sketches(times, sketches, width_ms),
        _ => return None,
    };
    Some(Run {
        id: series.id,
        key: series.key.clone(),
        kind: series.kind,
        interval_secs: series.interval_secs,
        times,
        samples,
    })
}

fn roll_up_points(times: &[i64], values: &[f64], width_ms: i64) -> (Vec<i64>, Samples) {
    let mut buckets: Vec<i64> = Vec::new();
    let mut r = RollupColumns::default();
    for (&time, &value) in times.iter().zip(values) {
        let bucket = time.div_euclid(width_ms) * width_ms;
        if buckets.last() != Some(&bucket) {
            buckets.push(bucket);
            r.counts.push(0);
            r.sums.push(0.0);
            r.mins.push(f64::INFINITY);
            r.maxs.push(f64::NEG_INFINITY);
            r.lasts.push(value);
        }
        let i = buckets.len() - 1;
        r.counts[i] += 1;
        r.sums[i] += value;
        r.mins[i] = r.mins[i].min(value);
        r.maxs[i] = r.maxs[i].max(value);
        r.lasts[i] = value;
    }
    (buckets, Samples::Rollups(r))
}

fn roll_up_sketches(times: &[i64], sketches: &[Sketch], width_ms: i64) -> (Vec<i64>, Samples) {
    let mut buckets: Vec<i64> = Vec::new();
    let mut merged: Vec<Sketch> = Vec::new();
    for (&time, sketch) in times.iter().zip(sketches) {
        let bucket = time.div_euclid(width_ms) * width_ms;
        match merged.last_mut() {
            Some(last) if buckets.last() == Some(&bucket) => last.merge(sketch),
            _ => {
                buckets.push(bucket);
                merged.push(sketch.clone());
            }
        }
    }
    (buckets, Samples::Sketches(merged))
}
