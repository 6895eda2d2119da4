//! The store: open it, append to it, look at it.
//!
//! One task commits: it takes all appends that have queued up, writes them to the log in one go, puts
//! them into the buffers in the same order, and only then answers. All other state is behind one lock
//! that is held for moments: a reader clones what it needs, a flush or a merge swaps lists of files.

mod commit;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use arrow::array::RecordBatch;
use base::{Clock, SharedDisk, Shutdown};
use model::{Dataset, MetricKind, OrgId, PointsBatch, SeriesRef, SketchesBatch, TimeRange};
use object_store::ObjectStore;
use parking_lot::RwLock;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};

use crate::buffer::{Buffers, tidy};
use crate::catalog::{Catalog, CatalogState, Change, FileMeta, Tombstone};
use crate::changes::Hours;
use crate::error::{Error, Result};
use crate::log::{Log, Positions, Record, codec};
use crate::scan::{ScanRequest, SeriesScan, View, plan};
use crate::series_file::SeriesFiles;
use crate::settings::Settings;

/// Rows to append.
#[derive(Clone, Debug)]
pub enum Rows {
    Points(PointsBatch),
    Sketches(SketchesBatch),
    /// Rows of a table dataset, with the schema that [`crate::tables`] gives for it.
    Table {
        org: OrgId,
        dataset: Dataset,
        batch: RecordBatch,
    },
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

impl Parts {
    /// Everything in one folder of this machine: `log/`, `data/`, `catalog.db`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the folder or the catalog cannot be opened.
    pub async fn local(folder: &std::path::Path, clock: Clock) -> Result<Self> {
        let disk = base::LocalDisk::open(folder);
        let disk = disk.map_err(|e| Error::unavailable(format!("open {}", folder.display()), e))?;
        let disk: SharedDisk = Arc::new(disk);
        let store = Arc::new(crate::DiskStore::new(SharedDisk::clone(&disk), ""));
        let catalog = crate::catalog::SqliteCatalog::open(&folder.join("catalog.db")).await?;
        Ok(Self { clock, disk, store, catalog: Arc::new(catalog), workers: Workers::Pool })
    }
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

/// Appends that may wait for the next group commit.
const QUEUE_APPENDS_MAX: usize = 4096;

/// The store. Cheap to clone; when the last clone is gone it closes.
#[derive(Clone, Debug)]
pub struct Storage {
    pub(crate) inner: Arc<Inner>,
    queue: mpsc::Sender<Append>,
}

/// An append on its way to the log.
#[derive(Debug)]
struct Append {
    record: Record,
    rows: Vec<Rows>,
    done: oneshot::Sender<Result<()>>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) parts: Parts,
    pub(crate) files: SeriesFiles,
    pub(crate) state: RwLock<State>,
    pub(crate) log: Mutex<Log>,
    /// One flush at a time; inside, a commit whose fate is not known yet.
    pub(crate) flushing: Mutex<()>,
    /// One merge, rollup, deletion or sweep at a time.
    pub(crate) maintaining: Mutex<()>,
    pub(crate) uncertain: Mutex<Option<(Change, Origin)>>,
    /// Bytes of appends between their arrival and the buffers.
    queued_bytes: AtomicUsize,
    pub(crate) flush_wanted: Notify,
    pub(crate) counters: Counters,
    /// Files that failed a check, and why: merges leave them alone.
    pub(crate) damaged: parking_lot::Mutex<BTreeMap<u64, String>>,
    /// When each partition's rollups were last built.
    pub(crate) rolled_up: parking_lot::Mutex<BTreeMap<(OrgId, Dataset, i32), Duration>>,
    /// Wall clock and passed time when the store was opened.
    pub(crate) opened_ms: i64,
    pub(crate) opened_monotonic_ms: i64,
}

/// Who changes the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The frozen buffers are in the added files: they go in the same moment.
    Flush,
    Maintenance,
}

/// What readers look at.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) active: Buffers,
    pub(crate) frozen: Option<Arc<Buffers>>,
    /// By org and dataset, sorted by (`seq_max`, id).
    pub(crate) files: BTreeMap<(OrgId, Dataset), Vec<Arc<FileMeta>>>,
    pub(crate) tombstones: Vec<Arc<Tombstone>>,
    /// Of files and of tombstones.
    pub(crate) next_id: u64,
    /// When the hours were last written whose rows are in files by now; see [`crate::Changes`].
    pub(crate) flushed_hours: BTreeMap<(OrgId, Dataset), Hours>,
    pub(crate) flushed_seq: u64,
    /// Raised when rows are removed.
    pub(crate) epoch: u64,
    /// Files that the catalog does not name any more; deleted when no reader holds them.
    pub(crate) unused: Vec<Arc<FileMeta>>,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) records: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) flushes: AtomicU64,
    pub(crate) flush_failures: AtomicU64,
    pub(crate) flush_ms: AtomicU64,
    pub(crate) merges: AtomicU64,
    pub(crate) maintenance_ms: AtomicU64,
    pub(crate) maintenance_failures: AtomicU64,
    /// Rows that were appended, in the order of [`Dataset::ALL`].
    pub(crate) rows: [AtomicU64; Dataset::ALL.len()],
}

/// Numbers for the status page.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    pub buffered_bytes: u64,
    pub n_files: u64,
    pub file_bytes: u64,
    pub file_rows: u64,
    pub records: u64,
    pub commits: u64,
    pub flushes: u64,
    pub flush_failures: u64,
    /// Milliseconds that flushes took, all together.
    pub flush_ms: u64,
    pub merges: u64,
    pub maintenance_failures: u64,
    /// Milliseconds that merges, rollups and clearing away took, all together.
    pub maintenance_ms: u64,
    /// Files that failed a check: id and what is wrong.
    pub damaged: BTreeMap<u64, String>,
}

/// Files of one dataset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DatasetSize {
    pub n_files: u64,
    pub bytes: u64,
    pub rows: u64,
}

impl Storage {
    /// The blobs beside the telemetry: whole byte strings under names of their content.
    pub fn blobs(&self) -> crate::blobs::Blobs {
        crate::blobs::Blobs::new(Arc::clone(&self.inner.parts.store))
    }

    /// Opens the store: loads the catalog, replays the log, removes what a crash left over.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when disk, object store or catalog do not answer.
    pub async fn open(settings: Settings, parts: Parts) -> Result<Self> {
        let catalog = parts.catalog.load().await?;
        let covered: Positions = catalog
            .positions
            .iter()
            .filter(|((writer, _), _)| *writer == settings.writer)
            .map(|((_, dataset), position)| (*dataset, *position))
            .collect();
        let mut state = State::of(&catalog);
        let replay = |seq: u64, body: &[u8]| {
            let rows = codec::decode(body)?;
            let datasets = rows.iter().map(Rows::dataset).collect();
            state.active.apply(seq, rows, &covered);
            Ok(datasets)
        };
        let folder = format!("log/{}", settings.writer);
        let disk = SharedDisk::clone(&parts.disk);
        let (log, report) = Log::open(disk, folder, settings.log_file_bytes, replay).await?;
        for place in &report.corrupt {
            tracing::error!(place, "the log is damaged: rows that were acknowledged are lost");
        }
        let next_seq = log.last_position().max(catalog.last_seq) + 1;
        let opened_ms = parts.clock.now_ms();
        let opened_monotonic_ms = parts.clock.monotonic().as_millis() as i64;
        let files = SeriesFiles::new(Arc::clone(&parts.store), settings.cache_bytes);
        let inner = Arc::new(Inner {
            settings,
            parts,
            files,
            state: RwLock::new(state),
            log: Mutex::new(log),
            flushing: Mutex::new(()),
            maintaining: Mutex::new(()),
            uncertain: Mutex::new(None),
            queued_bytes: AtomicUsize::new(0),
            flush_wanted: Notify::new(),
            counters: Counters::default(),
            damaged: parking_lot::Mutex::default(),
            rolled_up: parking_lot::Mutex::default(),
            opened_ms,
            opened_monotonic_ms,
        });
        inner.remove_orphans().await?;
        let (queue, appends) = mpsc::channel(QUEUE_APPENDS_MAX);
        tokio::spawn(commit::run(Arc::clone(&inner), appends, next_seq));
        Ok(Self { inner, queue })
    }

    /// Appends rows. When this returns `Ok` they are durable and seen by every scan that starts
    /// after; on an error none of them has been acknowledged (they may still appear).
    ///
    /// # Errors
    /// [`Error::Busy`] when the buffers are full, [`Error::Unavailable`] when the log cannot be
    /// written, [`Error::Invalid`] when rows do not have their dataset's columns.
    pub async fn append(&self, rows: Vec<Rows>) -> Result<()> {
        if rows.iter().all(Rows::is_empty) {
            return Ok(());
        }
        rows.iter().try_for_each(check_columns)?;
        let record = Record::new(codec::encode(&rows)?, rows.iter().map(Rows::dataset).collect());
        let n_bytes = record.n_bytes();
        self.inner.check_room(n_bytes)?;
        self.inner.queued_bytes.fetch_add(n_bytes, Ordering::Relaxed);
        let (done, answer) = oneshot::channel();
        let append = Append { record, rows, done };
        if self.queue.send(append).await.is_err() {
            self.inner.queued_bytes.fetch_sub(n_bytes, Ordering::Relaxed);
            return Err(Error::Closed);
        }
        answer.await.map_err(|_closed| Error::Closed)?
    }

    /// Plans a scan of the series that `select` accepts.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Corrupt`] when a file that takes part cannot be read.
    pub async fn scan(
        &self,
        request: ScanRequest,
        select: &(dyn Fn(SeriesRef<'_>) -> bool + Send + Sync),
    ) -> Result<SeriesScan> {
        let view = self.inner.view(&request, select);
        plan(&self.inner.files, view, &request, select).await
    }

    /// The rows of a table dataset in a time range.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the dataset is no table.
    pub async fn table(
        &self,
        org: OrgId,
        dataset: Dataset,
        range: TimeRange,
    ) -> Result<TableSnapshot> {
        if crate::tables::definition(dataset).is_none() {
            let what = "it is not a table".to_owned();
            return Err(Error::Invalid { place: dataset.to_string(), what });
        }
        let state = self.inner.state.read();
        let overlaps = |f: &&Arc<FileMeta>| range.overlaps(f.time_min, f.time_max);
        let files = state.files.get(&(org, dataset)).into_iter().flatten();
        let generations = state.frozen.as_deref().into_iter().chain([&state.active]);
        let buffered = generations.filter_map(|b| b.tables.get(&(org, dataset)));
        Ok(TableSnapshot {
            org,
            dataset,
            range,
            store: Arc::clone(&self.inner.parts.store),
            files: files.filter(overlaps).map(Arc::clone).collect(),
            batches: buffered.flat_map(|t| t.batches.iter().cloned()).collect(),
            tombstones: state.tombstones_of(org, dataset).map(|t| (**t).clone()).collect(),
        })
    }

    /// Metrics (of points and sketches) with rows in the range, sorted by name.
    ///
    /// # Errors
    /// As [`Self::scan`].
    pub async fn metrics(&self, org: OrgId, range: TimeRange) -> Result<Vec<MetricInfo>> {
        let mut metrics: BTreeMap<Arc<str>, MetricInfo> = BTreeMap::new();
        for dataset in [Dataset::Points, Dataset::Sketches] {
            let request = ScanRequest { org, dataset, metric: None, range, bucket_ms: None };
            let scan = self.scan(request, &|_| true).await?;
            for (series, last_time) in scan.last_times() {
                let name = &series.key.metric;
                let metric = metrics.entry(Arc::clone(name)).or_insert_with(|| MetricInfo {
                    name: Arc::clone(name),
                    kind: series.kind,
                    interval_secs: series.interval_secs,
                    last_time,
                    n_series: 0,
                });
                metric.n_series += 1;
                if last_time >= metric.last_time {
                    metric.last_time = last_time;
                    (metric.kind, metric.interval_secs) = (series.kind, series.interval_secs);
                }
            }
        }
        Ok(metrics.into_values().collect())
    }

    pub fn stats(&self) -> Stats {
        let (state, counters) = (self.inner.state.read(), &self.inner.counters);
        let files = || state.files.values().flatten();
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            buffered_bytes: state.buffered_bytes() as u64,
            n_files: files().count() as u64,
            file_bytes: files().map(|f| f.bytes).sum(),
            file_rows: files().map(|f| f.rows).sum(),
            records: get(&counters.records),
            commits: get(&counters.commits),
            flushes: get(&counters.flushes),
            flush_failures: get(&counters.flush_failures),
            flush_ms: get(&counters.flush_ms),
            merges: get(&counters.merges),
            maintenance_failures: get(&counters.maintenance_failures),
            maintenance_ms: get(&counters.maintenance_ms),
            damaged: self.inner.damaged.lock().clone(),
        }
    }

    /// What the files of each dataset are together, of all organisations.
    pub fn sizes(&self) -> BTreeMap<Dataset, DatasetSize> {
        let state = self.inner.state.read();
        let mut sizes: BTreeMap<Dataset, DatasetSize> = BTreeMap::new();
        for ((_, dataset), files) in &state.files {
            let size = sizes.entry(*dataset).or_default();
            size.n_files += files.len() as u64;
            size.bytes += files.iter().map(|file| file.bytes).sum::<u64>();
            size.rows += files.iter().map(|file| file.rows).sum::<u64>();
        }
        sizes
    }

    /// Rows of each dataset that were appended since the store was opened.
    pub fn appended_rows(&self) -> BTreeMap<Dataset, u64> {
        let counts = self.inner.counters.rows.iter().map(|count| count.load(Ordering::Relaxed));
        Dataset::ALL.into_iter().zip(counts).collect()
    }

    /// Bytes of the log's files. Waits for the commit under way.
    pub async fn log_bytes(&self) -> u64 {
        self.inner.log.lock().await.n_bytes() as u64
    }

    /// The files of a dataset that the catalog names now.
    pub fn files(&self, org: OrgId, dataset: Dataset) -> Vec<Arc<FileMeta>> {
        self.inner.state.read().files.get(&(org, dataset)).cloned().unwrap_or_default()
    }

    /// Flushes and maintains in the background until the shutdown, then flushes once more.
    pub async fn run(&self, shutdown: Shutdown) {
        let clock = &self.inner.parts.clock;
        let settings = &self.inner.settings;
        let flushes = async {
            loop {
                tokio::select! {
                    () = clock.sleep(settings.flush_interval) => {}
                    () = self.inner.flush_wanted.notified() => {}
                }
                if let Err(error) = self.flush().await {
                    tracing::error!(error = base::report(&error), "cannot flush; will try again");
                    clock.sleep(Duration::from_secs(1)).await;
                }
            }
        };
        let maintenance = async {
            loop {
                clock.sleep(settings.maintenance_interval).await;
                if let Err(error) = self.maintain().await {
                    tracing::error!(error = base::report(&error), "maintenance failed");
                }
            }
        };
        tokio::select! {
            () = flushes => {}
            () = maintenance => {}
            () = shutdown.wait() => {}
        }
        if let Err(error) = self.flush().await {
            tracing::warn!(error = base::report(&error), "cannot flush; the log has the rows");
        }
    }
}

fn check_columns(rows: &Rows) -> Result<()> {
    let Rows::Table { dataset, batch, .. } = rows else { return Ok(()) };
    let invalid =
        |what: &str| Err(Error::Invalid { place: dataset.to_string(), what: what.to_owned() });
    match crate::tables::definition(*dataset) {
        None => invalid("it is not a table"),
        Some(table) if (table.schema)() != batch.schema() => invalid("the columns differ"),
        Some(_) => Ok(()),
    }
}

impl Counters {
    pub(crate) fn add_rows(&self, dataset: Dataset, n_rows: usize) {
        let at = Dataset::ALL.iter().position(|known| *known == dataset);
        if let Some(counter) = at.and_then(|at| self.rows.get(at)) {
            counter.fetch_add(n_rows as u64, Ordering::Relaxed);
        }
    }
}

impl State {
    fn of(catalog: &CatalogState) -> Self {
        let mut state = Self {
            next_id: catalog.last_file_id.max(catalog.last_tombstone_id) + 1,
            tombstones: catalog.tombstones.iter().cloned().map(Arc::new).collect(),
            ..Self::default()
        };
        state.add_files(&catalog.files);
        state
    }

    pub(crate) fn add_files(&mut self, files: &[FileMeta]) {
        for file in files {
            let list = self.files.entry((file.org, file.dataset)).or_default();
            list.push(Arc::new(file.clone()));
        }
        for list in self.files.values_mut() {
            list.sort_by_key(|f| (f.seq_max, f.id));
        }
    }

    pub(crate) fn tombstones_of(
        &self,
        org: OrgId,
        dataset: Dataset,
    ) -> impl Iterator<Item = &Arc<Tombstone>> {
        self.tombstones.iter().filter(move |t| t.org == org && t.dataset == dataset)
    }

    fn buffered_bytes(&self) -> usize {
        self.active.n_bytes + self.frozen.as_ref().map_or(0, |b| b.n_bytes)
    }
}

impl Inner {
    /// Refuses an append for which there is no room, so that memory stays bounded.
    fn check_room(&self, n_bytes: usize) -> Result<()> {
        let buffered = self.state.read().buffered_bytes();
        // A row takes about as much in the buffers as in the log.
        let buffered_bytes = buffered + self.queued_bytes.load(Ordering::Relaxed);
        let max = self.settings.buffer_bytes_max;
        if buffered_bytes + n_bytes > max && buffered_bytes > 0 {
            self.flush_wanted.notify_one();
            return Err(Error::Busy { buffered_bytes, retry_after_secs: 2 });
        }
        Ok(())
    }

    fn view(
        &self,
        request: &ScanRequest,
        select: &(dyn Fn(SeriesRef<'_>) -> bool + Send + Sync),
    ) -> View {
        let (org, range) = (request.org, request.range);
        let state = self.state.read();
        let overlapping = |dataset: Dataset| {
            let files = state.files.get(&(org, dataset)).into_iter().flatten();
            files.filter(|f| range.overlaps(f.time_min, f.time_max)).map(Arc::clone)
        };
        let mut view = View {
            raw: overlapping(request.dataset).collect(),
            tombstones: state.tombstones_of(org, request.dataset).map(Arc::clone).collect(),
            ..View::default()
        };
        for (dataset, width_ms) in request.dataset.rollups().iter().rev() {
            view.rollups.extend(overlapping(*dataset).map(|f| (f, *width_ms)));
        }
        for buffers in state.frozen.as_deref().into_iter().chain([&state.active]) {
            let Some(buffer) = buffers.series.get(&(org, request.dataset)) else { continue };
            view.buffered_hours.extend(buffer.hours.keys());
            let runs = buffer.runs(request.metric.as_deref());
            let runs = runs.filter(|run| select(run.key.as_ref()));
            view.buffered.extend(runs.filter_map(|run| tidy(run, range)));
        }
        view
    }
}
