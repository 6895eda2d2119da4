//! Events: the four forms in which they are posted.
//!
//! - [`decode_api`]: `POST /api/v1/events` of API clients, one event, checked by openapi core-v1
//!   `EventCreateRequest`: what is wrong is the caller's to mend, so it is an error.
//! - [`from_intake`]: the map of `/intake/`, by the Agent: over-long texts are cut, unknown words fall
//!   back to their defaults, because an Agent cannot mend them.
//! - [`decode_protobuf`]: `EventsPayload` of agent-payload, to `/api/v2/events`.
//! - [`decode_management`]: `POST /api/v2/events` of API clients; see `events/management.rs`.
//!
//! Ids are not given here: `id` is 0.

mod management;

use model::{
    AlertType, EVENT_TEXT_CHARS_MAX, EVENT_TITLE_CHARS_MAX, Event, EventPriority, HOST_BYTES_MAX,
    normalize_host,
};
use serde_json::Value;

pub use management::decode_management;

use crate::decoded::{Problem, quoted};
use crate::protobuf::{self, Reader, put_bytes, put_int};
use crate::{Context, Decoded, Error, ITEMS_PER_BODY_MAX, Refusals, document};

/// How old an event of an API client may be, in seconds. Source: docs.datadoghq.com "Post an
/// event": the time is limited to 18 hours in the past.
const API_PAST_SECS_MAX: i64 = 18 * 3600;
/// Longest aggregation key, in characters. Source: openapi core-v1 and core-v2.
const AGGREGATION_KEY_CHARS_MAX: usize = 100;
/// The source of events that name none. Source: what Datadog shows for API events.
const API_SOURCE: &str = "api";

pub fn decode_api(body: &[u8], context: Context) -> Result<Event, Error> {
    let sent = document::parse(body)?;
    if !sent.is_object() {
        return Err(Error::invalid("bad_payload", "the body is not an object"));
    }
    api_event(&sent, context.now_ms).map_err(to_error)
}

fn to_error(problem: Problem) -> Error {
    let message = problem.message.trim_start_matches(['.', ':', ' ']).to_string();
    Error::invalid(problem.code, message)
}

fn api_event(sent: &Value, now_ms: i64) -> Result<Event, Problem> {
    let mut event = common(sent, "title", "text", now_ms)?;
    for (key, value) in [("title", &event.title), ("text", &event.text)] {
        if !sent.get(key).is_some_and(Value::is_string) || value.is_empty() && key == "title" {
            return Err(Problem::new("missing_field", format!("`{key}` is required, a string")));
        }
    }
    for (key, chars_max, value) in [
        ("title", EVENT_TITLE_CHARS_MAX, &event.title),
        ("text", EVENT_TEXT_CHARS_MAX, &event.text),
        ("aggregation_key", AGGREGATION_KEY_CHARS_MAX, &event.aggregation_key),
    ] {
        check_len(key, value, chars_max)?;
    }
    event.time = document::time_ms(sent, "date_happened", now_ms)?;
    check_age(event.time, now_ms, "date_happened")?;
    let named = |key: &'static str| Some(document::text(sent, key)).filter(|t| !t.is_empty());
    if let Some(name) = named("priority") {
        event.priority = EventPriority::from_name(&name)
            .ok_or_else(|| bad_word("priority", &name, "normal, low"))?;
    }
    if let Some(name) = named("alert_type") {
        event.alert_type = AlertType::from_name(&name).ok_or_else(|| {
            let names = "error, warning, info, success, user_update, recommendation, snapshot";
            bad_word("alert_type", &name, names)
        })?;
    }
    event.related_event_id = document::int(sent, "related_event_id")?.unwrap_or(0);
    event.device = document::text(sent, "device_name");
    if event.source.is_empty() {
        event.source = API_SOURCE.to_string();
    }
    Ok(event)
}

fn bad_word(key: &str, found: &str, words: &str) -> Problem {
    Problem::new("bad_value", format!("`{key}`: {} is none of {words}", quoted(found)))
}

fn check_len(key: &str, value: &str, chars_max: usize) -> Result<(), Problem> {
    let n_chars = value.chars().count();
    if n_chars > chars_max {
        let message = format!("`{key}` has {n_chars} characters, the limit is {chars_max}");
        return Err(Problem::new("text_too_long", message));
    }
    Ok(())
}

fn check_age(time_ms: i64, now_ms: i64, key: &str) -> Result<(), Problem> {
    if now_ms - time_ms > API_PAST_SECS_MAX * 1000 {
        let message = format!("`{key}` is more than 18 hours in the past");
        return Err(Problem::new("timestamp_too_old", message));
    }
    Ok(())
}

/// The fields that the JSON forms share.
fn common(sent: &Value, title: &str, text: &str, now_ms: i64) -> Result<Event, Problem> {
    let host = document::text(sent, "host");
    let Some(host) = normalize_host(&host) else {
        let message = format!(".host: {} bytes, the limit is {HOST_BYTES_MAX}", host.len());
        return Err(Problem::new("host_too_long", message));
    };
    Ok(Event {
        time: now_ms,
        title: document::text(sent, title),
        text: document::text(sent, text),
        host: host.into_owned(),
        tags: document::tags(sent, "tags"),
        aggregation_key: document::text(sent, "aggregation_key"),
        source: document::text(sent, "source_type_name"),
        ..Event::default()
    })
}

/// The `events` of an `/intake/` body: `{source: [event, …]}`.
pub(crate) fn from_intake(
    sources: &Value,
    host: &str,
    context: Context,
) -> Result<Decoded<Vec<Event>>, Error> {
    let (mut batch, mut refused) = (Vec::new(), Refusals::default());
    let Value::Object(sources) = sources else {
        return Err(Error::invalid("bad_payload", "`events` is not an object"));
    };
    for (source, events) in sources {
        let Value::Array(events) = events else {
            let name = quoted(source);
            refused.refuse(1, "bad_event", || format!("events[{name}]: is no array"));
            continue;
        };
        if batch.len() + events.len() > ITEMS_PER_BODY_MAX {
            return Err(Error::TooLarge { what: "items", max: ITEMS_PER_BODY_MAX });
        }
        for (i, sent) in events.iter().enumerate() {
            match intake_event(sent, source, host, context.now_ms) {
                Ok(event) => batch.push(event),
                Err(p) => refused
                    .refuse(1, p.code, || format!("events[{}][{i}]{}", quoted(source), p.message)),
            }
        }
    }
    Ok(Decoded { accepted: batch.len() as u64, batch, refused })
}

fn intake_event(sent: &Value, source: &str, host: &str, now_ms: i64) -> Result<Event, Problem> {
    if !sent.is_object() {
        return Err(Problem::new("bad_event", ": is no object"));
    }
    let mut event = common(sent, "msg_title", "msg_text", now_ms)?;
    event.time = document::time_ms(sent, "timestamp", now_ms)?;
    event.event_type = document::text(sent, "event_type");
    let words = (document::text(sent, "priority"), document::text(sent, "alert_type"));
    if event.source.is_empty() {
        event.source = source.to_string();
    }
    if event.host.is_empty() {
        event.host = host.to_string();
    }
    agent_event(event, &words.0, &words.1)
}

/// Cuts what is too long and reads the words that have defaults.
fn agent_event(mut event: Event, priority: &str, alert_type: &str) -> Result<Event, Problem> {
    if event.title.is_empty() && event.text.is_empty() {
        return Err(Problem::new("missing_field", ": has neither title nor text"));
    }
    event.priority = EventPriority::from_name(priority).unwrap_or_default();
    event.alert_type = AlertType::from_name(alert_type).unwrap_or_default();
    event.title = document::cut(event.title, EVENT_TITLE_CHARS_MAX);
    event.text = document::cut(event.text, EVENT_TEXT_CHARS_MAX);
    event.aggregation_key = document::cut(event.aggregation_key, AGGREGATION_KEY_CHARS_MAX);
    if event.source.is_empty() {
        event.source = API_SOURCE.to_string();
    }
    Ok(event)
}

/// Message `EventsPayload` of agent-payload `proto/metrics/agent_payload.proto`.
pub fn decode_protobuf(body: &[u8], context: Context) -> Result<Decoded<Vec<Event>>, Error> {
    if body.is_empty() {
        return Err(Error::Empty);
    }
    let (mut batch, mut refused) = (Vec::new(), Refusals::default());
    let mut reader = Reader::new(body);
    let mut idx = 0;
    while let Some((field, value)) = reader.next()? {
        let (1, protobuf::Value::Bytes(event)) = (field, value) else { continue };
        if idx == ITEMS_PER_BODY_MAX {
            return Err(Error::TooLarge { what: "items", max: ITEMS_PER_BODY_MAX });
        }
        match protobuf_event(event, context.now_ms)? {
            Ok(event) => batch.push(event),
            Err(p) => refused.refuse(1, p.code, || format!("events[{idx}]{}", p.message)),
        }
        idx += 1;
    }
    Ok(Decoded { accepted: batch.len() as u64, batch, refused })
}

fn protobuf_event(mut reader: Reader<'_>, now_ms: i64) -> Result<Result<Event, Problem>, Error> {
    const N_FIELDS: usize = 10;
    let mut texts: [&[u8]; N_FIELDS] = [b""; N_FIELDS];
    let mut tags = Vec::new();
    let mut secs = None;
    while let Some((field, value)) = reader.next()? {
        match (field as usize, value) {
            (3, protobuf::Value::Varint(number)) => secs = Some(number as i64),
            (6, protobuf::Value::Bytes(tag)) => tags.push(tag.rest()),
            (field @ 1..N_FIELDS, protobuf::Value::Bytes(text)) => texts[field] = text.rest(),
            _ => {}
        }
    }
    // An event is for people to read: a broken byte in its text does not make it worthless.
    let text = |field: usize| String::from_utf8_lossy(texts[field]).into_owned();
    let time = match secs.filter(|s| *s != 0) {
        Some(secs) => document::check_secs(secs, now_ms),
        None => Ok(now_ms),
    };
    let time = match time {
        Ok(time) => time,
        Err(p) => return Ok(Err(Problem::new(p.code, format!(".ts: {}", p.message)))),
    };
    let tags: Vec<_> = tags.into_iter().map(String::from_utf8_lossy).collect();
    let event = Event {
        time,
        title: text(1),
        text: text(2),
        host: normalize_host(&document::cut(text(5), HOST_BYTES_MAX)).unwrap_or_default().into(),
        tags: document::tag_set(tags.iter().map(|tag| &**tag)),
        aggregation_key: text(8),
        source: text(9),
        ..Event::default()
    };
    Ok(agent_event(event, &text(4), &text(7)))
}

/// An `/intake/` body with events, those of one source in one list; what the agent sends.
///
/// `host` is the sender's, and that of events without one.
pub fn encode_intake(events: &[Event], host: &str) -> String {
    let mut sources = serde_json::Map::new();
    for event in events {
        let source = if event.source.is_empty() { API_SOURCE } else { &event.source };
        let list = sources.entry(source).or_insert_with(|| Value::Array(Vec::new()));
        let mut object = serde_json::json!({
            "msg_title": event.title,
            "msg_text": event.text,
            "timestamp": event.time.div_euclid(1000),
            "priority": event.priority.name(),
            "host": event.host,
            "tags": event.tags.iter().collect::<Vec<_>>(),
            "alert_type": event.alert_type.name(),
        });
        for (key, text) in [
            ("aggregation_key", &event.aggregation_key),
            ("source_type_name", &event.source),
            ("event_type", &event.event_type),
        ] {
            if !text.is_empty() {
                object[key] = Value::from(text.as_str());
            }
        }
        if let Value::Array(list) = list {
            list.push(object);
        }
    }
    serde_json::json!({"apiKey": "", "events": sources, "internalHostname": host}).to_string()
}

/// A body for [`decode_protobuf`]; what tests send.
pub fn encode_protobuf(events: &[Event]) -> Vec<u8> {
    let mut out = Vec::new();
    for event in events {
        let mut part = Vec::new();
        put_bytes(&mut part, 1, event.title.as_bytes());
        put_bytes(&mut part, 2, event.text.as_bytes());
        put_int(&mut part, 3, event.time / 1000);
        put_bytes(&mut part, 4, event.priority.name().as_bytes());
        put_bytes(&mut part, 5, event.host.as_bytes());
        for tag in event.tags.iter() {
            put_bytes(&mut part, 6, tag.as_bytes());
        }
        put_bytes(&mut part, 7, event.alert_type.name().as_bytes());
        put_bytes(&mut part, 8, event.aggregation_key.as_bytes());
        put_bytes(&mut part, 9, event.source.as_bytes());
        put_bytes(&mut out, 1, &part);
    }
    out
}

#[cfg(test)]
mod tests;
