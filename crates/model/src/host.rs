use serde::{Deserialize, Serialize};

use crate::TagSet;

/// The tags that one source gives to a host, from a moment on until the next row of that source.
/// Key: (host, source). No tags means that the source has taken its tags back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostTags {
    pub host: String,
    /// Who says so: `datadog` (the Agent's own), `users` (set by API), `aws`, `chef`, …
    pub source: String,
    pub tags: TagSet,
    /// Unix milliseconds.
    pub time: i64,
}

/// What an Agent last said about a host, one document of each kind. Key: (host, kind).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostMetadata {
    pub host: String,
    /// `host` (metadata v5), `agent`, `inventory_agent`, `inventory_host`, `gohai`, …
    pub kind: String,
    /// Unix milliseconds.
    pub time: i64,
    /// JSON text as it was sent.
    pub document: String,
}
