//! What hosts say of themselves: `/intake/` and the inventories.

use axum::response::Response;
use model::{Dataset, HostMetadata, HostTags, OutcomeKind, Reason};
use storage::{Rows, tables};
use wire::Refusals;

use crate::answer::{self, Result};
use crate::call::{Call, Sender, Tally};
use crate::events;

/// Points of DogStatsD carry the start of their bucket, so those of an Agent's first moments are a
/// little older than the tags that it has sent before them. Source: the Agent's time sampler.
const BUCKET_MS: i64 = 10_000;

/// `POST /intake/`: metadata, tags, events of a host, in any mixture. Each host's tags of a source,
/// each document and each event is a unit.
pub(crate) async fn intake(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await?;
    let mut intake = sender.decode(wire::host::decode_intake).await?;
    for event in &mut intake.events.batch {
        event.id = sender.state.event_ids.next(sender.now_ms());
    }
    let mut tags = [intake.host_tags, intake.external_host_tags].concat();
    for tags in &mut tags {
        tags.time -= tags.time.rem_euclid(BUCKET_MS);
    }
    let n_units = intake.events.batch.len() + tags.len() + intake.documents.len();
    let mut tally = Tally::of(n_units as u64, &intake.events.refused);
    tally.add(&intake.refused);
    if intake.n_legacy_metrics > 0 {
        let message = "metrics of Agents before version 6 are not read";
        let reason = Reason::new("legacy_metrics", message);
        tally.refuse(OutcomeKind::Discarded, intake.n_legacy_metrics, reason);
    }
    let mut rows = Vec::new();
    if !intake.events.batch.is_empty() {
        rows.push(events::rows(&sender, &intake.events.batch));
    }
    rows.extend(tag_rows(&sender, &tags));
    rows.extend(document_rows(&sender, &intake.documents));
    let errors = sender.store(rows, tally).await?;
    Ok(answer::status_ok(&errors))
}

/// `POST /api/v1/metadata`: inventories of the Agent, its checks and its host.
pub(crate) async fn inventory(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await?;
    let documents = sender.decode(wire::host::decode_inventory).await?;
    let tally = Tally::of(documents.len() as u64, &Refusals::default());
    let rows = document_rows(&sender, &documents).into_iter().collect();
    let errors = sender.store(rows, tally).await?;
    Ok(answer::status_ok(&errors))
}

fn tag_rows(sender: &Sender, tags: &[HostTags]) -> Option<Rows> {
    let batch = (!tags.is_empty()).then(|| tables::host_tags::to_batch(tags))?;
    Some(Rows::Table { org: sender.org(), dataset: Dataset::HostTags, batch })
}

fn document_rows(sender: &Sender, documents: &[HostMetadata]) -> Option<Rows> {
    let batch = (!documents.is_empty()).then(|| tables::host_metadata::to_batch(documents))?;
    Some(Rows::Table { org: sender.org(), dataset: Dataset::HostMetadata, batch })
}
