use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use model::HostMetadata;

use super::Result;
use super::columns::{Reader, batch_of, schema_of, texts, time_type, times};

/// Columns by which files are sorted.
pub const SORT: &[&str] = &["host", "kind", "time"];
/// Only the newest document of each kind is kept.
pub const KEY: Option<&[&str]> = Some(&["host", "kind"]);

pub fn schema() -> SchemaRef {
    schema_of([
        ("host", DataType::Utf8),
        ("kind", DataType::Utf8),
        ("time", time_type()),
        ("document", DataType::Utf8),
    ])
}

pub fn to_batch(rows: &[HostMetadata]) -> RecordBatch {
    let columns = vec![
        texts(rows.iter().map(|r| r.host.as_str())),
        texts(rows.iter().map(|r| r.kind.as_str())),
        times(rows.iter().map(|r| r.time)),
        texts(rows.iter().map(|r| r.document.as_str())),
    ];
    batch_of(schema(), columns)
}

/// # Errors
/// The batch lacks a column, or one has another type or a null.
pub fn from_batch(batch: &RecordBatch) -> Result<Vec<HostMetadata>> {
    let reader = Reader::new("host_metadata", batch);
    let host = reader.texts("host")?;
    let kind = reader.texts("kind")?;
    let time = reader.times("time")?;
    let document = reader.texts("document")?;
    let row = |row: usize| HostMetadata {
        host: host.value(row).to_owned(),
        kind: kind.value(row).to_owned(),
        time: time.value(row),
        document: document.value(row).to_owned(),
    };
    Ok((0..reader.n_rows()).map(row).collect())
}
