use serde::{Deserialize, Serialize};

/// One thing that somebody did to something: a line of the audit trail. Key: id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: String,
    /// Unix milliseconds.
    pub time: i64,
    /// Who: a user's handle or a key's id.
    pub actor: String,
    /// `created`, `modified`, `deleted`, `login`, …
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    /// JSON text: what there is to say beyond that.
    pub document: String,
}

/// How much of something was taken in or refused from `time` on. Rows add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageCount {
    /// Unix milliseconds.
    pub time: i64,
    /// What is counted: `points`, `events`, `dropped`, …
    pub kind: String,
    /// By what it is told apart: a metric, a route and reason, …
    pub key: String,
    pub count: i64,
}
