use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use model::{AlertType, Event, EventPriority};

use super::Result;
use super::columns::{Reader, batch_of, ints, schema_of, tags, tags_type, texts, time_type, times};

/// Columns by which files are sorted.
pub const SORT: &[&str] = &["time", "id"];
/// An event sent again with its id replaces the one before.
pub const KEY: Option<&[&str]> = Some(&["id"]);

pub fn schema() -> SchemaRef {
    schema_of([
        ("time", time_type()),
        ("id", DataType::Int64),
        ("title", DataType::Utf8),
        ("text", DataType::Utf8),
        ("host", DataType::Utf8),
        ("tags", tags_type()),
        ("priority", DataType::Utf8),
        ("alert_type", DataType::Utf8),
        ("aggregation_key", DataType::Utf8),
        ("source", DataType::Utf8),
        ("event_type", DataType::Utf8),
        ("device", DataType::Utf8),
        ("related_event_id", DataType::Int64),
        ("category", DataType::Utf8),
        ("attributes", DataType::Utf8),
    ])
}

pub fn to_batch(rows: &[Event]) -> RecordBatch {
    let columns = vec![
        times(rows.iter().map(|r| r.time)),
        ints(rows.iter().map(|r| r.id)),
        texts(rows.iter().map(|r| r.title.as_str())),
        texts(rows.iter().map(|r| r.text.as_str())),
        texts(rows.iter().map(|r| r.host.as_str())),
        tags(rows.iter().map(|r| &r.tags)),
        texts(rows.iter().map(|r| r.priority.name())),
        texts(rows.iter().map(|r| r.alert_type.name())),
        texts(rows.iter().map(|r| r.aggregation_key.as_str())),
        texts(rows.iter().map(|r| r.source.as_str())),
        texts(rows.iter().map(|r| r.event_type.as_str())),
        texts(rows.iter().map(|r| r.device.as_str())),
        ints(rows.iter().map(|r| r.related_event_id)),
        texts(rows.iter().map(|r| r.category.as_str())),
        texts(rows.iter().map(|r| r.attributes.as_str())),
    ];
    batch_of(schema(), columns)
}

/// # Errors
/// The batch lacks a column, or one has another type, a null, or a word that nothing here writes.
pub fn from_batch(batch: &RecordBatch) -> Result<Vec<Event>> {
    let reader = Reader::new("events", batch);
    let time = reader.times("time")?;
    let id = reader.ints("id")?;
    let title = reader.texts("title")?;
    let text = reader.texts("text")?;
    let host = reader.texts("host")?;
    let tags = reader.tags("tags")?;
    let priority = reader.texts("priority")?;
    let alert_type = reader.texts("alert_type")?;
    let aggregation_key = reader.texts("aggregation_key")?;
    let source = reader.texts("source")?;
    let event_type = reader.texts("event_type")?;
    let device = reader.texts("device")?;
    let related_event_id = reader.ints("related_event_id")?;
    let category = reader.texts("category")?;
    let attributes = reader.texts("attributes")?;
    let unknown = |column: &str, row: usize, word: &str| {
        reader.error(column, format!("row {row} has the unknown word {word:?}"))
    };
    (0..reader.n_rows())
        .map(|row| {
            Ok(Event {
                id: id.value(row),
                time: time.value(row),
                title: title.value(row).to_owned(),
                text: text.value(row).to_owned(),
                host: host.value(row).to_owned(),
                tags: tags.get(row),
                priority: EventPriority::from_name(priority.value(row))
                    .ok_or_else(|| unknown("priority", row, priority.value(row)))?,
                alert_type: AlertType::from_name(alert_type.value(row))
                    .ok_or_else(|| unknown("alert_type", row, alert_type.value(row)))?,
                aggregation_key: aggregation_key.value(row).to_owned(),
                source: source.value(row).to_owned(),
                event_type: event_type.value(row).to_owned(),
                device: device.value(row).to_owned(),
                related_event_id: related_event_id.value(row),
                category: category.value(row).to_owned(),
                attributes: attributes.value(row).to_owned(),
            })
        })
        .collect()
}
