//! From buffers to files.
//!
//! 1. The active buffers are frozen and new ones take their place; readers look at both.
//! 2. Each dataset's rows are sorted and written, one file a partition (org, class, day) as a rule.
//! 3. One catalog transaction names the files and the log positions that they cover.
//! 4. The frozen buffers go, and the log files that are wholly covered.
//!
//! A crash after 1 or 2 leaves orphans, which the next start deletes; the log still has the rows. A
//! crash after 3 leaves log files whose rows are skipped at replay. When a step fails the buffers stay
//! frozen, and the next flush tries again.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{DAY_MS, Dataset, OrgId, TimeRange, day_of};

use crate::buffer::{Buffers, SeriesBuffer, tidy};
use crate::catalog::{Change, FileMeta};
use crate::change::DATA_FOLDER;
use crate::error::Result;
use crate::log::Positions;
use crate::samples::{Run, SampleKind};
use crate::series_file::{self, Packing, WrittenFile, write_runs};
use crate::storage::{Inner, Origin, Storage};
use crate::table_file;

/// The class of rows for which no rule names another.
pub(crate) const CLASS: &str = "default";

/// A file that has been encoded and not yet put.
#[derive(Debug)]
pub(crate) struct NewFile {
    pub(crate) org: OrgId,
    pub(crate) dataset: Dataset,
    pub(crate) day: i32,
    pub(crate) file: WrittenFile,
}

/// What a file's entry in the catalog needs besides its bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    pub(crate) level: u8,
    pub(crate) seq_min: u64,
    pub(crate) seq_max: u64,
    pub(crate) inputs: Vec<u64>,
    pub(crate) window: Option<(i64, i64)>,
}

impl Storage {
    /// Writes what is buffered to Parquet.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`]: the rows stay buffered and in the log; try again.
    pub async fn flush(&self) -> Result<()> {
        let _one_at_a_time = self.inner.flushing.lock().await;
        let clock = &self.inner.parts.clock;
        let begun = clock.monotonic();
        let flushed = self.inner.flush().await;
        let counters = &self.inner.counters;
        let took = clock.monotonic().saturating_sub(begun).as_millis() as u64;
        counters.flush_ms.fetch_add(took, std::sync::atomic::Ordering::Relaxed);
        let counter = if flushed.is_ok() { &counters.flushes } else { &counters.flush_failures };
        counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        flushed
    }
}

impl Inner {
    async fn flush(&self) -> Result<()> {
        self.settle_uncertain().await?;
        let Some(frozen) = self.freeze() else { return Ok(()) };
        let buffers = Arc::clone(&frozen);
        let encoded = self.work(move || encode(&buffers)).await?;
        let origins =
            Origins { seq_min: frozen.seq_min, seq_max: frozen.seq_max, ..Origins::default() };
        let mut change = Change::default();
        for file in encoded {
            change.add.push(self.put_new(file, origins.clone()).await?);
        }
        let writer = &self.settings.writer;
        change.positions =
            frozen.positions.iter().map(|(dataset, at)| (writer.clone(), *dataset, *at)).collect();
        self.commit(change, Origin::Flush).await?;
        self.release_log().await
    }

    fn freeze(&self) -> Option<Arc<Buffers>> {
        let mut state = self.state.write();
        if let Some(frozen) = &state.frozen {
            return Some(Arc::clone(frozen));
        }
        if state.active.is_empty() {
            return None;
        }
        let frozen = Arc::new(std::mem::take(&mut state.active));
        state.frozen = Some(Arc::clone(&frozen));
        Some(frozen)
    }

    /// Puts a file and makes its entry for the catalog.
    pub(crate) async fn put_new(&self, new: NewFile, origins: Origins) -> Result<FileMeta> {
        let id = self.state.write().take_id();
        let NewFile { org, dataset, day, file } = new;
        let path = format!("{DATA_FOLDER}/{org}/{dataset}/{CLASS}/{}/{id:012}.parquet", date(day));
        let meta = FileMeta {
            id,
            org,
            dataset,
            class: CLASS.into(),
            day,
            level: origins.level,
            path,
            rows: file.n_rows,
            bytes: file.bytes.len() as u64,
            time_min: file.time_min,
            time_max: file.time_max,
            seq_min: origins.seq_min,
            seq_max: origins.seq_max,
            checksum: crc32fast::hash(&file.bytes),
            sort_key: sort_key(dataset),
            inputs: origins.inputs,
            window: origins.window,
            format: series_file::FORMAT,
        };
        self.put(&meta.path, file.bytes).await?;
        Ok(meta)
    }

    async fn release_log(&self) -> Result<()> {
        let catalog = self.parts.catalog.load().await?;
        let covered: Positions = catalog
            .positions
            .into_iter()
            .filter(|((writer, _), _)| *writer == self.settings.writer)
            .map(|((_, dataset), at)| (dataset, at))
            .collect();
        self.log.lock().await.release(&covered).await
    }
}

fn sort_key(dataset: Dataset) -> String {
    match crate::tables::definition(dataset) {
        Some(table) => table.sort.join(","),
        None => series_file::SORT_KEY.into(),
    }
}

/// `2026-11-21`, for humans and for readers of partitioned folders.
fn date(day: i32) -> String {
    let date = chrono::DateTime::from_timestamp(i64::from(day) * 86_400, 0);
    date.map_or_else(|| format!("day {day}"), |d| d.format("%Y-%m-%d").to_string())
}

fn encode(buffers: &Buffers) -> Result<Vec<NewFile>> {
    let mut files = Vec::new();
    for ((org, dataset), buffer) in &buffers.series {
        for (day, runs) in by_day(buffer) {
            for file in write_runs(SampleKind::of(*dataset), runs, Packing::Quick)? {
                files.push(NewFile { org: *org, dataset: *dataset, day, file });
            }
        }
    }
    for ((org, dataset), buffer) in &buffers.tables {
        for (day, file) in table_file::write(*dataset, &buffer.batches)? {
            files.push(NewFile { org: *org, dataset: *dataset, day, file });
        }
    }
    Ok(files)
}

fn by_day(buffer: &SeriesBuffer) -> BTreeMap<i32, Vec<Run>> {
    let mut days: BTreeMap<i32, Vec<Run>> = BTreeMap::new();
    for run in buffer.runs(None) {
        let (Some(min), Some(max)) = (run.times.iter().min(), run.times.iter().max()) else {
            continue;
        };
        let (first, last) = (day_of(*min), day_of(*max));
        if first == last {
            days.entry(first).or_default().extend(tidy(run, TimeRange::ALL));
            continue;
        }
        let mut of_run: Vec<i32> = run.times.iter().map(|&t| day_of(t)).collect();
        of_run.sort_unstable();
        of_run.dedup();
        for day in of_run {
            let from = i64::from(day) * DAY_MS;
            let range = TimeRange::new(from, from + DAY_MS);
            days.entry(day).or_default().extend(tidy(run, range));
        }
    }
    days
}
