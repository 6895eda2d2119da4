//! Points and sketches as SQL tables, one row a point.
//!
//! A scan of the store is planned when the statement runs, with the times, metrics and hosts of its
//! filters; its chunks of series are read one after another as rows are asked for, so that a large
//! scan needs the memory of one chunk. Only the columns that the statement names are made.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, Float64Array, Int32Array, Int64Array, ListArray, RecordBatch,
    RecordBatchOptions, StringArray, TimestampMillisecondArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef, TimeUnit};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::{Stream, TryStreamExt};
use model::{Dataset, OrgId, SeriesRef, Sketch};
use storage::{ScanRequest, ScanSeries, SeriesData, SeriesPart, SeriesScan, Storage};

use super::external;
use super::filters::Wanted;

/// A raw series dataset as a SQL table.
#[derive(Debug)]
pub(super) struct SeriesTable {
    storage: Storage,
    org: OrgId,
    dataset: Dataset,
    schema: SchemaRef,
}

impl SeriesTable {
    /// `None` for rollup tiers: a scan answers from them by itself, and they repeat the points.
    pub(super) fn new(storage: Storage, org: OrgId, dataset: Dataset) -> Option<Self> {
        let schema = schema(dataset)?;
        Some(Self { storage, org, dataset, schema })
    }
}

/// The columns of the dataset's files; whole numbers and floats alike are shown as floats.
fn schema(dataset: Dataset) -> Option<SchemaRef> {
    let text = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let time = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let texts = ["metric", "host", "device", "tags", "kind"];
    let mut fields: Vec<Field> =
        texts.into_iter().map(|name| Field::new(name, text(), false)).collect();
    fields.push(Field::new("interval", DataType::Int32, false));
    fields.push(Field::new("time", time, false));
    let float = |name: &str| Field::new(name, DataType::Float64, false);
    match dataset {
        Dataset::Points => fields.push(float("value")),
        Dataset::Sketches => {
            fields.push(Field::new("count", DataType::Int64, false));
            fields.extend(["sum", "min", "max"].map(float));
            fields.push(list_field("bin_keys", DataType::Int32));
            fields.push(list_field("bin_counts", DataType::Int64));
        }
        _ => return None,
    }
    Some(Arc::new(Schema::new(fields)))
}

fn list_field(name: &str, item: DataType) -> Field {
    Field::new(name, DataType::List(Arc::new(Field::new("item", item, false))), false)
}

#[async_trait]
impl TableProvider for SeriesTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => Arc::clone(&self.schema),
        };
        let rows = SeriesRows {
            storage: self.storage.clone(),
            org: self.org,
            dataset: self.dataset,
            wanted: Wanted::new(filters),
            schema: Arc::clone(&schema),
        };
        let partitions: Vec<Arc<dyn PartitionStream>> = vec![Arc::new(rows)];
        let plan = StreamingTableExec::try_new(schema, partitions, None, [], false, None)?;
        Ok(Arc::new(plan))
    }
}

/// The rows of one scan; the schema holds the columns that are wanted.
#[derive(Clone, Debug)]
struct SeriesRows {
    storage: Storage,
    org: OrgId,
    dataset: Dataset,
    wanted: Wanted,
    schema: SchemaRef,
}

impl PartitionStream for SeriesRows {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let stream = futures::stream::once(self.clone().plan()).try_flatten();
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), stream))
    }
}

impl SeriesRows {
    async fn plan(self) -> Result<impl Stream<Item = Result<RecordBatch>>> {
        let is_in = |list: &Option<Vec<String>>, text: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|wanted| wanted == text))
        };
        let metric = match self.wanted.metrics.as_deref() {
            Some([metric]) => Some(metric.clone()),
            _ => None,
        };
        let request = ScanRequest {
            org: self.org,
            dataset: self.dataset,
            metric,
            range: self.wanted.range,
            bucket_ms: None,
        };
        let select = |key: SeriesRef<'_>| {
            is_in(&self.wanted.metrics, key.metric) && is_in(&self.wanted.hosts, key.host)
        };
        let scan = self.storage.scan(request, &select).await.map_err(external)?;
        let chunks = scan.chunks().into_iter();
        let state = (Arc::new(scan), chunks, self);
        Ok(futures::stream::try_unfold(state, |(scan, mut chunks, rows)| async move {
            let Some(chunk) = chunks.next() else {
                return Ok(None);
            };
            let data = scan.read(chunk).await.map_err(external)?;
            let batch = rows.batch(&scan, &data)?;
            Ok(Some((batch, (scan, chunks, rows))))
        }))
    }

    fn batch(&self, scan: &SeriesScan, data: &[SeriesData]) -> Result<RecordBatch> {
        let runs: Vec<(&ScanSeries, &SeriesData, usize)> = data
            .iter()
            .map(|series| {
                let n_rows = series.parts.iter().map(|part| times(part).len()).sum();
                (&scan.series()[series.index], series, n_rows)
            })
            .collect();
        let n_rows = runs.iter().map(|(_, _, n)| n).sum();
        let columns: Vec<ArrayRef> =
            self.schema.fields().iter().map(|field| column(field.name(), &runs)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(n_rows));
        let schema = Arc::clone(&self.schema);
        Ok(RecordBatch::try_new_with_options(schema, columns, &options)?)
    }
}

type Runs<'a> = [(&'a ScanSeries, &'a SeriesData, usize)];

fn times(part: &SeriesPart) -> &[i64] {
    match part {
        SeriesPart::Points { times, .. } | SeriesPart::Sketches { times, .. } => times,
        // Not asked for, and not to be mixed up with points.
        SeriesPart::Rollups(_) | SeriesPart::SketchRollups { .. } => &[],
    }
}

fn column(name: &str, runs: &Runs<'_>) -> ArrayRef {
    let parts = || runs.iter().flat_map(|(_, series, _)| &series.parts);
    let sketches = || {
        parts().flat_map(|part| match part {
            SeriesPart::Sketches { sketches, .. } => sketches.as_slice(),
            _ => &[],
        })
    };
    let floats = |value: fn(&Sketch) -> f64| -> ArrayRef {
        Arc::new(sketches().map(value).collect::<Float64Array>())
    };
    match name {
        "metric" => texts(runs, |series| &series.key.metric),
        "host" => texts(runs, |series| &series.key.host),
        "device" => texts(runs, |series| &series.key.device),
        "tags" => texts(runs, |series| &series.key.tags),
        "kind" => texts(runs, |series| series.kind.name()),
        "interval" => {
            let interval = |(series, _, n): &(&ScanSeries, _, usize)| {
                std::iter::repeat_n(series.interval_secs as i32, *n)
            };
            Arc::new(Int32Array::from_iter_values(runs.iter().flat_map(interval)))
        }
        "time" => {
            let times: Vec<i64> = parts().flat_map(times).copied().collect();
            Arc::new(TimestampMillisecondArray::from(times).with_timezone("UTC"))
        }
        "value" => Arc::new(Float64Array::from_iter_values(parts().flat_map(|part| match part {
            SeriesPart::Points { values, .. } => values.iter().copied(),
            _ => [].iter().copied(),
        }))),
        "count" => Arc::new(Int64Array::from_iter_values(sketches().map(|s| s.count as i64))),
        "sum" => floats(|sketch| sketch.sum),
        "min" => floats(|sketch| sketch.min),
        "max" => floats(|sketch| sketch.max),
        _ => bins(name, sketches()),
    }
}

fn bins<'a>(name: &str, sketches: impl Iterator<Item = &'a Sketch> + Clone) -> ArrayRef {
    let offsets = OffsetBuffer::from_lengths(sketches.clone().map(|sketch| sketch.bins.len()));
    let bins = sketches.flat_map(|sketch| &sketch.bins);
    let (item, values): (DataType, ArrayRef) = if name == "bin_keys" {
        (DataType::Int32, Arc::new(Int32Array::from_iter_values(bins.map(|bin| bin.key))))
    } else {
        let counts = bins.map(|bin| bin.count as i64);
        (DataType::Int64, Arc::new(Int64Array::from_iter_values(counts)))
    };
    Arc::new(ListArray::new(Arc::new(Field::new("item", item, false)), offsets, values, None))
}

/// One text a series, as a dictionary of the distinct ones.
fn texts<'a>(runs: &Runs<'a>, text: impl Fn(&'a ScanSeries) -> &'a str) -> ArrayRef {
    let mut index: hashbrown::HashMap<&str, i32> = hashbrown::HashMap::new();
    let mut values: Vec<&str> = Vec::new();
    let mut keys: Vec<i32> = Vec::new();
    for (series, _, n) in runs {
        let text = text(series);
        let key = *index.entry(text).or_insert_with(|| {
            values.push(text);
            values.len() as i32 - 1
        });
        keys.extend(std::iter::repeat_n(key, *n));
    }
    let values = Arc::new(StringArray::from(values));
    Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::from(keys), values))
}
