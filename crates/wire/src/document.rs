//! Helpers for bodies that are read as a JSON tree: checks, events, metadata.

use model::{TAGS_PER_SERIES_MAX, TagSet, normalize_tag};
use serde_json::Value;

use crate::decoded::{Problem, quoted};
use crate::metrics::time_problem;
use crate::{DOCUMENT_BYTES_MAX, Error, json};

pub(crate) fn parse(body: &[u8]) -> Result<Value, Error> {
    if body.len() > DOCUMENT_BYTES_MAX {
        return Err(Error::TooLarge { what: "bytes", max: DOCUMENT_BYTES_MAX });
    }
    json::decode(body, |bytes| serde_json::from_slice(bytes))
}

/// The text of a field; numbers are written out, and what is missing or null is empty.
pub(crate) fn text(object: &Value, key: &str) -> String {
    match object.get(key) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// The whole number of a field, which may be written as a float or a string. `Ok(None)` when it is
/// missing, null or empty.
pub(crate) fn int(object: &Value, key: &'static str) -> Result<Option<i64>, Problem> {
    let number = match object.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.is_empty() => return Ok(None),
        Some(Value::String(text)) => text.trim().parse::<f64>().ok(),
        Some(value) => value.as_i64().map(|i| i as f64).or_else(|| value.as_f64()),
    };
    match number.filter(|n| n.is_finite()) {
        Some(number) => Ok(Some(number.floor() as i64)),
        None => {
            let found = object.get(key).map(Value::to_string).unwrap_or_default();
            Err(Problem::new("bad_value", format!(".{key}: {} is no number", quoted(&found))))
        }
    }
}

/// The time of a field in milliseconds, or `now_ms` where there is none.
pub(crate) fn time_ms(object: &Value, key: &'static str, now_ms: i64) -> Result<i64, Problem> {
    let Some(secs) = int(object, key)? else { return Ok(now_ms) };
    check_secs(secs, now_ms).map_err(|p| Problem::new(p.code, format!(".{key}: {}", p.message)))
}

/// Seconds within the bounds of what is kept, in milliseconds.
pub(crate) fn check_secs(secs: i64, now_ms: i64) -> Result<i64, Problem> {
    let now_secs = now_ms.div_euclid(1000);
    let age_secs = now_secs.saturating_sub(secs);
    if (-model::POINT_FUTURE_SECS_MAX..=model::POINT_PAST_SECS_MAX).contains(&age_secs) {
        return Ok(secs * 1000);
    }
    Err(time_problem(secs, now_secs))
}

/// The tags of a field: an array, or one string with commas.
pub(crate) fn tags(object: &Value, key: &str) -> TagSet {
    match object.get(key) {
        Some(Value::Array(tags)) => tag_set(tags.iter().filter_map(Value::as_str)),
        Some(Value::String(tags)) => tag_set(tags.split(',')),
        _ => TagSet::default(),
    }
}

/// Tags as they were sent, normalised.
pub(crate) fn tag_set<'a>(tags: impl Iterator<Item = &'a str>) -> TagSet {
    let tags: Vec<_> = tags.filter_map(normalize_tag).take(TAGS_PER_SERIES_MAX).collect();
    TagSet::new(tags.iter().map(|tag| &**tag))
}

/// The first `chars_max` characters.
pub(crate) fn cut(mut text: String, chars_max: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(chars_max) {
        text.truncate(end);
    }
    text
}
