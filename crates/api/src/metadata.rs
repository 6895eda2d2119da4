//! What is said of a metric: type, units, description. `GET|PUT /api/v1/metrics/{name}`.
//!
//! People's words win; without them the type comes from the stored series and, for the metrics of
//! the Agent's own checks, the unit from a table.

use control::Permission;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::docs::{self, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::metrics::find_metric;
use crate::own_metrics::own_metric;
use crate::routes::Routes;
use crate::units;

/// Longest description, short name: what fits a tooltip.
const TEXT_CHARS_MAX: usize = 2000;

pub(crate) fn routes(routes: Routes) -> Routes {
    let path = "/api/v1/metrics/{metric_name}";
    routes.get(path, Need::Permission(Permission::METRICS_READ), get).put(
        path,
        Need::Permission(Permission::METRICS_METADATA_WRITE),
        update,
    )
}

/// `[unit, per_unit]` of a metric, if it has one.
pub(crate) async fn unit_of(call: &Call, metric: &str) -> Result<Option<Value>> {
    let doc = docs::find(&call.state, call.org(), Kind::MetricMetadata, metric).await?;
    let said = doc.map(|doc| doc.body).unwrap_or_default();
    let (unit, per_unit) = match said["unit"].as_str() {
        Some(unit) => (Some(unit), said["per_unit"].as_str()),
        None => built_in_unit(metric),
    };
    let Some(unit) = unit.and_then(units::show) else { return Ok(None) };
    Ok(Some(json!([unit, per_unit.and_then(units::show)])))
}

/// Units of what the Agent's core checks and the server itself send.
/// Source: the `metadata.csv` of the checks `system`, `disk` and `network`.
fn built_in_unit(metric: &str) -> (Option<&'static str>, Option<&'static str>) {
    let Some(name) = metric.strip_prefix("system.") else {
        return own_metric(metric).map_or((None, None), |own| (own.unit, own.per_unit));
    };
    let Some((group, rest)) = name.split_once('.') else { return (None, None) };
    match (group, rest) {
        ("cpu", "num_cores" | "interrupt" | "context_switches") => (None, None),
        ("cpu", _) => (Some("percent"), None),
        (_, "in_use" | "pct_usable" | "pct_free") => (Some("fraction"), None),
        // As Agents send them: memory in MiB, disks in KiB.
        ("mem", "total" | "used" | "free" | "usable" | "cached" | "buffered" | "shared") => {
            (Some("mebibyte"), None)
        }
        ("swap", "total" | "used" | "free" | "cached") => (Some("mebibyte"), None),
        ("disk", "total" | "used" | "free") => (Some("kibibyte"), None),
        ("net", "bytes_rcvd" | "bytes_sent") => (Some("byte"), Some("second")),
        ("io", "await" | "r_await" | "w_await" | "svctm") => (Some("millisecond"), None),
        ("io", "rkb_s" | "wkb_s") => (Some("kibibyte"), Some("second")),
        ("io", "util") => (Some("percent"), None),
        _ => (None, None),
    }
}

/// Integration that sends a metric, by its prefix.
fn integration(metric: &str) -> Option<&'static str> {
    let known = [("system.", "system"), ("procyon.", "procyon")];
    known.into_iter().find(|(prefix, _)| metric.starts_with(prefix)).map(|(_, name)| name)
}

/// The metadata as v1 shows it: every key, null where nothing is known.
async fn shown(call: &Call, metric: &str) -> Result<Option<Value>> {
    let doc = docs::find(&call.state, call.org(), Kind::MetricMetadata, metric).await?;
    let stored = find_metric(call, metric).await?;
    if doc.is_none() && stored.is_none() {
        return Ok(None);
    }
    let said = doc.map(|doc| doc.body).unwrap_or_default();
    let (unit, per_unit) = built_in_unit(metric);
    let kind = stored.as_ref().map(|metric| metric.kind.name());
    let interval = stored.map(|metric| metric.interval_secs).filter(|secs| *secs > 0);
    let or = |name: &str, default: Value| match &said[name] {
        Value::Null => default,
        value => value.clone(),
    };
    Ok(Some(json!({
        "description": or("description", json!(own_metric(metric).map(|own| own.description))),
        "short_name": or("short_name", Value::Null),
        "integration": integration(metric),
        "statsd_interval": or("statsd_interval", json!(interval)),
        "per_unit": or("per_unit", json!(per_unit)),
        "type": or("type", json!(kind)),
        "unit": or("unit", json!(unit)),
    })))
}

async fn get(call: Call) -> Result<Answer> {
    let metric = call.segment("metric_name");
    let shown = shown(&call, metric).await?;
    shown.map(Answer::ok).ok_or_else(|| Error::not_found(format!("metric {metric:?} not found")))
}

/// Sets what is given and keeps the rest; an empty text takes back what was set. A metric may be
/// described before its first point arrives, as infrastructure as code does.
async fn update(call: Call) -> Result<Answer> {
    let metric = call.segment("metric_name");
    let normal = model::normalize_metric(metric);
    if normal.as_deref() != Some(metric) {
        return Err(Error::bad_request(format!("{metric:?} is not a metric name")));
    }
    let body = call.json()?;
    let fields = Fields::of(&body)?;
    let old = docs::find(&call.state, call.org(), Kind::MetricMetadata, metric).await?;
    let mut said = old.and_then(|doc| doc.body.as_object().cloned()).unwrap_or_default();
    set_texts(&fields, &mut said)?;
    if let Some(secs) = fields.int_or_none("statsd_interval")? {
        if !(0..=86_400).contains(&secs) {
            return Err(fields.wrong("statsd_interval", "a number of seconds up to a day"));
        }
        said.insert("statsd_interval".into(), json!(secs));
    }
    docs::put(&call, Kind::MetricMetadata, metric, metric, Value::Object(said)).await?;
    let shown = shown(&call, metric).await?;
    Ok(Answer::ok(shown.expect("BUG: a metric with metadata is shown")))
}

fn set_texts(fields: &Fields<'_>, said: &mut Map<String, Value>) -> Result<()> {
    for name in ["description", "short_name", "type", "unit", "per_unit"] {
        let Some(text) = fields.str_or_none(name)? else { continue };
        if text.is_empty() {
            said.remove(name);
            continue;
        }
        let kinds = ["gauge", "count", "rate", "distribution", "histogram", "monotonic_count"];
        match name {
            "type" if !kinds.contains(&text) => {
                return Err(fields.wrong(name, "gauge, count, rate or distribution"));
            }
            "unit" | "per_unit" if !units::is_known(text) => {
                return Err(Error::bad_request(format!("{name}: {text:?} is not a known unit")));
            }
            _ if text.chars().count() > TEXT_CHARS_MAX => {
                return Err(fields.wrong(name, "at most 2000 characters"));
            }
            _ => said.insert(name.into(), json!(text)),
        };
    }
    Ok(())
}
