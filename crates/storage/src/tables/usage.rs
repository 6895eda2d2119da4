use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use model::UsageCount;

use super::Result;
use super::columns::{Reader, batch_of, ints, schema_of, texts, time_type, times};

/// Columns by which files are sorted.
pub const SORT: &[&str] = &["kind", "key", "time"];
/// Rows add up, so none replaces another.
pub const KEY: Option<&[&str]> = None;

pub fn schema() -> SchemaRef {
    schema_of([
        ("kind", DataType::Utf8),
        ("key", DataType::Utf8),
        ("time", time_type()),
        ("count", DataType::Int64),
    ])
}

pub fn to_batch(rows: &[UsageCount]) -> RecordBatch {
    let columns = vec![
        texts(rows.iter().map(|r| r.kind.as_str())),
        texts(rows.iter().map(|r| r.key.as_str())),
        times(rows.iter().map(|r| r.time)),
        ints(rows.iter().map(|r| r.count)),
    ];
    batch_of(schema(), columns)
}

/// # Errors
/// The batch lacks a column, or one has another type or a null.
pub fn from_batch(batch: &RecordBatch) -> Result<Vec<UsageCount>> {
    let reader = Reader::new("usage", batch);
    let kind = reader.texts("kind")?;
    let key = reader.texts("key")?;
    let time = reader.times("time")?;
    let count = reader.ints("count")?;
    let row = |row: usize| UsageCount {
        time: time.value(row),
        kind: kind.value(row).to_owned(),
        key: key.value(row).to_owned(),
        count: count.value(row),
    };
    Ok((0..reader.n_rows()).map(row).collect())
}
