//! Parquet files of table datasets: sorted rows, of those with one key the newest.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch, UInt32Array};
use arrow::compute::{
    SortColumn, concat_batches, filter_record_batch, lexsort_to_indices, take_record_batch,
};
use arrow::datatypes::TimestampMillisecondType;
use arrow::row::{OwnedRow, RowConverter, SortField};
use bytes::Bytes;
use model::{Dataset, TimeRange, day_of};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::catalog::{FileMeta, Tombstone};
use crate::error::{Error, Result};
use crate::series_file::{FORMAT, Packing, WrittenFile};
use crate::storage::TableSnapshot;
use crate::tables::{self, TableDefinition};

fn definition(dataset: Dataset) -> Result<&'static TableDefinition> {
    tables::definition(dataset).ok_or_else(|| Error::Invalid {
        place: dataset.to_string(),
        what: "it is not a table".into(),
    })
}

fn unfit(dataset: Dataset) -> impl Fn(arrow::error::ArrowError) -> Error {
    move |e| Error::Invalid { place: dataset.to_string(), what: e.to_string() }
}

/// Writes rows given in order of commit, one file a day.
pub(crate) fn write(dataset: Dataset, batches: &[RecordBatch]) -> Result<Vec<(i32, WrittenFile)>> {
    let table = definition(dataset)?;
    let all = concat_batches(&(table.schema)(), batches).map_err(unfit(dataset))?;
    let mut days: BTreeMap<i32, Vec<u32>> = BTreeMap::new();
    for (row, time) in times(&all)?.iter().enumerate() {
        days.entry(day_of(*time)).or_default().push(row as u32);
    }
    days.into_iter()
        .map(|(day, rows)| {
            let of_day = take_record_batch(&all, &UInt32Array::from(rows));
            let tidy = tidy(table, &of_day.map_err(unfit(dataset))?)?;
            Ok((day, write_one(&tidy)?))
        })
        .collect()
}

fn write_one(batch: &RecordBatch) -> Result<WrittenFile> {
    let bug = |e: parquet::errors::ParquetError| Error::Invalid {
        place: "a table file".into(),
        what: e.to_string(),
    };
    let packing = if batch.num_rows() < 64 { Packing::None } else { Packing::Hard };
    let format = KeyValue::new("procyon.format".into(), format!("table {FORMAT}"));
    let properties = WriterProperties::builder()
        .set_created_by("procyon".into())
        .set_compression(packing.compression())
        .set_key_value_metadata(Some(vec![format]))
        .build();
    let mut writer =
        ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).map_err(bug)?;
    writer.write(batch).map_err(bug)?;
    let bytes = writer.into_inner().map_err(bug)?;
    let times = times(batch)?;
    Ok(WrittenFile {
        bytes,
        n_rows: batch.num_rows() as u64,
        time_min: times.iter().copied().min().unwrap_or_default(),
        time_max: times.iter().copied().max().unwrap_or_default(),
    })
}

fn times(batch: &RecordBatch) -> Result<&[i64]> {
    let column = batch.column_by_name("time");
    let times = column.and_then(|c| c.as_primitive_opt::<TimestampMillisecondType>());
    times.map(|t| t.values().as_ref()).ok_or_else(|| Error::corrupt("a table", "it has no time"))
}

/// Of rows in order of commit: one for each key, the last; sorted.
fn tidy(table: &TableDefinition, batch: &RecordBatch) -> Result<RecordBatch> {
    let unfit = unfit(table.dataset);
    let batch = match table.key {
        Some(key) => newest_by_key(batch, key).map_err(&unfit)?,
        None => batch.clone(),
    };
    let columns = table
        .sort
        .iter()
        .filter_map(|name| batch.column_by_name(name))
        .map(|column| SortColumn { values: Arc::clone(column), options: None })
        .collect::<Vec<_>>();
    let order = lexsort_to_indices(&columns, None).map_err(&unfit)?;
    take_record_batch(&batch, &order).map_err(&unfit)
}

fn newest_by_key(
    batch: &RecordBatch,
    key: &[&str],
) -> Result<RecordBatch, arrow::error::ArrowError> {
    let columns: Vec<_> =
        key.iter().filter_map(|name| batch.column_by_name(name)).map(Arc::clone).collect();
    let fields = columns.iter().map(|c| SortField::new(c.data_type().clone())).collect();
    let rows = RowConverter::new(fields)?.convert_columns(&columns)?;
    let mut newest: HashMap<OwnedRow, usize> = HashMap::with_capacity(batch.num_rows());
    for (i, row) in rows.iter().enumerate() {
        newest.insert(row.owned(), i);
    }
    if newest.len() == batch.num_rows() {
        return Ok(batch.clone());
    }
    let mut kept = vec![false; batch.num_rows()];
    newest.into_values().for_each(|i| kept[i] = true);
    filter_record_batch(batch, &BooleanArray::from(kept))
}

/// Reads a whole file, checking its checksum, less the rows that were deleted after it was written.
pub(crate) async fn read(
    store: &Arc<dyn ObjectStore>,
    meta: &FileMeta,
    tombstones: &[Tombstone],
) -> Result<Vec<RecordBatch>> {
    let bytes = fetch(store, meta).await?;
    let corrupt = |e: &dyn ToString| Error::corrupt(&meta.path, e.to_string());
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|e| corrupt(&e))?;
    let reader = reader.with_batch_size(64 * 1024).build().map_err(|e| corrupt(&e))?;
    let mut batches = Vec::new();
    for batch in reader {
        let mut batch = batch.map_err(|e| corrupt(&e))?;
        for tombstone in tombstones.iter().filter(|t| t.id > meta.id) {
            batch = without(&batch, tombstone)?;
        }
        batches.push(batch);
    }
    Ok(batches)
}

/// A whole file, checked against the checksum in the catalog.
pub(crate) async fn fetch(store: &Arc<dyn ObjectStore>, meta: &FileMeta) -> Result<Bytes> {
    let unavailable = |e| Error::unavailable(format!("read {}", meta.path), e);
    let object = store.get(&Path::from(meta.path.as_str())).await.map_err(unavailable)?;
    let bytes = object.bytes().await.map_err(unavailable)?;
    if crc32fast::hash(&bytes) != meta.checksum {
        return Err(Error::corrupt(&meta.path, "it fails its checksum"));
    }
    Ok(bytes)
}

fn without(batch: &RecordBatch, tombstone: &Tombstone) -> Result<RecordBatch> {
    let times = times(batch)?;
    let mut kept: Vec<bool> = times.iter().map(|&t| !tombstone.range.contains(t)).collect();
    for (column, value) in &tombstone.equals {
        let texts = batch.column_by_name(column).and_then(|c| c.as_string_opt::<i32>());
        for (i, kept) in kept.iter_mut().enumerate() {
            *kept |= texts.is_none_or(|texts| texts.value(i) != value);
        }
    }
    let unfit = |e: arrow::error::ArrowError| Error::corrupt("a table", e);
    filter_record_batch(batch, &BooleanArray::from(kept)).map_err(unfit)
}

impl TableSnapshot {
    /// Reads all rows: in range, without deleted ones, of those with one key only the newest;
    /// sorted by the dataset's sort columns.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Corrupt`] when a file cannot be read.
    pub async fn read(&self) -> Result<RecordBatch> {
        let table = definition(self.dataset)?;
        let mut batches = Vec::new();
        for file in &self.files {
            batches.extend(read(&self.store, file, &self.tombstones).await?);
        }
        batches.extend(self.batches.iter().cloned());
        let schema = (table.schema)();
        let all = concat_batches(&schema, &batches).map_err(unfit(self.dataset))?;
        let tidy = tidy(table, &all)?;
        if self.range == TimeRange::ALL {
            return Ok(tidy);
        }
        let inside = times(&tidy)?.iter().map(|&t| self.range.contains(t)).collect::<Vec<_>>();
        filter_record_batch(&tidy, &BooleanArray::from(inside)).map_err(unfit(self.dataset))
    }
}
