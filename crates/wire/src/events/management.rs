//! `POST /api/v2/events`: Event Management.
//!
//! `{"data":{"type":"event","attributes":{"category","title","attributes",…}}}`, checked against
//! openapi core-v2 `EventCreateRequestPayload`. What it does not name is stepped over.

use chrono::DateTime;
use model::{AlertType, EVENT_TEXT_CHARS_MAX, EVENT_TITLE_CHARS_MAX, Event, HOST_BYTES_MAX};
use serde_json::Value;

use super::{AGGREGATION_KEY_CHARS_MAX, bad_word, check_age, check_len, common, to_error};
use crate::decoded::{Problem, quoted};
use crate::{Context, Error, document};

/// Longest name of an author or resource, in characters.
const NAME_CHARS_MAX: usize = 128;
const IMPACTED_MAX: usize = 100;
const LINKS_MAX: usize = 20;
const LINK_URL_CHARS_MAX: usize = 2048;
const LINK_TITLE_CHARS_MAX: usize = 300;
const TAGS_MAX: usize = 100;

/// The event, with `category` and `attributes` (the JSON text of the category's own attributes).
pub fn decode_management(body: &[u8], context: Context) -> Result<Event, Error> {
    let sent = document::parse(body)?;
    event(&sent, context.now_ms).map_err(to_error)
}

fn event(sent: &Value, now_ms: i64) -> Result<Event, Problem> {
    let data = object(sent, "data", "data")?;
    one_of(data, "type", "data.type", &["event"])?;
    let attributes = object(data, "attributes", "data.attributes")?;
    let category =
        one_of(attributes, "category", "data.attributes.category", &["change", "alert"])?;
    let mut event = common(attributes, "title", "message", now_ms)?;
    bounded_text(attributes, "title", "data.attributes.title", EVENT_TITLE_CHARS_MAX)?;
    for (key, chars_max) in [
        ("message", EVENT_TEXT_CHARS_MAX),
        ("aggregation_key", AGGREGATION_KEY_CHARS_MAX),
        ("host", HOST_BYTES_MAX),
    ] {
        if attributes.get(key).is_some_and(|v| !v.is_null()) {
            bounded_text(attributes, key, &format!("data.attributes.{key}"), chars_max)?;
        }
    }
    if attributes.get("integration_id").is_some_and(|v| !v.is_null()) {
        let place = "data.attributes.integration_id";
        one_of(attributes, "integration_id", place, &["custom-events"])?;
    }
    tags(attributes)?;
    event.time = time(attributes, now_ms)?;
    let own = object(attributes, "attributes", "data.attributes.attributes")?;
    if category == "change" {
        change(own)?;
        event.source = "change tracking".to_string();
    } else {
        event.alert_type = alert(own)?;
        event.source = "alert".to_string();
    }
    if event.source.is_empty() {
        event.source = super::API_SOURCE.to_string();
    }
    event.category = category.to_string();
    event.attributes = own.to_string();
    Ok(event)
}

fn time(attributes: &Value, now_ms: i64) -> Result<i64, Problem> {
    let place = "data.attributes.timestamp";
    let time_ms = match attributes.get("timestamp") {
        None | Some(Value::Null) => return Ok(now_ms),
        Some(Value::String(text)) => match DateTime::parse_from_rfc3339(text) {
            Ok(time) => time.timestamp_millis(),
            Err(_) => {
                let message = format!("`{place}`: {} is not in ISO 8601", quoted(text));
                return Err(Problem::new("bad_timestamp", message));
            }
        },
        Some(_) => document::time_ms(attributes, "timestamp", now_ms)?,
    };
    document::check_secs(time_ms.div_euclid(1000), now_ms)
        .map_err(|p| Problem::new(p.code, format!("`{place}`: {}", p.message)))?;
    check_age(time_ms, now_ms, place)?;
    Ok(time_ms)
}

fn tags(attributes: &Value) -> Result<(), Problem> {
    let place = "data.attributes.tags";
    let tags = match attributes.get("tags") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Array(tags)) => tags,
        Some(_) => return Err(wrong(place, "is no array")),
    };
    if tags.len() > TAGS_MAX {
        return Err(wrong(place, &format!("has {} tags, the limit is {TAGS_MAX}", tags.len())));
    }
    if tags.iter().any(|tag| !tag.is_string()) {
        return Err(wrong(place, "holds something that is no string"));
    }
    Ok(())
}

fn change(own: &Value) -> Result<(), Problem> {
    let place = "data.attributes.attributes.changed_resource";
    let resource = object(own, "changed_resource", place)?;
    named(resource, place, &["feature_flag", "configuration"])?;
    if let Some(author) = own.get("author").filter(|v| !v.is_null()) {
        let place = "data.attributes.attributes.author";
        named(author, place, &["user", "system", "api", "automation"])?;
    }
    let place = "data.attributes.attributes.impacted_resources";
    for (i, resource) in array(own, "impacted_resources", place, IMPACTED_MAX)?.iter().enumerate() {
        named(resource, &format!("{place}[{i}]"), &["service"])?;
    }
    for key in ["change_metadata", "new_value", "prev_value"] {
        if own.get(key).is_some_and(|v| !v.is_null()) {
            object(own, key, &format!("data.attributes.attributes.{key}"))?;
        }
    }
    Ok(())
}

fn alert(own: &Value) -> Result<AlertType, Problem> {
    let base = "data.attributes.attributes";
    let status = one_of(own, "status", &format!("{base}.status"), &["warn", "error", "ok"])?;
    if own.get("priority").is_some_and(|v| !v.is_null()) {
        one_of(own, "priority", &format!("{base}.priority"), &["1", "2", "3", "4", "5"])?;
    }
    if own.get("custom").is_some_and(|v| !v.is_null()) {
        object(own, "custom", &format!("{base}.custom"))?;
    }
    for (i, link) in array(own, "links", &format!("{base}.links"), LINKS_MAX)?.iter().enumerate() {
        let place = format!("{base}.links[{i}]");
        bounded_text(link, "url", &format!("{place}.url"), LINK_URL_CHARS_MAX)?;
        let categories = ["runbook", "documentation", "dashboard", "resource"];
        one_of(link, "category", &format!("{place}.category"), &categories)?;
        if link.get("title").is_some_and(|v| !v.is_null()) {
            bounded_text(link, "title", &format!("{place}.title"), LINK_TITLE_CHARS_MAX)?;
        }
    }
    Ok(match status {
        "error" => AlertType::Error,
        "warn" => AlertType::Warning,
        _ => AlertType::Success,
    })
}

fn wrong(place: &str, what: &str) -> Problem {
    Problem::new("bad_value", format!("`{place}` {what}"))
}

fn object<'a>(parent: &'a Value, key: &str, place: &str) -> Result<&'a Value, Problem> {
    let found = parent.get(key).filter(|v| v.is_object());
    found.ok_or_else(|| Problem::new("missing_field", format!("`{place}` is required, an object")))
}

fn array<'a>(
    parent: &'a Value,
    key: &str,
    place: &str,
    len_max: usize,
) -> Result<&'a [Value], Problem> {
    match parent.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) if items.len() <= len_max => Ok(items),
        Some(Value::Array(items)) => {
            Err(wrong(place, &format!("has {} items, the limit is {len_max}", items.len())))
        }
        Some(_) => Err(wrong(place, "is no array")),
    }
}

/// `{"type", "name"}`
fn named(value: &Value, place: &str, types: &[&str]) -> Result<(), Problem> {
    one_of(value, "type", &format!("{place}.type"), types)?;
    bounded_text(value, "name", &format!("{place}.name"), NAME_CHARS_MAX)
}

fn one_of<'w>(
    parent: &Value,
    key: &str,
    place: &str,
    words: &[&'w str],
) -> Result<&'w str, Problem> {
    let found = parent.get(key).and_then(Value::as_str).unwrap_or_default();
    let word = words.iter().find(|word| **word == found);
    word.copied().ok_or_else(|| bad_word(place, found, &words.join(", ")))
}

fn bounded_text(parent: &Value, key: &str, place: &str, chars_max: usize) -> Result<(), Problem> {
    match parent.get(key).and_then(Value::as_str) {
        Some(text) if !text.trim().is_empty() => check_len(place, text, chars_max),
        _ => Err(Problem::new("missing_field", format!("`{place}` is required, a string"))),
    }
}
