//! Tag configurations of metrics ("Metrics without Limits"): which tag keys of a metric people may
//! query, set one by one, in bulk by name prefix, and the switch for historical points.
//!
//! A configuration shapes what the listings call indexed tags and volumes. Queries still see every
//! tag: storage here is not billed by tag, so nothing is gained by hiding one.

use control::Permission;
use model::MetricKind;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::metrics::known_metrics;
use crate::routes::Routes;
use crate::times;
use http::StatusCode;

/// Tag keys in one configuration. Source: docs "Metrics without Limits".
const TAGS_MAX: usize = 200;

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::METRICS_READ);
    let write = Need::Permission(Permission::METRIC_TAGS_WRITE);
    let one = "/api/v2/metrics/{metric_name}/tags";
    let bulk = "/api/v2/metrics/config/bulk-tags";
    let past = "/api/v2/metrics/historical-metrics-configurations";
    let past_one = "/api/v2/metrics/historical-metrics-configurations/{metric_name}";
    routes
        .get(one, read, get)
        .post(one, write, create)
        .patch(one, write, update)
        .delete(one, write, delete)
        .post(bulk, write, bulk_create)
        .delete(bulk, write, bulk_delete)
        .post(past, write, historical_create)
        .get(past_one, read, historical_get)
        .delete(past_one, write, historical_delete)
}

/// A configuration as answers show it.
pub(crate) fn show(doc: &Doc) -> Value {
    let mut attributes = doc.body.as_object().cloned().unwrap_or_default();
    attributes.insert("created_at".into(), json!(times::iso(doc.created_ms)));
    attributes.insert("modified_at".into(), json!(times::iso(doc.modified_ms)));
    json!({"type": "manage_tags", "id": doc.id, "attributes": attributes})
}

/// Whether a tag key is indexed under a configuration.
pub(crate) fn is_indexed(doc: Option<&Doc>, key: &str) -> bool {
    let Some(doc) = doc else { return true };
    let listed = doc.body["tags"].as_array().is_some_and(|tags| tags.iter().any(|t| t == key));
    listed != doc.body["exclude_tags_mode"].as_bool().unwrap_or(false)
}

async fn find(call: &Call) -> Result<Doc> {
    let name = call.segment("metric_name");
    let doc = docs::find(&call.state, call.org(), Kind::TagConfiguration, name).await?;
    doc.ok_or_else(|| Error::not_found(format!("{name} not found")))
}

async fn get(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    Ok(Answer::ok(json!({"data": show(&doc)})))
}

async fn create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &["manage_tags"])?;
    let name = call.segment("metric_name");
    check_id(&data, name)?;
    let attributes = data.object("attributes")?;
    let kind = metric_type(attributes.str("metric_type")?)?;
    let config = configuration(&attributes, kind, &Map::new())?;
    if docs::find(&call.state, call.org(), Kind::TagConfiguration, name).await?.is_some() {
        return Err(Error::conflict(format!("{name} already has a tag configuration")));
    }
    let doc = docs::put(&call, Kind::TagConfiguration, name, name, config).await?;
    Ok(Answer::created(json!({"data": show(&doc)})))
}

async fn update(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &["manage_tags"])?;
    let name = call.segment("metric_name");
    check_id(&data, name)?;
    let old = find(&call).await?;
    let kind = metric_type(old.body["metric_type"].as_str().unwrap_or("gauge"))?;
    let empty = json!({});
    let attributes = data.object_or_none("attributes")?.map_or(&empty, |a| a.value());
    let old = old.body.as_object().cloned().unwrap_or_default();
    let config = configuration(&Fields::of(attributes)?, kind, &old)?;
    let doc = docs::put(&call, Kind::TagConfiguration, name, name, config).await?;
    Ok(Answer::ok(json!({"data": show(&doc)})))
}

async fn delete(call: Call) -> Result<Answer> {
    let name = call.segment("metric_name");
    match docs::remove(&call, Kind::TagConfiguration, name).await? {
        true => Ok(Answer::no_content()),
        false => Err(Error::not_found(format!("{name} not found"))),
    }
}

fn check_id(data: &Fields<'_>, name: &str) -> Result<()> {
    match data.str("id")? == name {
        true => Ok(()),
        false => Err(Error::bad_request("data.id must be the metric's name as in the path")),
    }
}

fn metric_type(name: &str) -> Result<MetricKind> {
    let kinds = [MetricKind::Gauge, MetricKind::Count, MetricKind::Rate, MetricKind::Distribution];
    kinds.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
        let message = "metric_type must be gauge, count, rate or distribution";
        Error::bad_request(format!("data.attributes.{message}, not {name:?}"))
    })
}

/// The configuration that results from these attributes on top of the old one.
fn configuration(
    attributes: &Fields<'_>,
    kind: MetricKind,
    old: &Map<String, Value>,
) -> Result<Value> {
    let mut config = Map::new();
    let old = |name: &str, default: Value| old.get(name).cloned().unwrap_or(default);
    let tags = match attributes.strs_or_none("tags")? {
        None if old("tags", Value::Null).is_null() => return Err(tags_required()),
        None => old("tags", Value::Null),
        Some(tags) => json!(checked_tags(&tags)?),
    };
    config.insert("tags".into(), tags);
    let percentiles = attributes.bool_or_none("include_percentiles")?;
    let aggregations = attributes.get("aggregations").map(check_aggregations).transpose()?;
    if kind == MetricKind::Distribution {
        if aggregations.is_some() {
            let message = "aggregations are for count, gauge and rate metrics only";
            return Err(Error::bad_request(message));
        }
        let percentiles =
            percentiles.map_or_else(|| old("include_percentiles", json!(false)), |p| json!(p));
        config.insert("include_percentiles".into(), percentiles);
    } else {
        if percentiles.is_some() {
            let message = "include_percentiles is for distribution metrics only";
            return Err(Error::bad_request(message));
        }
        let aggregations =
            aggregations.unwrap_or_else(|| old("aggregations", default_aggregations(kind)));
        config.insert("aggregations".into(), aggregations);
    }
    config.insert("metric_type".into(), json!(kind.name()));
    let exclude = attributes.bool_or_none("exclude_tags_mode")?;
    let exclude = exclude.map_or_else(|| old("exclude_tags_mode", json!(false)), |e| json!(e));
    config.insert("exclude_tags_mode".into(), exclude);
    Ok(Value::Object(config))
}

fn tags_required() -> Error {
    Error::bad_request("data.attributes.tags is required")
}

fn checked_tags<'a>(tags: &[&'a str]) -> Result<Vec<&'a str>> {
    if tags.len() > TAGS_MAX {
        return Err(Error::bad_request(format!("tags must be at most {TAGS_MAX} tag keys")));
    }
    let good = |tag: &str| {
        tag.len() <= model::TAG_CHARS_MAX
            && tag.starts_with(|c: char| c.is_ascii_alphabetic())
            && tag.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:/".contains(c))
    };
    match tags.iter().find(|tag| !good(tag)) {
        Some(bad) => Err(Error::bad_request(format!("tags: {bad:?} is not a tag key"))),
        None => Ok(tags.to_vec()),
    }
}

fn default_aggregations(kind: MetricKind) -> Value {
    match kind {
        MetricKind::Count | MetricKind::Rate => json!([{"time": "sum", "space": "sum"}]),
        _ => json!([{"time": "avg", "space": "avg"}]),
    }
}

fn check_aggregations(value: &Value) -> Result<Value> {
    let message = "aggregations must be a list of {time, space}, with time one of \
                   avg, count, max, min, sum and space one of avg, max, min, sum";
    let wrong = || Error::bad_request(message);
    for item in value.as_array().ok_or_else(wrong)? {
        let time = item["time"].as_str().ok_or_else(wrong)?;
        let space = item["space"].as_str().ok_or_else(wrong)?;
        let known = ["avg", "max", "min", "sum"];
        if !(known.contains(&space) && (known.contains(&time) || time == "count")) {
            return Err(wrong());
        }
    }
    Ok(value.clone())
}

/// Configures all metrics that exist now and whose names begin with `data.id`.
async fn bulk_create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &["metric_bulk_configure_tags"])?;
    let prefix = data.text("id")?;
    let empty = json!({});
    let attributes = data.object_or_none("attributes")?.map_or(&empty, |a| a.value());
    let attributes = Fields::of(attributes)?;
    let emails = attributes.strs_or_none("emails")?.unwrap_or_default();
    let tags = checked_tags(&attributes.strs_or_none("tags")?.unwrap_or_default())?;
    let exclude = attributes.bool_or_none("exclude_tags_mode")?;
    let replace = attributes.bool_or_none("override_existing_configurations")?.unwrap_or(true);
    for metric in known_metrics(&call).await?.iter().filter(|m| m.name.starts_with(prefix)) {
        let name = &*metric.name;
        let old = docs::find(&call.state, call.org(), Kind::TagConfiguration, name).await?;
        if old.is_some() && !replace {
            continue;
        }
        let mode = exclude.unwrap_or(false);
        let input = json!({"tags": tags, "exclude_tags_mode": mode});
        let old = old.and_then(|old| old.body.as_object().cloned()).unwrap_or_default();
        let config = configuration(&Fields::of(&input)?, metric.kind, &old)?;
        docs::put(&call, Kind::TagConfiguration, name, name, config).await?;
    }
    Ok(Answer::json(
        StatusCode::ACCEPTED,
        json!({"data": {"type": "metric_bulk_configure_tags", "id": prefix, "attributes": {
            "emails": emails,
            "tags": tags,
            "exclude_tags_mode": exclude,
            "include_actively_queried_tags_window":
                attributes.get("include_actively_queried_tags_window"),
            "override_existing_configurations": replace,
            "status": "Accepted",
        }}}),
    ))
}

async fn bulk_delete(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &["metric_bulk_configure_tags"])?;
    let prefix = data.text("id")?;
    let attributes = data.object_or_none("attributes")?;
    let emails = attributes.map(|a| a.strs_or_none("emails")).transpose()?.flatten();
    for doc in docs::list(&call.state, call.org(), Kind::TagConfiguration).await? {
        if doc.id.starts_with(prefix) {
            docs::remove(&call, Kind::TagConfiguration, &doc.id).await?;
        }
    }
    Ok(Answer::json(
        StatusCode::ACCEPTED,
        json!({"data": {"type": "metric_bulk_configure_tags", "id": prefix, "attributes": {
            "emails": emails.unwrap_or_default(),
            "status": "Accepted",
        }}}),
    ))
}

/// Historical points are always taken in here (up to the retention), so the switch is only kept.
async fn historical_create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &["historical_metrics_configurations"])?;
    let name = data.text("id")?;
    let Some(name) = model::normalize_metric(name) else {
        return Err(Error::bad_request(format!("data.id: {name:?} is not a metric name")));
    };
    let doc = docs::put(&call, Kind::HistoricalMetrics, &name, &name, json!({})).await?;
    Ok(Answer::ok(json!({"data": historical(&doc)})))
}

fn historical(doc: &Doc) -> Value {
    json!({"type": "historical_metrics_configurations", "id": doc.id,
        "attributes": {"created_at": times::iso(doc.created_ms)}})
}

async fn historical_get(call: Call) -> Result<Answer> {
    let name = call.segment("metric_name");
    let doc = docs::find(&call.state, call.org(), Kind::HistoricalMetrics, name).await?;
    let doc = doc.ok_or_else(|| Error::not_found(format!("{name} not found")))?;
    Ok(Answer::ok(json!({"data": historical(&doc)})))
}

async fn historical_delete(call: Call) -> Result<Answer> {
    docs::remove(&call, Kind::HistoricalMetrics, call.segment("metric_name")).await?;
    Ok(Answer::no_content())
}
