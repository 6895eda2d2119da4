//! How anything is changed: one transaction that holds the write lock and writes the audit trail.
//!
//! Flow: [`Control::change`] takes the lock and a change number; the caller reads, checks and
//! writes; [`Change::audit`] adds a row for each object changed; [`Change::commit`] makes it durable
//! and drops what authentication remembers. The commit runs in a task of its own, so that a client
//! that goes away cannot leave a revoked key in memory.
//!
//! Invariant: numbers grow in the order of commits, on PostgreSQL too, because the counter's row is
//! the lock. So the outbox can be read up to an id and nothing appears below it later.

use model::OrgId;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::{Row, Tx, args};
use crate::{Actor, Control, Error, Result};

/// Larger JSON is kept in the audit trail as its digest only, so that the outbox stays small.
const AUDIT_JSON_BYTES_MAX: usize = 16 << 10;
/// Bits of an audit id below the change number: how many objects one change may touch.
const AUDIT_ROW_BITS: u32 = 16;
/// Rows that [`Control::audit_take`] answers at most.
const AUDIT_TAKE_MAX: usize = 1000;

/// What was done to an object, in the audit trail's words.
/// Source: docs.datadoghq.com "Audit Trail Events" (`@action`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Created,
    Modified,
    Deleted,
    Restored,
    Accessed,
    Login,
}

impl Action {
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Modified => "modified",
            Self::Deleted => "deleted",
            Self::Restored => "restored",
            Self::Accessed => "accessed",
            Self::Login => "login",
        }
    }
}

/// The object that a change is about.
pub(crate) struct Subject<'a> {
    pub(crate) kind: &'a str,
    pub(crate) id: String,
    pub(crate) name: &'a str,
}

/// A row of the audit trail on its way to the `audit` dataset.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditRecord {
    /// Grows in the order of the changes; not dense.
    pub id: i64,
    pub org: OrgId,
    pub time_ms: i64,
    pub actor: Option<Uuid>,
    pub actor_name: String,
    /// `application_key`, `access_token`, `session` or `system`.
    pub via: String,
    /// An [`Action`]'s name.
    pub action: String,
    /// `user`, `role`, `api_key`, or the kind of a document.
    pub kind: String,
    pub object: String,
    pub name: String,
    /// The object before and after; large ones as `{"sha256", "bytes"}`. Secrets are never in it.
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// A change under way. Dropped without [`Self::commit`] it leaves nothing behind.
pub(crate) struct Change {
    control: Control,
    pub(crate) tx: Tx,
    pub(crate) actor: Actor,
    pub(crate) now_ms: i64,
    number: i64,
    audit_rows: i64,
    touches_auth: bool,
}

impl Control {
    pub(crate) async fn change(&self, actor: &Actor) -> Result<Change> {
        let mut tx = self.inner.db.begin().await?;
        let sql = "UPDATE counters SET value = value + 1 WHERE name = 'change' RETURNING value";
        let row = tx.one(sql, args![]).await?;
        let row = row.ok_or_else(|| Error::Corrupt("the change counter is gone".to_owned()))?;
        Ok(Change {
            control: self.clone(),
            tx,
            actor: actor.clone(),
            now_ms: self.inner.clock.now_ms(),
            number: row.int(0)?,
            audit_rows: 0,
            touches_auth: false,
        })
    }

    /// The oldest audit records that [`Self::audit_done`] has not removed, at most `limit` and 1000.
    pub async fn audit_take(&self, limit: usize) -> Result<Vec<AuditRecord>> {
        let sql = "SELECT id, org, time_ms, actor, actor_name, via, action, kind, object, name, \
                   before, after FROM audit_outbox ORDER BY id LIMIT $1";
        let limit = limit.min(AUDIT_TAKE_MAX) as i64;
        let rows = self.inner.db.all(sql, args![limit]).await?;
        rows.iter().map(audit_record).collect()
    }

    /// Removes the records up to this id: they are durable elsewhere.
    pub async fn audit_done(&self, up_to: i64) -> Result<()> {
        let mut tx = self.inner.db.begin().await?;
        tx.run("DELETE FROM audit_outbox WHERE id <= $1", args![up_to]).await?;
        tx.commit().await
    }
}

fn audit_record(row: &Row) -> Result<AuditRecord> {
    Ok(AuditRecord {
        id: row.int(0)?,
        org: row.org(1)?,
        time_ms: row.int(2)?,
        actor: row.opt_uuid(3)?,
        actor_name: row.text(4)?,
        via: row.text(5)?,
        action: row.text(6)?,
        kind: row.text(7)?,
        object: row.text(8)?,
        name: row.text(9)?,
        before: row.opt_json(10)?,
        after: row.opt_json(11)?,
    })
}

impl Change {
    pub(crate) fn control(&self) -> &Control {
        &self.control
    }

    pub(crate) fn org(&self) -> OrgId {
        self.actor.org
    }

    /// Says that keys, users, roles or sessions change: what authentication remembers is void.
    pub(crate) fn touches_auth(&mut self) {
        self.touches_auth = true;
    }

    /// Writes the audit row of one changed object.
    pub(crate) async fn audit(
        &mut self,
        action: Action,
        subject: Subject<'_>,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<()> {
        self.audit_rows += 1;
        if self.audit_rows >> AUDIT_ROW_BITS != 0 {
            return Err(Error::invalid("data", "one change may touch at most 65535 objects"));
        }
        let sql = "INSERT INTO audit_outbox (id, time_ms, org, actor, actor_name, via, action, \
                   kind, object, name, before, after) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let args = args![
            self.number << AUDIT_ROW_BITS | self.audit_rows,
            self.now_ms,
            self.actor.org,
            self.actor.user,
            &self.actor.name,
            self.actor.via,
            action.name(),
            subject.kind,
            subject.id,
            subject.name,
            before.map(audit_json),
            after.map(audit_json),
        ];
        self.tx.run(sql, args).await.map(drop)
    }

    /// Makes the change durable. When this returns, authentication knows nothing older.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let task = tokio::spawn(async move {
            if self.touches_auth {
                let sql = "UPDATE counters SET value = $1 WHERE name = 'auth'";
                self.tx.run(sql, args![self.number]).await?;
            }
            let result = self.tx.commit().await;
            // After an error nobody knows whether the change is in: forget in either case.
            if self.touches_auth {
                self.control.inner.auth.forget();
            }
            self.control.inner.changes.send_replace(self.number);
            result
        });
        task.await.map_err(|error| Error::unavailable("committing a change", error))?
    }
}

fn audit_json(value: Value) -> String {
    let text = value.to_string();
    if text.len() <= AUDIT_JSON_BYTES_MAX {
        return text;
    }
    json!({"sha256": hex::encode(Sha256::digest(&text)), "bytes": text.len()}).to_string()
}
