use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use model::HostTags;

use super::Result;
use super::columns::{Reader, batch_of, schema_of, tags, tags_type, texts, time_type, times};

/// Columns by which files are sorted.
pub const SORT: &[&str] = &["host", "source", "time"];
/// With the time, since what a host's tags were in the past is asked for too.
pub const KEY: Option<&[&str]> = Some(&["host", "source", "time"]);

pub fn schema() -> SchemaRef {
    schema_of([
        ("host", DataType::Utf8),
        ("source", DataType::Utf8),
        ("time", time_type()),
        ("tags", tags_type()),
    ])
}

pub fn to_batch(rows: &[HostTags]) -> RecordBatch {
    let columns = vec![
        texts(rows.iter().map(|r| r.host.as_str())),
        texts(rows.iter().map(|r| r.source.as_str())),
        times(rows.iter().map(|r| r.time)),
        tags(rows.iter().map(|r| &r.tags)),
    ];
    batch_of(schema(), columns)
}

/// # Errors
/// The batch lacks a column, or one has another type or a null.
pub fn from_batch(batch: &RecordBatch) -> Result<Vec<HostTags>> {
    let reader = Reader::new("host_tags", batch);
    let host = reader.texts("host")?;
    let source = reader.texts("source")?;
    let time = reader.times("time")?;
    let tags = reader.tags("tags")?;
    let row = |row: usize| HostTags {
        host: host.value(row).to_owned(),
        source: source.value(row).to_owned(),
        tags: tags.get(row),
        time: time.value(row),
    };
    Ok((0..reader.n_rows()).map(row).collect())
}
