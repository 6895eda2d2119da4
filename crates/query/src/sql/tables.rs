//! Table datasets as SQL tables.
//!
//! When a statement runs, the store gives one snapshot of the rows in the range that the filters name:
//! only the newest row of each key, and no deleted ones.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use model::{Dataset, OrgId, TimeRange};
use storage::Storage;

use super::external;
use super::filters::Wanted;

/// A table dataset as a SQL table: its rows in range, newest of each key, without deleted ones.
#[derive(Debug)]
pub(super) struct Table {
    storage: Storage,
    org: OrgId,
    dataset: Dataset,
    schema: SchemaRef,
}

impl Table {
    /// `None` when the dataset is no table.
    pub(super) fn new(storage: Storage, org: OrgId, dataset: Dataset) -> Option<Self> {
        let schema = (storage::tables::definition(dataset)?.schema)();
        Some(Self { storage, org, dataset, schema })
    }
}

#[async_trait]
impl TableProvider for Table {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // A key's newest row decides, so it must be among those read: tables with a time of
        // validity are read as a whole.
        let range = match self.dataset {
            Dataset::HostTags | Dataset::HostMetadata => TimeRange::ALL,
            _ => Wanted::new(filters).range,
        };
        let rows = Rows {
            storage: self.storage.clone(),
            org: self.org,
            dataset: self.dataset,
            range,
            schema: Arc::clone(&self.schema),
        };
        let partitions: Vec<Arc<dyn PartitionStream>> = vec![Arc::new(rows)];
        let plan =
            StreamingTableExec::try_new(self.schema(), partitions, projection, [], false, None)?;
        Ok(Arc::new(plan))
    }
}

#[derive(Debug)]
struct Rows {
    storage: Storage,
    org: OrgId,
    dataset: Dataset,
    range: TimeRange,
    schema: SchemaRef,
}

impl PartitionStream for Rows {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (storage, org, dataset) = (self.storage.clone(), self.org, self.dataset);
        let range = self.range;
        let read = async move {
            let snapshot = storage.table(org, dataset, range).await.map_err(external)?;
            let batch: RecordBatch = snapshot.read().await.map_err(external)?;
            Ok(batch)
        };
        let stream = futures::stream::once(read);
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), stream))
    }
}
