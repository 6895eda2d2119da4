use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use model::AuditEntry;

use super::Result;
use super::columns::{Reader, batch_of, schema_of, texts, time_type, times};

/// Columns by which files are sorted.
pub const SORT: &[&str] = &["time", "id"];
/// An entry delivered twice is one entry.
pub const KEY: Option<&[&str]> = Some(&["id"]);

pub fn schema() -> SchemaRef {
    schema_of([
        ("time", time_type()),
        ("id", DataType::Utf8),
        ("actor", DataType::Utf8),
        ("action", DataType::Utf8),
        ("object_kind", DataType::Utf8),
        ("object_id", DataType::Utf8),
        ("document", DataType::Utf8),
    ])
}

pub fn to_batch(rows: &[AuditEntry]) -> RecordBatch {
    let columns = vec![
        times(rows.iter().map(|r| r.time)),
        texts(rows.iter().map(|r| r.id.as_str())),
        texts(rows.iter().map(|r| r.actor.as_str())),
        texts(rows.iter().map(|r| r.action.as_str())),
        texts(rows.iter().map(|r| r.object_kind.as_str())),
        texts(rows.iter().map(|r| r.object_id.as_str())),
        texts(rows.iter().map(|r| r.document.as_str())),
    ];
    batch_of(schema(), columns)
}

/// # Errors
/// The batch lacks a column, or one has another type or a null.
pub fn from_batch(batch: &RecordBatch) -> Result<Vec<AuditEntry>> {
    let reader = Reader::new("audit", batch);
    let time = reader.times("time")?;
    let id = reader.texts("id")?;
    let actor = reader.texts("actor")?;
    let action = reader.texts("action")?;
    let object_kind = reader.texts("object_kind")?;
    let object_id = reader.texts("object_id")?;
    let document = reader.texts("document")?;
    let row = |row: usize| AuditEntry {
        id: id.value(row).to_owned(),
        time: time.value(row),
        actor: actor.value(row).to_owned(),
        action: action.value(row).to_owned(),
        object_kind: object_kind.value(row).to_owned(),
        object_id: object_id.value(row).to_owned(),
        document: document.value(row).to_owned(),
    };
    Ok((0..reader.n_rows()).map(row).collect())
}
