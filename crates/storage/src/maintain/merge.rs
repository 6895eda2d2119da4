//! Merging: several files of a partition into one of the next level.
//!
//! Files are merged that follow each other in order of commit, so that the result takes their place in
//! that order and "the later commit wins" stays true.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::{Dataset, OrgId, TimeRange};

use super::Partition;
use crate::catalog::{Change, FileMeta, Tombstone};
use crate::error::{Error, Result};
use crate::flush::{NewFile, Origins};
use crate::samples::{Run, SampleKind, Samples};
use crate::scan::{ScanRequest, SeriesPart, SeriesScan, View, plan};
use crate::series_file::{Packing, SeriesWriter, ValueType, WrittenFile, write_runs};
use crate::storage::{Inner, Origin};
use crate::table_file;

/// Most files in one merge: bounds the directories in memory.
const MERGE_FILES_MAX: usize = 64;
/// With more rows than this they are not all held in memory.
const ROWS_IN_MEMORY_MAX: u64 = 1 << 20;

impl Inner {
    pub(super) async fn merge_all(&self) -> Result<()> {
        for partition in self.partitions() {
            let is_rollup = partition.dataset.is_series() && partition.dataset.rollups().is_empty();
            if is_rollup {
                continue;
            }
            let mut partition = partition;
            while let Some((group, level)) = self.choose(&partition) {
                let merged: HashSet<u64> = group.iter().map(|f| f.id).collect();
                self.merge_or_set_aside(group, level).await?;
                partition.files.retain(|f| !merged.contains(&f.id));
            }
        }
        Ok(())
    }

    /// The next merge of a partition and the level of its result.
    fn choose(&self, partition: &Partition) -> Option<(Vec<Arc<FileMeta>>, u8)> {
        let damaged = self.damaged.lock();
        let is_fit =
            |f: &FileMeta| f.bytes < self.settings.merge_bytes_max && !damaged.contains_key(&f.id);
        let is_closed = self.is_closed(partition.day);
        let mut stretch: Vec<Arc<FileMeta>> = Vec::new();
        let mut best: Option<(Vec<Arc<FileMeta>>, u8)> = None;
        let mut close = |stretch: &mut Vec<Arc<FileMeta>>| {
            let files = std::mem::take(stretch);
            let least = if is_closed { 2 } else { self.settings.merge_files };
            let level = files.iter().map(|f| f.level).max().unwrap_or_default();
            if files.len() >= least && best.as_ref().is_none_or(|(_, l)| level < *l) {
                best = Some((files, level));
            }
        };
        let mut n_bytes = 0;
        for file in &partition.files {
            let follows = stretch.last().is_none_or(|last| is_closed || last.level == file.level);
            let fits = n_bytes + file.bytes <= self.settings.merge_bytes_max;
            if !is_fit(file) || !follows || !fits || stretch.len() == MERGE_FILES_MAX {
                close(&mut stretch);
                n_bytes = 0;
            }
            if is_fit(file) {
                n_bytes += file.bytes;
                stretch.push(Arc::clone(file));
            }
        }
        close(&mut stretch);
        best.map(|(files, level)| (files, level.saturating_add(1)))
    }

    /// Merges a group. A damaged file is set aside instead: `false`.
    pub(super) async fn merge_or_set_aside(
        &self,
        group: Vec<Arc<FileMeta>>,
        level: u8,
    ) -> Result<bool> {
        match self.merge(group, level).await {
            Ok(()) => {
                self.counters.merges.fetch_add(1, Ordering::Relaxed);
                Ok(true)
            }
            Err(Error::Corrupt { place, what }) => {
                tracing::error!(place, what, "a data file is damaged; it is left as it is");
                let state = self.state.read();
                if let Some(file) = state.files.values().flatten().find(|f| f.path == place) {
                    self.damaged.lock().insert(file.id, what);
                    return Ok(false);
                }
                Err(Error::Corrupt { place, what })
            }
            Err(other) => Err(other),
        }
    }

    async fn merge(&self, group: Vec<Arc<FileMeta>>, level: u8) -> Result<()> {
        let Some(first) = group.first() else { return Ok(()) };
        let (org, dataset, day) = (first.org, first.dataset, first.day);
        let written = if dataset.is_series() {
            self.merge_series(org, dataset, &group).await?
        } else {
            self.merge_tables(org, dataset, &group).await?
        };
        let origins = Origins {
            level,
            seq_min: group.iter().map(|f| f.seq_min).min().unwrap_or_default(),
            seq_max: group.iter().map(|f| f.seq_max).max().unwrap_or_default(),
            ..Origins::default()
        };
        let mut change =
            Change { remove: group.iter().map(|f| f.id).collect(), ..Change::default() };
        for file in written {
            let new = NewFile { org, dataset, day, file };
            change.add.push(self.put_new(new, origins.clone()).await?);
        }
        change.remove.extend(self.outdated_rollups(org, dataset, &group));
        change.replace_inputs = self.moved_inputs(org, dataset, &change);
        drop(group);
        self.commit(change, Origin::Maintenance).await
    }

    /// Rollups that still hold rows which this merge erases for good: without its rows and its
    /// deletion the store would not know any more that they are outdated.
    fn outdated_rollups(&self, org: OrgId, dataset: Dataset, group: &[Arc<FileMeta>]) -> Vec<u64> {
        let state = self.state.read();
        let erasing = |t: &&Arc<Tombstone>| {
            let meant = |f: &Arc<FileMeta>| f.id < t.id && t.range.overlaps(f.time_min, f.time_max);
            group.iter().any(meant)
        };
        let erasing: Vec<_> = state.tombstones_of(org, dataset).filter(erasing).collect();
        let rollups = dataset.rollups().iter().filter_map(|(d, _)| state.files.get(&(org, *d)));
        rollups
            .flatten()
            .filter(|r| {
                let (from, to) = r.window.unwrap_or((r.time_min, r.time_max + 1));
                erasing.iter().any(|t| r.id < t.id && t.range.overlaps(from, to - 1))
            })
            .map(|r| r.id)
            .collect()
    }

    /// Rollups that cover all merged files cover the result as well.
    fn moved_inputs(&self, org: OrgId, dataset: Dataset, change: &Change) -> Vec<(u64, Vec<u64>)> {
        let state = self.state.read();
        let rollups = || dataset.rollups().iter().filter_map(|(d, _)| state.files.get(&(org, *d)));
        let is_rollup = |id: &u64| rollups().flatten().any(|r| r.id == *id);
        let merged: Vec<u64> = change.remove.iter().filter(|id| !is_rollup(id)).copied().collect();
        rollups()
            .flatten()
            .filter(|r| !change.remove.contains(&r.id))
            .filter(|r| merged.iter().all(|id| r.inputs.contains(id)))
            .map(|r| {
                let kept = r.inputs.iter().filter(|id| !change.remove.contains(id)).copied();
                (r.id, kept.chain(change.add.iter().map(|f| f.id)).collect())
            })
            .collect()
    }

    async fn merge_series(
        &self,
        org: OrgId,
        dataset: Dataset,
        group: &[Arc<FileMeta>],
    ) -> Result<Vec<WrittenFile>> {
        for file in group {
            table_file::fetch(&self.parts.store, file).await?;
        }
        let scan = self.scan_files(org, dataset, group, TimeRange::ALL).await?;
        let kind = SampleKind::of(dataset);
        let n_rows: u64 = group.iter().map(|f| f.rows).sum();
        if n_rows <= ROWS_IN_MEMORY_MAX {
            let runs = read_runs(&scan, 0..scan.series().len()).await?;
            return write_runs(kind, runs, Packing::Hard);
        }
        let mut whole = SeriesWriter::new(kind, ValueType::Whole, Packing::Hard)?;
        let mut other = SeriesWriter::new(kind, ValueType::Float, Packing::Hard)?;
        for chunk in scan.chunks() {
            for run in read_runs(&scan, chunk).await? {
                let writer = if run.is_whole() { &mut whole } else { &mut other };
                writer.push(run)?;
            }
        }
        Ok([whole.finish()?, other.finish()?].into_iter().flatten().collect())
    }

    /// A scan of the given raw files only, less what was deleted.
    pub(super) async fn scan_files(
        &self,
        org: OrgId,
        dataset: Dataset,
        files: &[Arc<FileMeta>],
        range: TimeRange,
    ) -> Result<SeriesScan> {
        let tombstones: Vec<Arc<Tombstone>> =
            self.state.read().tombstones_of(org, dataset).map(Arc::clone).collect();
        let view = View { raw: files.to_vec(), tombstones, ..View::default() };
        let request = ScanRequest { org, dataset, metric: None, range, bucket_ms: None };
        plan(&self.files, view, &request, &|_| true).await
    }

    async fn merge_tables(
        &self,
        org: OrgId,
        dataset: Dataset,
        group: &[Arc<FileMeta>],
    ) -> Result<Vec<WrittenFile>> {
        let tombstones: Vec<Tombstone> = {
            let state = self.state.read();
            state.tombstones_of(org, dataset).map(|t| (**t).clone()).collect()
        };
        let mut batches = Vec::new();
        for file in group {
            batches.extend(table_file::read(&self.parts.store, file, &tombstones).await?);
        }
        let files = table_file::write(dataset, &batches)?;
        Ok(files.into_iter().map(|(_day, file)| file).collect())
    }
}

async fn read_runs(scan: &SeriesScan, chunk: std::ops::Range<usize>) -> Result<Vec<Run>> {
    let mut runs = Vec::with_capacity(chunk.len());
    for data in scan.read(chunk).await? {
        let series = &scan.series()[data.index];
        for part in data.parts {
            let (times, samples) = match part {
                SeriesPart::Points { times, values } => (times, Samples::Points(values)),
                SeriesPart::Sketches { times, sketches } => (times, Samples::Sketches(sketches)),
                _ => return Err(Error::corrupt("a merge", "raw files hold rollups")),
            };
            runs.push(Run {
                id: series.id,
                key: series.key.clone(),
                kind: series.kind,
                interval_secs: series.interval_secs,
                times,
                samples,
            });
        }
    }
    Ok(runs)
}
