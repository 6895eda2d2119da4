//! The table datasets: their columns, and rows in and out of Arrow.
//!
//! One file a dataset, each with `schema`, `to_batch`, `from_batch`, `SORT` and `KEY`; generic code
//! asks [`definition`]. The columns are the same in buffers and files, so they are a promise:
//! docs/formats/tables.md. Every table has `time`, a UTC timestamp in milliseconds; no column is
//! null, what is absent is empty or 0; tags are lists of text, which DuckDB and SQL can unnest.
//!
//! Reading checks what it gets: batches come from files that may be damaged or older.

pub mod audit;
mod columns;
pub mod events;
pub mod host_metadata;
pub mod host_tags;
pub mod service_checks;
#[cfg(test)]
mod tests;
pub mod usage;

use arrow::datatypes::SchemaRef;
use model::Dataset;

/// Why a batch cannot be read as rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column} of {table}: {what}")]
pub struct Error {
    pub table: &'static str,
    pub column: String,
    pub what: String,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What generic code needs to know of a table dataset.
#[derive(Clone, Copy, Debug)]
pub struct TableDefinition {
    pub dataset: Dataset,
    pub schema: fn() -> SchemaRef,
    /// Columns by which files are sorted, ascending.
    pub sort: &'static [&'static str],
    /// Columns that identify a row: of several rows with the same values the one committed last
    /// stands, the others do not exist. `None`: every row stands for itself.
    pub key: Option<&'static [&'static str]>,
}

static DEFINITIONS: [TableDefinition; 6] = [
    TableDefinition {
        dataset: Dataset::HostTags,
        schema: host_tags::schema,
        sort: host_tags::SORT,
        key: host_tags::KEY,
    },
    TableDefinition {
        dataset: Dataset::HostMetadata,
        schema: host_metadata::schema,
        sort: host_metadata::SORT,
        key: host_metadata::KEY,
    },
    TableDefinition {
        dataset: Dataset::Events,
        schema: events::schema,
        sort: events::SORT,
        key: events::KEY,
    },
    TableDefinition {
        dataset: Dataset::ServiceChecks,
        schema: service_checks::schema,
        sort: service_checks::SORT,
        key: service_checks::KEY,
    },
    TableDefinition {
        dataset: Dataset::Audit,
        schema: audit::schema,
        sort: audit::SORT,
        key: audit::KEY,
    },
    TableDefinition {
        dataset: Dataset::Usage,
        schema: usage::schema,
        sort: usage::SORT,
        key: usage::KEY,
    },
];

/// The definition of a table dataset; `None` for the series datasets.
pub fn definition(dataset: Dataset) -> Option<&'static TableDefinition> {
    DEFINITIONS.iter().find(|t| t.dataset == dataset)
}
