//! Service checks: `POST /api/v1/check_run`.

use axum::response::Response;
use model::Dataset;
use storage::{Rows, tables};

use crate::answer::{self, Result};
use crate::call::{Call, Tally};

pub(crate) async fn process(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await?;
    let decoded = sender.decode(wire::check_run::decode).await?;
    let tally = Tally::of(decoded.accepted, &decoded.refused);
    let batch = tables::service_checks::to_batch(&decoded.batch);
    let rows = Rows::Table { org: sender.org(), dataset: Dataset::ServiceChecks, batch };
    let errors = sender.store(vec![rows], tally).await?;
    Ok(answer::status_ok(&errors))
}
