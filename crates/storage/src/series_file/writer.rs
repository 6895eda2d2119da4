//! Writing a series file.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, Float64Array, Int32Array, Int32Builder, Int64Array, Int64Builder,
    ListBuilder, RecordBatch, StringArray, TimestampMillisecondArray,
};
use arrow::datatypes::{DataType, Field, Int32Type};
use model::Sketch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::{DIRECTORY_KEY, Directory, FORMAT, RunEntry, ValueType, schema};
use crate::error::{Error, Result};
use crate::samples::{Run, SampleKind, Samples};

/// Rows a page. A page is the least that a query decodes for one series: 8 Ki rows take 20 µs.
const PAGE_ROWS: usize = 8 * 1024;
/// Rows a row group. The directory and the page index prune, so groups only bound memory.
const ROW_GROUP_ROWS: usize = 1024 * 1024;
/// Rows that are handed to the Parquet writer at once.
const BATCH_ROWS: usize = 64 * 1024;
/// With at least as many rows of whole and of other values each, they get a file each.
const SPLIT_ROWS: usize = 64 * 1024;
/// Files with fewer rows are not packed.
const PACKED_ROWS_MIN: usize = 256;

/// A file in memory, ready to be put.
#[derive(Debug)]
pub(crate) struct WrittenFile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) n_rows: u64,
    pub(crate) time_min: i64,
    pub(crate) time_max: i64,
}

/// How much work goes into making a file small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// For files of a few rows, soon merged, where setting up a packer costs more than it saves.
    None,
    Quick,
    /// For files that stay.
    Hard,
}

impl Packing {
    pub(crate) fn compression(self) -> Compression {
        let zstd = |level| ZstdLevel::try_new(level).expect("BUG: zstd has levels 1 and 3");
        match self {
            Self::None => Compression::UNCOMPRESSED,
            Self::Quick => Compression::ZSTD(zstd(1)),
            Self::Hard => Compression::ZSTD(zstd(3)),
        }
    }
}

/// Writes runs, which must come sorted by key, each key once.
#[derive(Debug)]
pub(crate) struct SeriesWriter {
    kind: SampleKind,
    values: ValueType,
    writer: ArrowWriter<Vec<u8>>,
    pending: Vec<Run>,
    n_pending: usize,
    directory: Directory,
    n_rows: u64,
}

fn bug(error: ParquetError) -> Error {
    // Writing to memory: nothing but a mistake of ours can fail.
    Error::Invalid { place: "a series file".into(), what: error.to_string() }
}

impl SeriesWriter {
    pub(crate) fn new(kind: SampleKind, values: ValueType, packing: Packing) -> Result<Self> {
        let properties = properties(values, packing);
        let schema = schema(kind, values);
        let writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties)).map_err(bug)?;
        Ok(Self {
            kind,
            values,
            writer,
            pending: Vec::new(),
            n_pending: 0,
            directory: Directory::default(),
            n_rows: 0,
        })
    }

    pub(crate) fn push(&mut self, run: Run) -> Result<()> {
        let (Some(&time_min), Some(&time_max)) = (run.times.first(), run.times.last()) else {
            return Ok(());
        };
        debug_assert!(self.directory.runs.last().is_none_or(|last| last.key < run.key));
        let n_rows = run.times.len() as u64;
        self.directory.runs.push(RunEntry {
            id: run.id,
            key: run.key.clone(),
            kind: run.kind,
            interval_secs: run.interval_secs,
            row_start: self.n_rows,
            n_rows,
            time_min,
            time_max,
        });
        self.n_rows += n_rows;
        self.n_pending += run.times.len();
        self.pending.push(run);
        if self.n_pending >= BATCH_ROWS { self.write_pending() } else { Ok(()) }
    }

    fn write_pending(&mut self) -> Result<()> {
        let runs = std::mem::take(&mut self.pending);
        let batch = batch(self.kind, self.values, &runs, self.n_pending)?;
        self.n_pending = 0;
        self.writer.write(&batch).map_err(bug)
    }

    /// `None` when no row came.
    pub(crate) fn finish(mut self) -> Result<Option<WrittenFile>> {
        if self.n_rows == 0 {
            return Ok(None);
        }
        self.write_pending()?;
        self.writer.flush().map_err(bug)?;
        let directory = self.directory.encode();
        let offset = self.writer.bytes_written();
        self.writer.write_all(&directory).map_err(|e| bug(e.into()))?;
        let place = format!("{offset},{},{}", directory.len(), crc32fast::hash(&directory));
        self.writer.append_key_value_metadata(KeyValue::new(DIRECTORY_KEY.into(), place));
        let runs = &self.directory.runs;
        let time_min = runs.iter().map(|r| r.time_min).min().unwrap_or_default();
        let time_max = runs.iter().map(|r| r.time_max).max().unwrap_or_default();
        let bytes = self.writer.into_inner().map_err(bug)?;
        Ok(Some(WrittenFile { bytes, n_rows: self.n_rows, time_min, time_max }))
    }
}

/// Writes runs that are all in memory: whole numbers and others into a file each when there are many
/// of both.
pub(crate) fn write_runs(
    kind: SampleKind,
    mut runs: Vec<Run>,
    packing: Packing,
) -> Result<Vec<WrittenFile>> {
    runs.sort_by(|a, b| a.key.cmp(&b.key));
    let n_rows = |runs: &[Run]| runs.iter().map(|r| r.times.len()).sum::<usize>();
    let packing = if n_rows(&runs) < PACKED_ROWS_MIN { Packing::None } else { packing };
    let (whole, other): (Vec<Run>, Vec<Run>) = runs.into_iter().partition(Run::is_whole);
    let parts = if n_rows(&whole) >= SPLIT_ROWS && n_rows(&other) >= SPLIT_ROWS {
        vec![(ValueType::Whole, whole), (ValueType::Float, other)]
    } else if other.is_empty() {
        vec![(ValueType::Whole, whole)]
    } else {
        let mut all = whole;
        all.extend(other);
        all.sort_by(|a, b| a.key.cmp(&b.key));
        vec![(ValueType::Float, all)]
    };
    let mut files = Vec::new();
    for (values, runs) in parts {
        let mut writer = SeriesWriter::new(kind, values, packing)?;
        runs.into_iter().try_for_each(|run| writer.push(run))?;
        files.extend(writer.finish()?);
    }
    Ok(files)
}

fn properties(values: ValueType, packing: Packing) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by("procyon".into())
        .set_compression(packing.compression())
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(vec![KeyValue::new(
            "procyon.format".into(),
            format!("series {FORMAT}"),
        )]))
        .set_sorting_columns(Some(
            [0, 1, 2, 3, 6]
                .map(|column_idx| SortingColumn {
                    column_idx,
                    descending: false,
                    nulls_first: false,
                })
                .to_vec(),
        ));
    let delta = [("time", Encoding::DELTA_BINARY_PACKED)];
    let value = match values {
        ValueType::Whole => Encoding::DELTA_BINARY_PACKED,
        ValueType::Float => Encoding::BYTE_STREAM_SPLIT,
    };
    let floats = ["sum", "min", "max", "last"].map(|name| (name, Encoding::BYTE_STREAM_SPLIT));
    let counts = [("count", Encoding::DELTA_BINARY_PACKED)];
    for (name, encoding) in delta.into_iter().chain([("value", value)]).chain(floats).chain(counts)
    {
        let path = ColumnPath::from(name);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, encoding);
    }
    properties.build()
}

/// Rows of several runs as one batch.
fn batch(kind: SampleKind, values: ValueType, runs: &[Run], n_rows: usize) -> Result<RecordBatch> {
    let text = |of: fn(&Run) -> &str| -> ArrayRef {
        let mut keys = Vec::with_capacity(n_rows);
        let mut texts: Vec<&str> = Vec::new();
        for run in runs {
            let text = of(run);
            if texts.last() != Some(&text) {
                texts.push(text);
            }
            keys.resize(keys.len() + run.times.len(), texts.len() as i32 - 1);
        }
        let texts = Arc::new(StringArray::from(texts));
        let keys = Int32Array::from(keys);
        let array = DictionaryArray::<Int32Type>::try_new(keys, texts);
        Arc::new(array.expect("BUG: each key is below the number of texts"))
    };
    let mut times = Vec::with_capacity(n_rows);
    let mut intervals = Vec::with_capacity(n_rows);
    for run in runs {
        times.extend_from_slice(&run.times);
        intervals.resize(intervals.len() + run.times.len(), run.interval_secs as i32);
    }
    let mut columns: Vec<ArrayRef> = vec![
        text(|r| &r.key.metric),
        text(|r| &r.key.host),
        text(|r| &r.key.device),
        text(|r| &r.key.tags),
        text(|r| r.kind.name()),
        Arc::new(Int32Array::from(intervals)),
        Arc::new(TimestampMillisecondArray::from(times).with_timezone("UTC")),
    ];
    match kind {
        SampleKind::Points => columns.push(point_column(values, runs, n_rows)),
        SampleKind::Sketches => columns.extend(sketch_columns(runs)),
        SampleKind::Rollups => columns.extend(rollup_columns(runs)),
    }
    RecordBatch::try_new(schema(kind, values), columns)
        .map_err(|e| Error::Invalid { place: "a series file".into(), what: e.to_string() })
}

fn point_column(values: ValueType, runs: &[Run], n_rows: usize) -> ArrayRef {
    let points = runs.iter().flat_map(|run| match &run.samples {
        Samples::Points(values) => values.as_slice(),
        _ => &[],
    });
    match values {
        ValueType::Float => {
            let mut column: Vec<f64> = Vec::with_capacity(n_rows);
            column.extend(points);
            Arc::new(Float64Array::from(column))
        }
        ValueType::Whole => {
            let mut column: Vec<i64> = Vec::with_capacity(n_rows);
            column.extend(points.map(|v| *v as i64));
            Arc::new(Int64Array::from(column))
        }
    }
}

fn sketch_columns(runs: &[Run]) -> Vec<ArrayRef> {
    let sketches = || {
        runs.iter().flat_map(|run| match &run.samples {
            Samples::Sketches(sketches) => sketches.as_slice(),
            _ => &[],
        })
    };
    let float = |of: fn(&Sketch) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(sketches().map(of)))
    };
    let item = |data_type| Arc::new(Field::new("item", data_type, false));
    let mut keys = ListBuilder::new(Int32Builder::new()).with_field(item(DataType::Int32));
    let mut counts = ListBuilder::new(Int64Builder::new()).with_field(item(DataType::Int64));
    for sketch in sketches() {
        for bin in &sketch.bins {
            keys.values().append_value(bin.key);
            counts.values().append_value(bin.count as i64);
        }
        keys.append(true);
        counts.append(true);
    }
    vec![
        Arc::new(Int64Array::from_iter_values(sketches().map(|s| s.count as i64))),
        float(|s| s.sum),
        float(|s| s.min),
        float(|s| s.max),
        Arc::new(keys.finish()),
        Arc::new(counts.finish()),
    ]
}

fn rollup_columns(runs: &[Run]) -> Vec<ArrayRef> {
    let rollups = || {
        runs.iter().filter_map(|run| match &run.samples {
            Samples::Rollups(rollups) => Some(rollups),
            _ => None,
        })
    };
    let float = |of: fn(&crate::samples::RollupColumns) -> &Vec<f64>| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(rollups().flat_map(of).copied()))
    };
    vec![
        Arc::new(Int64Array::from_iter_values(
            rollups().flat_map(|r| &r.counts).map(|&count| count as i64),
        )),
        float(|r| &r.sums),
        float(|r| &r.mins),
        float(|r| &r.maxs),
        float(|r| &r.lasts),
    ]
}
