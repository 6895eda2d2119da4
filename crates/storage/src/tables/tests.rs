use std::fmt::Debug;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use bytes::Bytes;
use model::{
    AlertType, AuditEntry, CheckStatus, Event, EventPriority, HostMetadata, HostTags, ServiceCheck,
    TagSet, UsageCount,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;

use super::*;

fn as_parquet(batch: &RecordBatch) -> RecordBatch {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).unwrap();
    let schema = Arc::clone(reader.schema());
    let batches: Vec<_> = reader.build().unwrap().map(|b| b.unwrap()).collect();
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

/// The same columns, nullable and with text as views and in dictionaries, as engines hand them out.
fn as_engine(batch: &RecordBatch) -> RecordBatch {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let view_list = DataType::List(Arc::new(Field::new("item", DataType::Utf8View, true)));
    let mut n_texts = 0;
    let columns: Vec<ArrayRef> = batch
        .columns()
        .iter()
        .map(|column| match column.data_type() {
            DataType::Utf8 => {
                n_texts += 1;
                let kinds = [&DataType::Utf8View, &DataType::LargeUtf8, &dictionary];
                cast(column, kinds[n_texts % 3]).unwrap()
            }
            DataType::List(_) => cast(column, &view_list).unwrap(),
            DataType::Timestamp(unit, _) => {
                cast(column, &DataType::Timestamp(*unit, Some("+00:00".into()))).unwrap()
            }
            _ => Arc::clone(column),
        })
        .collect();
    let names = batch.schema();
    let fields: Vec<Field> = names
        .fields()
        .iter()
        .zip(&columns)
        .map(|(field, column)| Field::new(field.name(), column.data_type().clone(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

/// Columns backwards, with one more in front.
fn shuffled(batch: &RecordBatch) -> RecordBatch {
    let mut columns: Vec<(String, ArrayRef)> = vec![(
        "of_the_future".into(),
        Arc::new(Int64Array::from(vec![None::<i64>; batch.num_rows()])) as ArrayRef,
    )];
    let schema = batch.schema();
    let named = schema.fields().iter().zip(batch.columns()).rev();
    columns.extend(named.map(|(field, column)| (field.name().clone(), Arc::clone(column))));
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true)))
        .unwrap()
}

fn check_round_trip<T: PartialEq + Debug>(
    rows: &[T],
    schema: SchemaRef,
    to_batch: fn(&[T]) -> RecordBatch,
    from_batch: fn(&RecordBatch) -> Result<Vec<T>>,
) {
    let batch = to_batch(rows);
    assert_eq!(batch.schema(), schema);
    assert_eq!(from_batch(&batch).unwrap(), rows);
    let stored = as_parquet(&batch);
    assert_eq!(stored, batch, "through Parquet");
    assert_eq!(from_batch(&as_engine(&batch)).unwrap(), rows, "in the forms of an engine");
    assert_eq!(from_batch(&shuffled(&batch)).unwrap(), rows, "in another order");
    let half = rows.len() / 2;
    let slice = batch.slice(half, rows.len() - half);
    assert_eq!(from_batch(&slice).unwrap(), rows[half..], "a part of it");
    assert_eq!(from_batch(&as_engine(&slice)).unwrap(), rows[half..]);

    for (i, field) in schema.fields().iter().enumerate() {
        let mut less = batch.clone();
        less.remove_column(i);
        let error = from_batch(&less).unwrap_err();
        assert_eq!(
            (error.column.as_str(), error.what.as_str()),
            (field.name().as_str(), "missing")
        );

        let mut columns = batch.columns().to_vec();
        columns[i] = Arc::new(arrow::array::BooleanArray::from(vec![true; rows.len()]));
        let error = from_batch(&renamed(&schema, columns)).unwrap_err();
        assert_eq!(error.column, *field.name());
        assert!(error.what.contains("has type Boolean instead of"), "{error}");

        let mut columns = batch.columns().to_vec();
        columns[i] = arrow::array::new_null_array(field.data_type(), rows.len());
        let error = from_batch(&renamed(&schema, columns)).unwrap_err();
        assert_eq!(
            (error.column.as_str(), error.what.as_str()),
            (field.name().as_str(), "row 0 is null")
        );
    }
}

/// A batch of other columns under the names of a schema.
fn renamed(schema: &SchemaRef, columns: Vec<ArrayRef>) -> RecordBatch {
    let named = schema.fields().iter().zip(columns);
    let named = named.map(|(field, column)| (field.name().clone(), column, true));
    RecordBatch::try_from_iter_with_nullable(named).unwrap()
}

fn any_tags() -> impl Strategy<Value = TagSet> {
    prop::collection::vec("[a-zäß][a-z0-9:._/-]{0,8}", 0..4)
        .prop_map(|tags| TagSet::new(tags.iter().map(String::as_str)))
}

prop_compose! {
    fn any_event()(
        (id, time, related_event_id) in any::<(i64, i64, i64)>(),
        texts in prop::collection::vec("\\PC{0,8}|.{0,4}", 8),
        tags in any_tags(),
        low in any::<bool>(),
        alert_type in 0..AlertType::ALL.len(),
    ) -> Event {
        let [title, text, host, aggregation_key, source, event_type, device, category] =
            <[String; 8]>::try_from(texts).unwrap();
        Event {
            id, time, title, text, host, tags,
            priority: if low { EventPriority::Low } else { EventPriority::Normal },
            alert_type: AlertType::ALL[alert_type],
            aggregation_key, source, event_type, device, related_event_id, category,
            attributes: "{\"a\":[1]}".into(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn events_come_back(rows in prop::collection::vec(any_event(), 1..20)) {
        check_round_trip(&rows, events::schema(), events::to_batch, events::from_batch);
    }

    #[test]
    fn service_checks_come_back(
        rows in prop::collection::vec((any::<i64>(), 0..4_u8, ".{0,4}", any_tags()), 1..20)
    ) {
        let rows: Vec<_> = rows.into_iter().map(|(time, status, text, tags)| ServiceCheck {
            check: format!("c{text}"),
            host: format!("h{text}"),
            time,
            status: CheckStatus::from_u8(status).unwrap(),
            message: text,
            tags,
        }).collect();
        use service_checks::{from_batch, schema, to_batch};
        check_round_trip(&rows, schema(), to_batch, from_batch);
    }

    #[test]
    fn hosts_come_back(rows in prop::collection::vec((any::<i64>(), ".{0,4}", any_tags()), 1..20)) {
        let host_tags: Vec<_> = rows.iter().map(|(time, text, tags)| HostTags {
            host: format!("h{text}"),
            source: format!("s{text}"),
            tags: tags.clone(),
            time: *time,
        }).collect();
        use super::{host_metadata, host_tags as table};
        check_round_trip(&host_tags, table::schema(), table::to_batch, table::from_batch);
        let documents: Vec<_> = rows.into_iter().map(|(time, text, _)| HostMetadata {
            host: format!("h{text}"),
            kind: format!("k{text}"),
            time,
            document: text,
        }).collect();
        use host_metadata::{from_batch, schema, to_batch};
        check_round_trip(&documents, schema(), to_batch, from_batch);
    }

    #[test]
    fn audit_and_usage_come_back(
        rows in prop::collection::vec((any::<i64>(), ".{0,4}", any::<i64>()), 1..20)
    ) {
        let entries: Vec<_> = rows.iter().map(|(time, text, _)| AuditEntry {
            id: format!("i{text}"),
            time: *time,
            actor: format!("a{text}"),
            action: format!("b{text}"),
            object_kind: format!("k{text}"),
            object_id: format!("o{text}"),
            document: text.clone(),
        }).collect();
        check_round_trip(&entries, audit::schema(), audit::to_batch, audit::from_batch);
        let counts: Vec<_> = rows.into_iter().map(|(time, text, count)| UsageCount {
            time,
            kind: format!("k{text}"),
            key: text,
            count,
        }).collect();
        check_round_trip(&counts, usage::schema(), usage::to_batch, usage::from_batch);
    }
}

#[test]
fn no_rows_are_no_rows() {
    assert_eq!(events::from_batch(&events::to_batch(&[])).unwrap(), []);
    assert_eq!(service_checks::from_batch(&service_checks::to_batch(&[])).unwrap(), []);
    assert_eq!(host_tags::from_batch(&host_tags::to_batch(&[])).unwrap(), []);
    assert_eq!(host_metadata::from_batch(&host_metadata::to_batch(&[])).unwrap(), []);
    assert_eq!(audit::from_batch(&audit::to_batch(&[])).unwrap(), []);
    assert_eq!(usage::from_batch(&usage::to_batch(&[])).unwrap(), []);
}

#[test]
fn values_that_do_not_exist_are_errors() {
    let with = |batch: RecordBatch, name: &str, column: ArrayRef| {
        let mut columns = batch.columns().to_vec();
        columns[batch.schema().index_of(name).unwrap()] = column;
        renamed(&batch.schema(), columns)
    };
    let text = |words: &[&str]| Arc::new(StringArray::from(words.to_vec())) as ArrayRef;
    let two = events::to_batch(&[Event::default(), Event::default()]);
    for column in ["priority", "alert_type"] {
        let known = two.column_by_name(column).unwrap().as_string::<i32>().value(0).to_owned();
        let batch = with(two.clone(), column, text(&[&known, "loud"]));
        let error = events::from_batch(&batch).unwrap_err();
        let want = format!("column {column} of events: row 1 has the unknown word \"loud\"");
        assert_eq!(error.to_string(), want);
    }
    let check = ServiceCheck {
        check: "c".into(),
        host: "h".into(),
        time: 0,
        status: CheckStatus::Ok,
        message: String::new(),
        tags: TagSet::default(),
    };
    for status in [4, -1, 256, i64::MIN] {
        let column = Arc::new(Int64Array::from(vec![status]));
        let batch = service_checks::to_batch(std::slice::from_ref(&check));
        let error = service_checks::from_batch(&with(batch, "status", column)).unwrap_err();
        let want = format!("column status of service_checks: row 0 has the status {status}");
        assert_eq!(error.to_string(), want);
    }

    let mut lists = arrow::array::ListBuilder::new(arrow::array::StringBuilder::new());
    lists.append_value([Some("a:b"), None]);
    let batch = service_checks::to_batch(std::slice::from_ref(&check));
    let error =
        service_checks::from_batch(&with(batch, "tags", Arc::new(lists.finish()))).unwrap_err();
    assert_eq!(error.to_string(), "column tags of service_checks: has a null tag");

    // A time of another unit or without a zone would be read as another time.
    let batch = service_checks::to_batch(std::slice::from_ref(&check));
    for kind in [
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Timestamp(TimeUnit::Millisecond, None),
        DataType::Int64,
    ] {
        let time = cast(batch.column_by_name("time").unwrap(), &kind).unwrap();
        let error = service_checks::from_batch(&with(batch.clone(), "time", time)).unwrap_err();
        assert!(error.what.contains("has type"), "{error}");
    }
}

#[test]
fn definitions_fit_their_schemas() {
    for dataset in Dataset::ALL {
        let Some(table) = definition(dataset) else {
            assert!(dataset.is_series(), "{dataset} has no definition");
            continue;
        };
        assert!(!dataset.is_series());
        assert_eq!(table.dataset, dataset);
        let schema = (table.schema)();
        let time = schema.field_with_name("time").unwrap();
        assert_eq!(*time.data_type(), columns::time_type(), "{dataset}");
        assert!(schema.fields().iter().all(|f| !f.is_nullable()), "{dataset}");
        for name in table.sort.iter().chain(table.key.unwrap_or_default()) {
            assert!(schema.field_with_name(name).is_ok(), "{dataset}: no column {name}");
        }
    }
}

/// The page is the promise: a column that it does not name, or names otherwise, is a change of format.
#[test]
fn the_format_page_names_every_column() {
    let page = include_str!("../../../../docs/formats/tables.md");
    for table in &DEFINITIONS {
        let heading = format!("\n## `{}`\n", table.dataset);
        let section = page.split(&heading).nth(1).expect("a section of each table");
        let section = section.split("\n## ").next().unwrap_or_default();
        let rows: Vec<(&str, &str)> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
            .map(|(name, rest)| (name, rest.split(" |").next().unwrap_or_default()))
            .collect();
        let schema = (table.schema)();
        let want: Vec<(&str, &str)> = schema
            .fields()
            .iter()
            .map(|field| {
                let kind = match field.data_type() {
                    DataType::Utf8 => "text",
                    DataType::Int64 => "integer",
                    DataType::List(_) => "list of text",
                    DataType::Timestamp(..) => "time",
                    _ => "?",
                };
                (field.name().as_str(), kind)
            })
            .collect();
        assert_eq!(rows, want, "{}", table.dataset);
        let list =
            |names: &[&str]| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        let key = table.key.map_or("none".into(), list);
        let line = format!("Sorted by {}. Key: {key}", list(table.sort));
        assert!(section.contains(&line), "{}: no line {line:?}", table.dataset);
    }
}
