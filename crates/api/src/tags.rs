//! Tags of hosts that people set, and those that Agents and clouds report: `/api/v1/tags/hosts`.
//!
//! A change is a new row of the source's tags from now on. Queries join the newest row of each
//! source, so it takes effect at once, for old points as far as they have no older row.

use std::collections::{BTreeMap, BTreeSet};

use control::Permission;
use model::TagSet;
use query::host_tags::HostTags;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::telemetry;

/// Tags that people may set on one host.
const TAGS_MAX: usize = 1000;

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::HOSTS_READ);
    let write = Need::Permission(Permission::HOST_TAGS_WRITE);
    let host = "/api/v1/tags/hosts/{host_name}";
    routes
        .get("/api/v1/tags/hosts", read, list)
        .get(host, read, get)
        .post(host, write, |call| set(call, false))
        .put(host, write, |call| set(call, true))
        .delete(host, write, delete)
}

/// Sources as `tags_by_source` names them; others are named as they are.
const LABELS: [(&str, &str); 3] =
    [("datadog", "Datadog"), ("users", "Users"), ("aws", "Amazon Web Services")];

pub(crate) fn source_label(source: &str) -> String {
    let label = LABELS.iter().find(|(name, _)| *name == source);
    label.map_or(source, |(_, label)| label).to_owned()
}

/// The source that a call is about; people's own when a write names none.
fn source(call: &Call) -> Option<String> {
    let text = call.query.get("source")?.to_lowercase();
    let label = LABELS.iter().find(|(_, label)| label.to_lowercase() == text);
    Some(label.map_or(text, |(name, _)| (*name).to_owned()))
}

/// The host's newest tags of one source, or of all.
fn tags_of<'a>(tags: &'a HostTags, host: &str, source: Option<&str>) -> BTreeSet<&'a str> {
    let texts = tags.by_source(host).filter(|(name, _)| source.is_none_or(|s| s == *name));
    texts.flat_map(|(_, text)| text.split(',')).filter(|tag| !tag.is_empty()).collect()
}

/// Which hosts have each tag.
async fn list(call: Call) -> Result<Answer> {
    let tags = telemetry::host_tags(&call).await?;
    let source = source(&call);
    let mut by_tag: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for host in tags.hosts() {
        for tag in tags_of(&tags, host, source.as_deref()) {
            by_tag.entry(tag).or_default().insert(host);
        }
    }
    Ok(Answer::ok(json!({"tags": by_tag})))
}

async fn get(call: Call) -> Result<Answer> {
    let host = call.segment("host_name");
    let tags = telemetry::host_tags(&call).await?;
    let source = source(&call);
    let found = tags_of(&tags, host, source.as_deref());
    if found.is_empty() && !is_known(&call, &tags, host).await? {
        return Err(Error::not_found(format!("host {host} not found")));
    }
    Ok(Answer::ok(json!({"tags": found})))
}

/// A host without tags is known when it reports.
async fn is_known(call: &Call, tags: &HostTags, host: &str) -> Result<bool> {
    if tags.by_source(host).next().is_some() {
        return Ok(true);
    }
    let select = |key: model::SeriesRef<'_>| key.host == host;
    let range = telemetry::last(call, 30 * 86_400);
    Ok(!telemetry::series(call, None, range, &select).await?.is_empty())
}

/// Adds tags to those of the source, or replaces them.
async fn set(call: Call, replace: bool) -> Result<Answer> {
    let host = call.segment("host_name");
    let host = model::normalize_host(host)
        .ok_or_else(|| Error::bad_request(format!("{host:?} is not a host name")))?;
    let body = call.json()?;
    let given = Fields::of(&body)?.strs("tags")?;
    let new: Vec<_> = given.iter().filter_map(|tag| model::normalize_tag(tag)).collect();
    let source = source(&call).unwrap_or_else(|| "users".to_owned());
    let known = telemetry::host_tags(&call).await?;
    let mut tags = match replace {
        true => BTreeSet::new(),
        false => tags_of(&known, &host, Some(&source)),
    };
    tags.extend(new.iter().map(|tag| &**tag));
    if tags.len() > TAGS_MAX {
        return Err(Error::bad_request(format!("a host may have {TAGS_MAX} tags of a source")));
    }
    let row = model::HostTags {
        host: host.to_string(),
        source,
        tags: TagSet::new(tags.iter().copied()),
        time: call.now_ms(),
    };
    let body: Value = json!({"host": host, "tags": tags});
    telemetry::put_host_tags(&call, row).await?;
    Ok(Answer::created(body))
}

/// Takes back the tags of a source, people's own when none is named.
async fn delete(call: Call) -> Result<Answer> {
    let host = call.segment("host_name");
    let source = source(&call).unwrap_or_else(|| "users".to_owned());
    let known = telemetry::host_tags(&call).await?;
    if tags_of(&known, host, Some(&source)).is_empty() && !is_known(&call, &known, host).await? {
        return Err(Error::not_found(format!("host {host} not found")));
    }
    let row = model::HostTags {
        host: host.to_owned(),
        source,
        tags: TagSet::default(),
        time: call.now_ms(),
    };
    telemetry::put_host_tags(&call, row).await?;
    Ok(Answer::no_content())
}
