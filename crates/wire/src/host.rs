//! What hosts say of themselves: `/intake/` (metadata v5) and the inventories of `/api/v1/metadata`.
//!
//! An `/intake/` body is of one or more sorts, told apart by its keys: `events`; `agent_checks`
//! (with `external_host_tags`); `resources`; `gohai`, `systemStats` or `meta` (metadata of the host,
//! with `host-tags`). Documents are kept as JSON text, less the keys that hold secrets and those that
//! are kept apart. Source: the Agent's `comp/metadata/host/hostimpl` and `comp/metadata/*/README.md`.

use model::{Event, HOST_BYTES_MAX, HostMetadata, HostTags, normalize_host};
use serde_json::{Map, Value};

use crate::{Context, Decoded, Error, ITEMS_PER_BODY_MAX, Refusals, document};

/// An `/intake/` body, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Intake {
    /// Empty when the body does not say.
    pub host: String,
    pub events: Decoded<Vec<Event>>,
    pub host_tags: Vec<HostTags>,
    pub external_host_tags: Vec<HostTags>,
    /// Of kind `host` (the metadata), `agent_checks` or `resources`.
    pub documents: Vec<HostMetadata>,
    /// Entries of the `metrics` array of Agents before 6, which is not read.
    pub n_legacy_metrics: u64,
    /// Parts of the body other than events that were refused.
    pub refused: Refusals,
}

/// Keys of the body that never go into a document: the secret, and what is kept elsewhere.
const NOT_METADATA: [&str; 7] = [
    "apiKey",
    "agent_checks",
    "external_host_tags",
    "resources",
    "events",
    "metrics",
    "service_checks",
];
/// Keys that say that the body is metadata of the host.
const METADATA_KEYS: [&str; 4] = ["gohai", "systemStats", "host-tags", "install-method"];

pub fn decode_intake(body: &[u8], context: Context) -> Result<Intake, Error> {
    let Value::Object(mut body) = document::parse(body)? else {
        return Err(Error::invalid("bad_payload", "the body is not an object"));
    };
    let host = host_of(&body);
    let events = match body.get("events") {
        Some(Value::Null) | None => {
            Decoded { batch: Vec::new(), accepted: 0, refused: Refusals::default() }
        }
        Some(events) => crate::events::from_intake(events, &host, context)?,
    };
    let mut intake = Intake {
        host: host.clone(),
        events,
        host_tags: Vec::new(),
        external_host_tags: Vec::new(),
        documents: Vec::new(),
        n_legacy_metrics: body.get("metrics").and_then(Value::as_array).map_or(0, Vec::len) as u64,
        refused: Refusals::default(),
    };
    intake.read_host_tags(&body, context.now_ms);
    intake.read_external_host_tags(body.get("external_host_tags"), context.now_ms)?;
    let is_metadata = METADATA_KEYS.iter().any(|key| body.contains_key(*key));
    for kind in ["agent_checks", "resources"] {
        if let Some(value) = body.get(kind).filter(|v| !v.is_null()) {
            intake.add_document(kind, value.to_string(), context);
        }
    }
    if is_metadata {
        body.retain(|key, _| !NOT_METADATA.contains(&key.as_str()));
        unfold_gohai(&mut body);
        intake.add_document("host", Value::Object(body).to_string(), context);
    }
    Ok(intake)
}

fn host_of(body: &Map<String, Value>) -> String {
    let meta = body.get("meta").and_then(|meta| meta.get("hostname"));
    let named = [body.get("internalHostname"), meta];
    let name = named.into_iter().flatten().filter_map(Value::as_str).find(|name| !name.is_empty());
    name.and_then(normalize_host).unwrap_or_default().into_owned()
}

/// The Agent sends `gohai` as JSON within a string; a document that can be queried has no such.
fn unfold_gohai(body: &mut Map<String, Value>) {
    if let Some(gohai) = body.get_mut("gohai")
        && let Some(Ok(value @ Value::Object(_))) =
            gohai.as_str().map(serde_json::from_str::<Value>)
    {
        *gohai = value;
    }
}

/// The name under which a source of tags is kept: the Agent calls its own `system`.
fn source_name(source: &str) -> String {
    if source == "system" { "datadog".to_string() } else { source.to_lowercase() }
}

impl Intake {
    fn read_host_tags(&mut self, body: &Map<String, Value>, time: i64) {
        let Some(Value::Object(sources)) = body.get("host-tags") else { return };
        if self.host.is_empty() {
            self.refused.refuse(1, "missing_host", || "host-tags without internalHostname".into());
            return;
        }
        for source in sources.keys().filter(|source| source.len() <= HOST_BYTES_MAX) {
            self.host_tags.push(HostTags {
                host: self.host.clone(),
                source: source_name(source),
                tags: document::tags(&body["host-tags"], source),
                time,
            });
        }
    }

    /// `[[host, {source: [tags]}], …]`
    fn read_external_host_tags(&mut self, sent: Option<&Value>, time: i64) -> Result<(), Error> {
        let Some(Value::Array(hosts)) = sent else { return Ok(()) };
        for (i, pair) in hosts.iter().enumerate() {
            let name = pair.get(0).and_then(Value::as_str).and_then(normalize_host);
            let sources = pair.get(1).and_then(Value::as_object);
            let (Some(host), Some(sources)) = (name.filter(|n| !n.is_empty()), sources) else {
                self.refused.refuse(1, "bad_external_host_tags", || {
                    format!("external_host_tags[{i}]: is not a pair of host and sources")
                });
                continue;
            };
            if self.external_host_tags.len() + sources.len() > ITEMS_PER_BODY_MAX {
                return Err(Error::TooLarge { what: "items", max: ITEMS_PER_BODY_MAX });
            }
            for source in sources.keys().filter(|source| source.len() <= HOST_BYTES_MAX) {
                self.external_host_tags.push(HostTags {
                    host: host.to_string(),
                    source: source_name(source),
                    tags: document::tags(&pair[1], source),
                    time,
                });
            }
        }
        Ok(())
    }

    fn add_document(&mut self, kind: &str, document: String, context: Context) {
        if self.host.is_empty() {
            self.refused.refuse(1, "missing_host", || format!("{kind} without internalHostname"));
            return;
        }
        let (host, kind) = (self.host.clone(), kind.to_string());
        self.documents.push(HostMetadata { host, kind, time: context.now_ms, document });
    }
}

/// `POST /api/v1/metadata`: `{"hostname", "uuid", "timestamp": nanoseconds, KIND: {…}, …}`.
///
/// Bodies of clusters have no `hostname`: they are kept under the cluster's name. A time that is too
/// far from now is taken for now.
pub fn decode_inventory(body: &[u8], context: Context) -> Result<Vec<HostMetadata>, Error> {
    const NOT_KINDS: [&str; 6] =
        ["hostname", "uuid", "timestamp", "clustername", "cluster_id", "cluster_name"];
    let Value::Object(body) = document::parse(body)? else {
        return Err(Error::invalid("bad_payload", "the body is not an object"));
    };
    let names = ["hostname", "clustername", "cluster_name", "uuid"];
    let host = names
        .into_iter()
        .filter_map(|key| body.get(key).and_then(Value::as_str))
        .filter(|name| !name.is_empty())
        .find_map(normalize_host)
        .ok_or_else(|| Error::invalid("missing_host", "`hostname` is required, a string"))?
        .into_owned();
    let nanos = body.get("timestamp").and_then(Value::as_i64).unwrap_or(0);
    let time = document::check_secs(nanos / 1_000_000_000, context.now_ms)
        .map_or(context.now_ms, |_| nanos / 1_000_000);
    let kinds = body.iter().filter(|(key, value)| {
        !NOT_KINDS.contains(&key.as_str()) && (value.is_object() || value.is_array())
    });
    let documents: Vec<_> = kinds
        .filter(|(kind, _)| kind.len() <= HOST_BYTES_MAX)
        .map(|(kind, value)| HostMetadata {
            host: host.clone(),
            kind: kind.clone(),
            time,
            document: value.to_string(),
        })
        .collect();
    if documents.is_empty() {
        return Err(Error::invalid("bad_payload", "the body holds no kind of metadata"));
    }
    Ok(documents)
}

#[cfg(test)]
mod tests;
