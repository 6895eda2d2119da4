//! The store: open it, append to it, look at it.

use std::sync::Arc;

use arrow::array::RecordBatch;
use base::{Clock, SharedDisk, Shutdown};
use model::{Dataset, MetricKind, OrgId, PointsBatch, SeriesRef, SketchesBatch, TimeRange};
use object_store::ObjectStore;

use crate::catalog::{Catalog, FileMeta, Tombstone};
use crate::error::Result;
use crate::scan::{ScanRequest, SeriesScan};
use crate::settings::Settings;

/// Rows to append.
#[derive(Clone, Debug)]
pub enum Rows {
    Points(PointsBatch),
    Sketches(SketchesBatch),
    /// Rows of a table dataset, with the schema that [`crate::tables`] gives for it.
    Table { org: OrgId, dataset: Dataset, batch: RecordBatch },
}

/// What the store stands on.
#[derive(Clone, Debug)]
pub struct Parts {
    pub clock: Clock,
    /// Holds the log.
    pub disk: SharedDisk,
    /// Holds the Parquet files and blobs.
    pub store: Arc<dyn ObjectStore>,
    pub catalog: Arc<dyn Catalog>,
    pub workers: Workers,
}

/// Where work of more than half a millisecond runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workers {
    /// The runtime's blocking threads.
    Pool,
    /// In place, for a deterministic simulation.
    Inline,
}

/// A metric that has points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricInfo {
    pub name: Arc<str>,
    pub kind: MetricKind,
    pub interval_secs: u32,
    /// Unix milliseconds of the newest point.
    pub last_time: i64,
    /// Series with points in the range asked for.
    pub n_series: u64,
}

/// Which rows to delete: those in the range whose columns equal the given values.
#[derive(Clone, Debug)]
pub struct Delete {
    pub org: OrgId,
    pub dataset: Dataset,
    pub range: TimeRange,
    /// Columns of the dataset's Parquet files, e.g. `("metric", "system.load.1")`.
    pub equals: Vec<(String, String)>,
}

/// Files and buffered rows of a table dataset at one moment.
#[derive(Clone, Debug)]
pub struct TableSnapshot {
    pub org: OrgId,
    pub dataset: Dataset,
    pub range: TimeRange,
    pub store: Arc<dyn ObjectStore>,
    /// Sorted by `seq_max`: of two rows with one key the later file's wins.
    pub files: Vec<Arc<FileMeta>>,
    /// Newer than all files, in order of commit.
    pub batches: Vec<RecordBatch>,
    pub tombstones: Vec<Tombstone>,
}

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Storage {
    #[expect(dead_code, reason = "until the core lands")]
    parts: Arc<Parts>,
}

impl Storage {
    /// Opens the store: loads the catalog, replays the log, removes what a crash left over.
    pub async fn open(_settings: Settings, parts: Parts) -> Result<Self> {
        Ok(Self { parts: Arc::new(parts) })
    }

    /// Appends rows. When this returns `Ok` they are durable and seen by every scan that starts
    /// after; on an error none of them has been acknowledged (they may still appear).
    pub async fn append(&self, _rows: Vec<Rows>) -> Result<()> {
        Ok(())
    }

    /// Plans a scan of the series that `select` accepts.
    pub async fn scan(
        &self,
        _request: ScanRequest,
        _select: &(dyn Fn(SeriesRef<'_>) -> bool + Send + Sync),
    ) -> Result<SeriesScan> {
        Ok(SeriesScan { series: Vec::new() })
    }

    /// The rows of a table dataset in a time range.
    pub async fn table(
        &self,
        _org: OrgId,
        _dataset: Dataset,
        _range: TimeRange,
    ) -> Result<TableSnapshot> {
        Err(crate::Error::Closed)
    }

    /// Metrics (of points and sketches) with rows in the range, sorted by name.
    pub async fn metrics(&self, _org: OrgId, _range: TimeRange) -> Result<Vec<MetricInfo>> {
        Ok(Vec::new())
    }

    /// Deletes rows committed so far. They are gone from every scan that starts after this
    /// returns, and from the files after the next maintenance.
    pub async fn delete(&self, _delete: Delete) -> Result<()> {
        Ok(())
    }

    /// Writes what is buffered to Parquet.
    pub async fn flush(&self) -> Result<()> {
        Ok(())
    }

    /// Compaction, rollups, retention and removal of unused files, until nothing is left to do.
    pub async fn maintain(&self) -> Result<()> {
        Ok(())
    }

    /// Flushes and maintains in the background until the shutdown, then flushes once more.
    pub async fn run(&self, shutdown: Shutdown) {
        shutdown.wait().await;
    }
}

impl TableSnapshot {
    /// Reads all rows: in range, without deleted ones, of those with one key only the newest;
    /// sorted by the dataset's sort columns.
    pub async fn read(&self) -> Result<RecordBatch> {
        Err(crate::Error::Closed)
    }
}
