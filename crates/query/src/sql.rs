//! SQL over the stored tables, for people.
//!
//! Each dataset is a table of its own name with the columns of its Parquet files (docs/formats); the
//! rollup tiers are not shown, for they repeat the points. A statement sees only the rows of its org.
//! It may only read: nothing is created, changed or written, no file or address is opened.
//! What a filter says about times, metrics and hosts is handed to the store ([`filters`]), the rest
//! is DataFusion's.

mod filters;
mod series;
mod tables;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use model::{Dataset, OrgId};
use serde_json::Value;

use crate::Engine;
use crate::error::{Error, Result};

/// Longest statement, in bytes. Far longer than people write; short enough to parse in no time.
const STATEMENT_BYTES_MAX: usize = 64 * 1024;
/// Threads that one statement keeps busy. A machine of two cores serves more than one.
const N_PARTITIONS: usize = 2;

/// The rows of a statement.
#[derive(Clone, Debug)]
pub struct SqlAnswer {
    pub schema: SchemaRef,
    pub batches: Vec<RecordBatch>,
    /// Why this is not all, as a sentence; `None` when it is.
    pub partial: Option<String>,
}

impl SqlAnswer {
    /// Name and type of each column.
    pub fn columns(&self) -> Vec<(String, String)> {
        let fields = self.schema.fields().iter();
        fields.map(|field| (field.name().clone(), field.data_type().to_string())).collect()
    }

    /// The rows as JSON, values in the order of the columns.
    ///
    /// # Errors
    /// `Invalid` when a column has a type that JSON cannot show.
    pub fn rows(&self) -> Result<Vec<Vec<Value>>> {
        let mut rows = Vec::new();
        let fields = self.schema.fields();
        for batch in &self.batches {
            let mut bytes = Vec::new();
            let mut writer = arrow::json::ArrayWriter::new(&mut bytes);
            let written = writer.write(batch).and_then(|()| writer.finish());
            written.map_err(|e| Error::invalid(format!("cannot show the rows as JSON: {e}")))?;
            if batch.num_rows() == 0 {
                continue;
            }
            let objects: Vec<serde_json::Map<String, Value>> = serde_json::from_slice(&bytes)
                .map_err(|e| Error::bug(format!("rows were written as broken JSON: {e}")))?;
            rows.extend(objects.into_iter().map(|mut object| {
                let value = |name: &String| object.remove(name).unwrap_or(Value::Null);
                fields.iter().map(|field| field.name()).map(value).collect::<Vec<_>>()
            }));
        }
        Ok(rows)
    }
}

impl Engine {
    /// Runs one statement that reads.
    ///
    /// # Errors
    /// `Invalid` for what cannot be planned or calculated, `Limited` for want of memory, `Timeout`,
    /// and those of the store.
    pub async fn sql(&self, org: OrgId, text: &str) -> Result<SqlAnswer> {
        if text.len() > STATEMENT_BYTES_MAX {
            return Err(Error::limited(format!(
                "a statement of {} bytes is longer than {STATEMENT_BYTES_MAX}",
                text.len()
            )));
        }
        self.within_deadline(self.run_sql(org, text)).await
    }

    async fn run_sql(&self, org: OrgId, text: &str) -> Result<SqlAnswer> {
        let context = self.session(org)?;
        let only_reads = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        let frame = context.sql_with_options(text, only_reads).await?;
        let mut stream = frame.execute_stream().await?;
        let mut answer = SqlAnswer { schema: stream.schema(), batches: Vec::new(), partial: None };
        let (mut rows_left, mut bytes_left) = (self.limits().rows_max, self.limits().memory_bytes);
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            let n_rows = batch.num_rows();
            let n_bytes = batch.get_array_memory_size();
            if n_rows > rows_left || n_bytes > bytes_left {
                answer.batches.push(batch.slice(0, n_rows.min(rows_left)));
                answer.partial = Some(format!(
                    "only the first {} rows are shown: add a LIMIT or aggregate",
                    self.limits().rows_max - rows_left + n_rows.min(rows_left)
                ));
                break;
            }
            (rows_left, bytes_left) = (rows_left - n_rows, bytes_left - n_bytes);
            answer.batches.push(batch);
        }
        Ok(answer)
    }

    fn session(&self, org: OrgId) -> Result<SessionContext> {
        let no_disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(GreedyMemoryPool::new(self.limits().memory_bytes)))
            .with_disk_manager_builder(no_disk)
            .build_arc()?;
        let config =
            SessionConfig::new().with_target_partitions(N_PARTITIONS).with_information_schema(true);
        let context = SessionContext::new_with_config_rt(config, runtime);
        let storage = self.storage()?;
        for dataset in Dataset::ALL {
            let name = dataset.name();
            if dataset.is_series() {
                if let Some(table) = series::SeriesTable::new(storage.clone(), org, dataset) {
                    context.register_table(name, Arc::new(table))?;
                }
            } else if let Some(table) = tables::Table::new(storage.clone(), org, dataset) {
                context.register_table(name, Arc::new(table))?;
            }
        }
        Ok(context)
    }
}

/// An error of the store on its way through DataFusion.
fn external(error: storage::Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
