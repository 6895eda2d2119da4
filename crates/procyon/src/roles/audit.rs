use std::collections::BTreeMap;
use std::time::Duration;

use base::{Clock, Shutdown};
use control::{AuditRecord, Control};
use model::{AuditEntry, Dataset, OrgId};
use storage::{Rows, Storage};

/// Records moved at a time.
const BATCH: usize = 500;
/// How long after a change that was missed, or a failure, the outbox is looked at again.
const EVERY: Duration = Duration::from_secs(5);

/// Moves audit records from control's outbox to the `audit` dataset until the shutdown.
///
/// A record leaves the outbox only after it is durable in the dataset. A crash in between moves it
/// again; the dataset keeps one row an id.
pub(crate) async fn feed(control: Control, storage: Storage, clock: Clock, shutdown: Shutdown) {
    let mut changes = control.changes();
    loop {
        changes.mark_unchanged();
        let more = match move_some(&control, &storage).await {
            Ok(moved) => moved == BATCH,
            Err(error) => {
                tracing::warn!(error = base::report(&*error), "cannot store audit records");
                false
            }
        };
        if shutdown.is_stopping() && !more {
            return;
        }
        if more {
            continue;
        }
        tokio::select! {
            () = shutdown.wait() => {}
            Ok(()) = changes.changed() => {}
            () = clock.sleep(EVERY) => {}
        }
        // The last look after the shutdown's sign moves what came with the last requests.
    }
}

async fn move_some(
    control: &Control,
    storage: &Storage,
) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    let records = control.audit_take(BATCH).await?;
    let Some(last) = records.last().map(|record| record.id) else { return Ok(0) };
    let n = records.len();
    let mut by_org: BTreeMap<OrgId, Vec<AuditEntry>> = BTreeMap::new();
    for record in records {
        by_org.entry(record.org).or_default().push(entry(record));
    }
    let rows = by_org.into_iter().map(|(org, entries)| Rows::Table {
        org,
        dataset: Dataset::Audit,
        batch: storage::tables::audit::to_batch(&entries),
    });
    storage.append(rows.collect()).await?;
    control.audit_done(last).await?;
    Ok(n)
}

fn entry(record: AuditRecord) -> AuditEntry {
    let document = serde_json::json!({
        "via": record.via,
        "actor_name": record.actor_name,
        "name": record.name,
        "before": record.before,
        "after": record.after,
    });
    AuditEntry {
        id: record.id.to_string(),
        time: record.time_ms,
        actor: record.actor.map_or(record.actor_name, |id| id.to_string()),
        action: record.action,
        object_kind: record.kind,
        object_id: record.object,
        document: document.to_string(),
    }
}
