//! Reading a series file: its directory, and the rows of some runs.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, AsArray, Float64Array, Int32Array, Int64Array, RecordBatch, TimestampMillisecondArray,
};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type, TimestampMillisecondType};
use bytes::Bytes;
use futures::TryStreamExt;
use futures::future::BoxFuture;
use model::{Bin, OrgId, Sketch};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parking_lot::Mutex;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, RowSelection};
use parquet::arrow::async_reader::{AsyncFileReader, ParquetRecordBatchStreamBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};

use super::pages::PointColumns;
use super::{DIRECTORY_KEY, Directory};
use crate::catalog::{FileId, FileMeta};
use crate::error::{Error, Result};
use crate::samples::{RollupColumns, SampleKind, Samples};

/// What is fetched of a file's end first; holds footer and directory of most files.
const TAIL_BYTES: u64 = 256 << 10;
/// Rows that are decoded at a time.
const BATCH_ROWS: usize = 64 * 1024;

/// An open series file: footer and directory in memory.
#[derive(Debug)]
pub(crate) struct SeriesFile {
    pub(crate) meta: Arc<FileMeta>,
    pub(crate) directory: Directory,
    footer: ArrowReaderMetadata,
    kind: SampleKind,
    /// The quick way to its points.
    points: Option<PointColumns>,
}

/// Open files, the most recently used ones, up to a number of bytes.
#[derive(Debug)]
pub(crate) struct SeriesFiles {
    store: Arc<dyn ObjectStore>,
    cache: Mutex<Cache>,
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct Cache {
    files: HashMap<FileId, (Arc<SeriesFile>, u64)>,
    n_bytes: usize,
    /// Grows by one a use.
    tick: u64,
}

impl SeriesFiles {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, bytes_max: usize) -> Self {
        Self { store, cache: Mutex::default(), bytes_max }
    }

    pub(crate) async fn open(&self, meta: &Arc<FileMeta>) -> Result<Arc<SeriesFile>> {
        if let Some(file) = self.cache.lock().get(meta.id) {
            return Ok(file);
        }
        let file = Arc::new(SeriesFile::open(&self.store, meta).await?);
        self.cache.lock().put(Arc::clone(&file), self.bytes_max);
        Ok(file)
    }

    pub(crate) fn forget(&self, id: FileId) {
        self.cache.lock().remove(id);
    }

    pub(crate) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }
}

impl Cache {
    fn get(&mut self, id: FileId) -> Option<Arc<SeriesFile>> {
        self.tick += 1;
        let (file, used) = self.files.get_mut(&id)?;
        *used = self.tick;
        Some(Arc::clone(file))
    }

    fn put(&mut self, file: Arc<SeriesFile>, bytes_max: usize) {
        self.tick += 1;
        self.n_bytes += file.n_bytes();
        if let Some((old, _)) = self.files.insert(file.meta.id, (file, self.tick)) {
            self.n_bytes -= old.n_bytes();
        }
        while self.n_bytes > bytes_max && self.files.len() > 1 {
            let oldest = self.files.iter().min_by_key(|(_, (_, used))| *used);
            let Some(id) = oldest.map(|(id, _)| *id) else { return };
            self.remove(id);
        }
    }

    fn remove(&mut self, id: FileId) {
        if let Some((file, _)) = self.files.remove(&id) {
            self.n_bytes -= file.n_bytes();
        }
    }
}

/// Fetches what the Parquet decoder asks for.
#[derive(Debug)]
struct StoreReader {
    store: Arc<dyn ObjectStore>,
    path: Path,
    footer: ArrowReaderMetadata,
}

impl AsyncFileReader for StoreReader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        Box::pin(async move {
            let bytes = self.store.get_range(&self.path, range).await;
            bytes.map_err(|e| ParquetError::External(e.into()))
        })
    }

    fn get_byte_ranges(
        &mut self,
        ranges: Vec<Range<u64>>,
    ) -> BoxFuture<'_, Result<Vec<Bytes>, ParquetError>> {
        Box::pin(async move {
            let bytes = self.store.get_ranges(&self.path, &ranges).await;
            bytes.map_err(|e| ParquetError::External(e.into()))
        })
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        Box::pin(async move { Ok(Arc::clone(self.footer.metadata())) })
    }
}

fn unreadable(meta: &FileMeta, error: ParquetError) -> Error {
    match error {
        ParquetError::External(source) => Error::unavailable(format!("read {}", meta.path), source),
        other => Error::corrupt(&meta.path, other),
    }
}

impl SeriesFile {
    async fn open(store: &Arc<dyn ObjectStore>, meta: &Arc<FileMeta>) -> Result<Self> {
        let path = Path::from(meta.path.as_str());
        let read = |range: Range<u64>| {
            let path = path.clone();
            async move {
                let bytes = store.get_range(&path, range).await;
                bytes.map_err(|e| Error::unavailable(format!("read {}", meta.path), e))
            }
        };
        let mut tail_start = meta.bytes.saturating_sub(TAIL_BYTES);
        let mut tail = read(tail_start..meta.bytes).await?;
        let mut parser = ParquetMetaDataReader::new()
            .with_column_index_policy(PageIndexPolicy::Skip)
            .with_offset_index_policy(PageIndexPolicy::Required);
        loop {
            match parser.try_parse_sized(&tail, meta.bytes) {
                Ok(()) => break,
                Err(ParquetError::NeedMoreData(needed)) if (needed as u64) <= meta.bytes => {
                    let start = meta.bytes - needed as u64;
                    if start >= tail_start {
                        return Err(Error::corrupt(&meta.path, "its footer does not add up"));
                    }
                    tail_start = start;
                    tail = read(tail_start..meta.bytes).await?;
                }
                Err(error) => return Err(unreadable(meta, error)),
            }
        }
        let parsed = Arc::new(parser.finish().map_err(|e| unreadable(meta, e))?);
        let (start, len, crc) = directory_place(meta, &parsed)?;
        let packed = if start >= tail_start {
            let at = (start - tail_start) as usize;
            tail.slice(at..at + len)
        } else {
            read(start..start + len as u64).await?
        };
        if crc32fast::hash(&packed) != crc {
            return Err(Error::corrupt(&meta.path, "its directory fails its checksum"));
        }
        let directory = decode_directory(meta, meta.org, &packed)?;
        let footer = ArrowReaderMetadata::try_new(parsed, ArrowReaderOptions::new())
            .map_err(|e| unreadable(meta, e))?;
        let kind = SampleKind::of(meta.dataset);
        let points = PointColumns::of(footer.metadata()).filter(|_| kind == SampleKind::Points);
        Ok(Self { meta: Arc::clone(meta), directory, footer, kind, points })
    }

    fn n_bytes(&self) -> usize {
        let points = self.points.as_ref().map_or(0, PointColumns::n_bytes);
        self.directory.n_bytes() + self.footer.metadata().memory_size() + points + 1024
    }

    /// Reads the rows in `ranges` (ascending, apart) and hands them over as they come: for each
    /// stretch its place in `ranges`, its times and its values.
    pub(crate) async fn read(
        &self,
        store: &Arc<dyn ObjectStore>,
        ranges: &[Range<u64>],
        each: impl FnMut(usize, &[i64], &Samples, Range<usize>),
    ) -> Result<()> {
        let Some(points) = &self.points else {
            return self.read_arrays(store, ranges, each).await;
        };
        let path = Path::from(self.meta.path.as_str());
        let read = points.read((store, &path), self.footer.metadata(), ranges, each).await;
        read.map_err(|e| unreadable(&self.meta, e))
    }

    #[cfg(test)]
    pub(super) fn has_quick_points(&self) -> bool {
        self.points.is_some()
    }

    /// As [`Self::read`], for any column that Arrow reads.
    pub(super) async fn read_arrays(
        &self,
        store: &Arc<dyn ObjectStore>,
        ranges: &[Range<u64>],
        mut each: impl FnMut(usize, &[i64], &Samples, Range<usize>),
    ) -> Result<()> {
        let n_rows = self.meta.rows as usize;
        let selection = RowSelection::from_consecutive_ranges(
            ranges.iter().map(|r| r.start as usize..r.end as usize),
            n_rows,
        );
        let reader = StoreReader {
            store: Arc::clone(store),
            path: Path::from(self.meta.path.as_str()),
            footer: self.footer.clone(),
        };
        let schema = self.footer.parquet_schema();
        let names: &[&str] = match self.kind {
            SampleKind::Points => &["time", "value"],
            SampleKind::Sketches => {
                &["time", "count", "sum", "min", "max", "bin_keys", "bin_counts"]
            }
            SampleKind::Rollups => &["time", "count", "sum", "min", "max", "last"],
        };
        let mask = ProjectionMask::columns(schema, names.iter().copied());
        let mut stream =
            ParquetRecordBatchStreamBuilder::new_with_metadata(reader, self.footer.clone())
                .with_projection(mask)
                .with_row_selection(selection)
                .with_batch_size(BATCH_ROWS.min(n_rows))
                .build()
                .map_err(|e| unreadable(&self.meta, e))?;
        let (mut place, mut done) = (0, 0u64);
        while let Some(batch) = stream.try_next().await.map_err(|e| unreadable(&self.meta, e))? {
            let (times, samples) = self.columns(&batch)?;
            let times = times.values();
            let mut at = 0;
            while at < times.len() {
                let Some(range) = ranges.get(place) else {
                    return Err(Error::corrupt(&self.meta.path, "it has more rows than selected"));
                };
                let left = (range.end - range.start - done) as usize;
                let n = left.min(times.len() - at);
                each(place, &times[at..at + n], &samples, at..at + n);
                at += n;
                done += n as u64;
                if n == left {
                    (place, done) = (place + 1, 0);
                }
            }
        }
        if place != ranges.len() {
            return Err(Error::corrupt(&self.meta.path, "rows are missing"));
        }
        Ok(())
    }

    fn columns<'a>(
        &self,
        batch: &'a RecordBatch,
    ) -> Result<(&'a TimestampMillisecondArray, Samples)> {
        let missing = || Error::corrupt(&self.meta.path, "a column is missing or of another type");
        let column = |name: &str| batch.column_by_name(name).ok_or_else(missing);
        let times = column("time")?.as_primitive_opt::<TimestampMillisecondType>();
        let ints = |name: &str| -> Result<&'a Int64Array> {
            column(name)?.as_primitive_opt::<Int64Type>().ok_or_else(missing)
        };
        let floats = |name: &str| -> Result<&'a Float64Array> {
            column(name)?.as_primitive_opt::<Float64Type>().ok_or_else(missing)
        };
        let samples = match self.kind {
            SampleKind::Points => Samples::Points(match column("value")?.data_type() {
                DataType::Int64 => ints("value")?.values().iter().map(|&v| v as f64).collect(),
                _ => floats("value")?.values().to_vec(),
            }),
            SampleKind::Rollups => Samples::Rollups(RollupColumns {
                counts: ints("count")?.values().iter().map(|&n| n as u64).collect(),
                sums: floats("sum")?.values().to_vec(),
                mins: floats("min")?.values().to_vec(),
                maxs: floats("max")?.values().to_vec(),
                lasts: floats("last")?.values().to_vec(),
            }),
            SampleKind::Sketches => {
                let (keys, counts) = (column("bin_keys")?, column("bin_counts")?);
                let keys = keys.as_list_opt::<i32>().ok_or_else(missing)?;
                let counts = counts.as_list_opt::<i32>().ok_or_else(missing)?;
                let (n, sum) = (ints("count")?, floats("sum")?);
                let (min, max) = (floats("min")?, floats("max")?);
                let sketch = |i: usize| {
                    let (keys, counts) = (keys.value(i), counts.value(i));
                    let keys = keys.as_primitive_opt::<Int32Type>().ok_or_else(missing)?;
                    let counts = counts.as_primitive_opt::<Int64Type>().ok_or_else(missing)?;
                    let bins = bins(keys, counts);
                    let (sum, min, max) = (sum.value(i), min.value(i), max.value(i));
                    Ok(Sketch { count: n.value(i) as u64, sum, min, max, bins })
                };
                Samples::Sketches((0..batch.num_rows()).map(sketch).collect::<Result<_>>()?)
            }
        };
        Ok((times.ok_or_else(missing)?, samples))
    }
}

fn bins(keys: &Int32Array, counts: &Int64Array) -> Vec<Bin> {
    keys.values()
        .iter()
        .zip(counts.values())
        .map(|(&key, &count)| Bin { key, count: count as u64 })
        .collect()
}

fn directory_place(meta: &FileMeta, footer: &ParquetMetaData) -> Result<(u64, usize, u32)> {
    let pairs = footer.file_metadata().key_value_metadata();
    let place = pairs.and_then(|pairs| pairs.iter().find(|pair| pair.key == DIRECTORY_KEY));
    let numbers: Option<Vec<u64>> = place
        .and_then(|pair| pair.value.as_ref())
        .and_then(|value| value.split(',').map(|n| n.parse().ok()).collect());
    match numbers.as_deref() {
        Some(&[start, len, crc]) if start.saturating_add(len) <= meta.bytes => {
            Ok((start, len as usize, crc as u32))
        }
        _ => Err(Error::corrupt(&meta.path, "it has no directory")),
    }
}

fn decode_directory(meta: &FileMeta, org: OrgId, packed: &Bytes) -> Result<Directory> {
    let directory = Directory::decode(org, packed).map_err(|e| Error::corrupt(&meta.path, e))?;
    let n_rows: u64 = directory.runs.iter().map(|r| r.n_rows).sum();
    if n_rows != meta.rows {
        return Err(Error::corrupt(&meta.path, "its directory does not add up"));
    }
    Ok(directory)
}
