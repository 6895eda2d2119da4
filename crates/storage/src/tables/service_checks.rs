use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use model::{CheckStatus, ServiceCheck};

use super::Result;
use super::columns::{Reader, batch_of, ints, schema_of, tags, tags_type, texts, time_type, times};

/// Columns by which files are sorted.
pub const SORT: &[&str] = &["check", "host", "time"];
/// Every run of a check stands for itself.
pub const KEY: Option<&[&str]> = None;

pub fn schema() -> SchemaRef {
    schema_of([
        ("check", DataType::Utf8),
        ("host", DataType::Utf8),
        ("time", time_type()),
        ("status", DataType::Int64),
        ("message", DataType::Utf8),
        ("tags", tags_type()),
    ])
}

pub fn to_batch(rows: &[ServiceCheck]) -> RecordBatch {
    let columns = vec![
        texts(rows.iter().map(|r| r.check.as_str())),
        texts(rows.iter().map(|r| r.host.as_str())),
        times(rows.iter().map(|r| r.time)),
        ints(rows.iter().map(|r| r.status as i64)),
        texts(rows.iter().map(|r| r.message.as_str())),
        tags(rows.iter().map(|r| &r.tags)),
    ];
    batch_of(schema(), columns)
}

/// # Errors
/// The batch lacks a column, or one has another type, a null, or a status that does not exist.
pub fn from_batch(batch: &RecordBatch) -> Result<Vec<ServiceCheck>> {
    let reader = Reader::new("service_checks", batch);
    let check = reader.texts("check")?;
    let host = reader.texts("host")?;
    let time = reader.times("time")?;
    let status = reader.ints("status")?;
    let message = reader.texts("message")?;
    let tags = reader.tags("tags")?;
    let status_of = |row: usize| {
        let number = status.value(row);
        u8::try_from(number)
            .ok()
            .and_then(CheckStatus::from_u8)
            .ok_or_else(|| reader.error("status", format!("row {row} has the status {number}")))
    };
    (0..reader.n_rows())
        .map(|row| {
            Ok(ServiceCheck {
                check: check.value(row).to_owned(),
                host: host.value(row).to_owned(),
                time: time.value(row),
                status: status_of(row)?,
                message: message.value(row).to_owned(),
                tags: tags.get(row),
            })
        })
        .collect()
}
