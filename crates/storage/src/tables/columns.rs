//! The few column types that tables are made of, written from and read as plain Rust values.
//!
//! A reader takes columns by name, so that their order and columns added later do not matter, and
//! accepts the other Arrow forms of the same thing that engines hand out (text views, dictionaries).

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, ListArray, ListBuilder, RecordBatch, StringArray,
    StringBuilder, TimestampMillisecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Field, FieldRef, Int64Type, Schema, SchemaRef, TimeUnit, TimestampMillisecondType,
};
use model::TagSet;

use super::{Error, Result};

const UTC: &str = "UTC";

/// Text in a list. `element` is the name that Parquet's specification gives it.
fn element() -> FieldRef {
    Arc::new(Field::new("element", DataType::Utf8, false))
}

pub(super) fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some(UTC.into()))
}

pub(super) fn tags_type() -> DataType {
    DataType::List(element())
}

pub(super) fn schema_of<const N: usize>(columns: [(&str, DataType); N]) -> SchemaRef {
    let fields = columns.map(|(name, kind)| Field::new(name, kind, false));
    Arc::new(Schema::new(fields.to_vec()))
}

/// The batch of these columns. Both sides stand in one file, so that they cannot disagree.
pub(super) fn batch_of(schema: SchemaRef, columns: Vec<ArrayRef>) -> RecordBatch {
    RecordBatch::try_new(schema, columns)
        .expect("BUG: to_batch gives the columns of its own schema, of one length")
}

pub(super) fn times(values: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(TimestampMillisecondArray::from_iter_values(values).with_timezone(UTC))
}

pub(super) fn ints(values: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

pub(super) fn texts<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

pub(super) fn tags<'a>(values: impl Iterator<Item = &'a TagSet>) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new()).with_field(element());
    for set in values {
        for tag in set.iter() {
            lists.values().append_value(tag);
        }
        lists.append(true);
    }
    Arc::new(lists.finish())
}

/// Takes columns out of a batch.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    table: &'static str,
    batch: &'a RecordBatch,
}

/// Tags of each row.
#[derive(Debug)]
pub(super) struct TagsColumn {
    lists: ListArray,
    values: StringArray,
}

impl<'a> Reader<'a> {
    pub(super) fn new(table: &'static str, batch: &'a RecordBatch) -> Self {
        Self { table, batch }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.batch.num_rows()
    }

    pub(super) fn error(&self, column: &str, what: impl Into<String>) -> Error {
        Error { table: self.table, column: column.into(), what: what.into() }
    }

    fn column(&self, name: &str, want: &DataType) -> Result<ArrayRef> {
        let Some(array) = self.batch.column_by_name(name) else {
            return Err(self.error(name, "missing"));
        };
        let have = array.data_type();
        let array = if have == want {
            Arc::clone(array)
        } else if is_same_thing(have, want) {
            cast(array, want).map_err(|e| self.error(name, format!("unreadable: {e}")))?
        } else {
            return Err(self.error(name, format!("has type {have} instead of {want}")));
        };
        // By the values, not the mask: a dictionary can be null through its values.
        if let Some(row) = (0..array.len()).find(|&row| array.is_null(row)) {
            return Err(self.error(name, format!("row {row} is null")));
        }
        Ok(array)
    }

    pub(super) fn times(&self, name: &str) -> Result<TimestampMillisecondArray> {
        Ok(self.column(name, &time_type())?.as_primitive::<TimestampMillisecondType>().clone())
    }

    pub(super) fn ints(&self, name: &str) -> Result<Int64Array> {
        Ok(self.column(name, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
    }

    pub(super) fn texts(&self, name: &str) -> Result<StringArray> {
        Ok(self.column(name, &DataType::Utf8)?.as_string::<i32>().clone())
    }

    pub(super) fn tags(&self, name: &str) -> Result<TagsColumn> {
        // The cast keeps a null element whatever the field says, hence the check below.
        let nullable = DataType::List(Arc::new(Field::new("element", DataType::Utf8, true)));
        let want = match self.batch.column_by_name(name).map(|c| c.data_type()) {
            Some(have) if *have == tags_type() => tags_type(),
            _ => nullable,
        };
        let lists = self.column(name, &want)?.as_list::<i32>().clone();
        let values = lists.values().as_string::<i32>().clone();
        if values.null_count() > 0 {
            return Err(self.error(name, "has a null tag"));
        }
        Ok(TagsColumn { lists, values })
    }
}

impl TagsColumn {
    pub(super) fn get(&self, row: usize) -> TagSet {
        let offsets = self.lists.value_offsets();
        let range = offsets[row] as usize..offsets[row + 1] as usize;
        TagSet::new(range.map(|i| self.values.value(i)))
    }
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

/// Whether `have` is another form of `want` that loses nothing.
fn is_same_thing(have: &DataType, want: &DataType) -> bool {
    match want {
        DataType::Utf8 => is_text(have),
        DataType::List(_) => match have {
            DataType::List(of) | DataType::LargeList(of) => is_text(of.data_type()),
            _ => false,
        },
        DataType::Timestamp(unit, Some(_)) => {
            matches!(have, DataType::Timestamp(other, Some(_)) if other == unit)
        }
        _ => false,
    }
}
