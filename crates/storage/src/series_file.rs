//! Parquet files of series datasets: sorted runs, one a series, with a directory of them.
//!
//! The columns make sense to any Parquet reader (docs/formats/series.md). Between the last page and
//! the footer lies the directory, which any other reader passes over: for each run its texts, its
//! rows and its times. A scan finds its series there, and then reads only the pages of `time` and of
//! the values that hold their rows.

mod directory;
mod pages;
mod reader;
mod writer;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

pub(crate) use directory::{Directory, RunEntry};
pub(crate) use reader::{SeriesFile, SeriesFiles};
pub(crate) use writer::{Packing, SeriesWriter, WrittenFile, write_runs};

use crate::samples::SampleKind;

/// Version of the columns and of the directory.
pub(crate) const FORMAT: u32 = 1;
/// Key in the footer's metadata; the value is `offset,bytes,crc32` of the directory.
pub(crate) const DIRECTORY_KEY: &str = "procyon.directory";
pub(crate) const SORT_KEY: &str = "metric,host,device,tags,time";

/// How the values of points are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueType {
    /// All values of the file are whole numbers: `Int64`, which packs to a third.
    Whole,
    Float,
}

/// Columns of a series dataset, in order.
pub(crate) fn schema(kind: SampleKind, values: ValueType) -> SchemaRef {
    let text = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let time = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let mut fields = vec![
        Field::new("metric", text(), false),
        Field::new("host", text(), false),
        Field::new("device", text(), false),
        Field::new("tags", text(), false),
        Field::new("kind", text(), false),
        Field::new("interval", DataType::Int32, false),
        Field::new("time", time, false),
    ];
    let float = |name: &str| Field::new(name, DataType::Float64, false);
    let list = |name: &str, item: DataType| {
        Field::new(name, DataType::List(Arc::new(Field::new("item", item, false))), false)
    };
    match kind {
        SampleKind::Points => fields.push(match values {
            ValueType::Whole => Field::new("value", DataType::Int64, false),
            ValueType::Float => float("value"),
        }),
        SampleKind::Sketches => {
            fields.push(Field::new("count", DataType::Int64, false));
            fields.extend(["sum", "min", "max"].map(float));
            fields.push(list("bin_keys", DataType::Int32));
            fields.push(list("bin_counts", DataType::Int64));
        }
        SampleKind::Rollups => {
            fields.push(Field::new("count", DataType::Int64, false));
            fields.extend(["sum", "min", "max", "last"].map(float));
        }
    }
    Arc::new(Schema::new(fields))
}
