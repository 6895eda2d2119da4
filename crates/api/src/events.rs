//! Events, read: lists and single ones in v1, searches with a cursor in v2.

use control::Permission;
use http::StatusCode;
use lang::search::SearchMatcher;
use model::{Event, EventPriority, TimeRange};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::{telemetry, times};

/// Events on one page. Source: openapi core-v1 `ListEvents`, core-v2 `page[limit]`.
const PAGE_MAX: usize = 1000;
/// The window of a search that names none.
const FROM_DEFAULT: &str = "now-15m";

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::EVENTS_READ);
    routes
        .get("/api/v1/events", read, v1_list)
        .get("/api/v1/events/{event_id}", read, v1_get)
        .get("/api/v2/events", read, list)
        .post("/api/v2/events/search", read, search)
        .get("/api/v2/events/{event_id}", read, get)
}

fn v1_show(event: &Event) -> Value {
    let mut shown = json!({
        "id": event.id,
        "id_str": event.id.to_string(),
        "title": event.title,
        "text": event.text,
        "tags": event.tags.iter().collect::<Vec<_>>(),
        "date_happened": event.time.div_euclid(1000),
        "alert_type": event.alert_type.name(),
        "priority": event.priority.name(),
        "source": event.source,
        "source_type_name": event.source,
        "host": event.host,
        "device_name": event.device,
        "is_aggregate": false,
        "comments": [],
        "children": [],
        "resource": format!("/api/v1/events/{}", event.id),
        "url": format!("/event/event?id={}", event.id),
        "payload": "{}",
    });
    if event.related_event_id != 0 {
        shown["related_event_id"] = json!(event.related_event_id);
    }
    if !event.aggregation_key.is_empty() {
        shown["aggregation_key"] = json!(event.aggregation_key);
    }
    shown
}

async fn v1_list(call: Call) -> Result<Answer> {
    let query = &call.query;
    query.required("start").and_then(|_| query.required("end"))?;
    let start = query.int("start")?.unwrap_or_default();
    let end = query.int("end")?.unwrap_or_default();
    if start > end {
        return Err(Error::bad_request(format!("start ({start}) must not be after end ({end})")));
    }
    let priority = match query.get("priority") {
        None | Some("all") => None,
        Some(name) => Some(EventPriority::from_name(name).ok_or_else(|| {
            Error::bad_request(format!("priority must be normal or low, not {name:?}"))
        })?),
    };
    let split = |name: &str| -> Vec<String> {
        let texts = query.get(name).unwrap_or_default().split(',').map(str::trim);
        texts.filter(|text| !text.is_empty()).map(str::to_lowercase).collect()
    };
    let (sources, tags) = (split("sources"), split("tags"));
    query.flag("unaggregated")?;
    query.flag("exclude_aggregate")?;
    let page = query.int_in("page", 0..=i64::from(i32::MAX), 0)? as usize;
    let range =
        TimeRange::new(start.saturating_mul(1000), end.saturating_add(1).saturating_mul(1000));
    let found = telemetry::events(&call, range).await?.into_iter().filter(|event| {
        let has = |tag: &String| {
            event.tags.iter().any(|own| own == tag) || format!("host:{}", event.host) == *tag
        };
        priority.is_none_or(|priority| event.priority == priority)
            && (sources.is_empty() || sources.contains(&event.source.to_lowercase()))
            && tags.iter().all(has)
    });
    let page = found.skip(page.saturating_mul(PAGE_MAX)).take(PAGE_MAX);
    let events: Vec<_> = page.map(|event| v1_show(&event)).collect();
    Ok(Answer::ok(json!({"events": events, "status": "ok"})))
}

/// The event of the path. Most that are asked for are new, so the newest are looked at first.
async fn find(call: &Call) -> Result<Option<Event>> {
    let Ok(id) = call.segment("event_id").parse::<i64>() else { return Ok(None) };
    let day = telemetry::last(call, 86_400);
    let before = TimeRange::new(i64::MIN, day.from);
    let after = TimeRange::new(day.to, i64::MAX);
    for range in [day, before, after] {
        let found = telemetry::events(call, range).await?.into_iter().find(|event| event.id == id);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

async fn v1_get(call: Call) -> Result<Answer> {
    match find(&call).await? {
        Some(event) => Ok(Answer::ok(json!({"event": v1_show(&event), "status": "ok"}))),
        None => Err(Error::not_found("No event exists with that id")),
    }
}

/// The event as the v2 routes show it.
fn show(event: &Event) -> Value {
    let mut inner = match serde_json::from_str(&event.attributes) {
        Ok(Value::Object(given)) => given,
        _ => Map::new(),
    };
    let mut put = |name: &str, value: Value| {
        inner.entry(name).or_insert(value);
    };
    put("title", json!(event.title));
    put("timestamp", json!(event.time));
    put("service", json!("undefined"));
    let mut evt = json!({
        "id": event.id.to_string(), "uid": event.id.to_string(), "source_id": 36,
    });
    if event.category.is_empty() {
        put("status", json!(event.alert_type.name()));
        put("priority", json!(event.priority.name()));
        put("date_happened", json!(event.time));
        put("hostname", json!(event.host));
        put("source_type_name", json!(event.source));
        put("tags", json!(event.tags.iter().collect::<Vec<_>>()));
        evt["type"] = json!(if event.event_type.is_empty() { "api" } else { &event.event_type });
    } else {
        evt["category"] = json!(event.category);
        evt["integration_id"] = json!("custom-events");
    }
    put("evt", evt);
    for (name, text) in
        [("aggregation_key", &event.aggregation_key), ("device_name", &event.device)]
    {
        if !text.is_empty() {
            put(name, json!(text));
        }
    }
    if event.related_event_id != 0 {
        put("related_event_id", json!(event.related_event_id));
    }
    json!({"type": "event", "id": event.id.to_string(), "attributes": {
        "attributes": inner,
        "message": event.text,
        "tags": event.tags.iter().collect::<Vec<_>>(),
        "timestamp": times::iso_z(event.time),
    }})
}

async fn get(call: Call) -> Result<Answer> {
    match find(&call).await? {
        Some(event) => Ok(Answer::ok(json!({"data": show(&event)}))),
        None => {
            let error = Error::new(StatusCode::NOT_FOUND, "there is no event with this id");
            Err(error.into_json_api())
        }
    }
}

/// A search as both v2 routes ask it.
struct Ask<'a> {
    query: &'a str,
    from: &'a str,
    to: &'a str,
    sort: &'a str,
    limit: i64,
    cursor: Option<&'a str>,
}

async fn list(call: Call) -> Result<Answer> {
    let query = &call.query;
    let ask = Ask {
        query: query.get("filter[query]").unwrap_or("*"),
        from: query.get("filter[from]").unwrap_or(FROM_DEFAULT),
        to: query.get("filter[to]").unwrap_or("now"),
        sort: query.get("sort").unwrap_or("-timestamp"),
        limit: query.int("page[limit]")?.unwrap_or(10),
        cursor: query.get("page[cursor]"),
    };
    run(&call, &ask).await
}

async fn search(call: Call) -> Result<Answer> {
    let body = match call.json_or_null()? {
        Value::Null => json!({}),
        body => body,
    };
    let fields = Fields::of(&body)?;
    let empty = json!({});
    let part = |name: &str| {
        Fields::of(fields.object_or_none(name)?.map_or(&empty, |fields| fields.value()))
    };
    let (filter, page, options) = (part("filter")?, part("page")?, part("options")?);
    options.str_or_none("timezone")?;
    options.int_or_none("timeOffset")?;
    let ask = Ask {
        query: filter.str_or_none("query")?.unwrap_or("*"),
        from: filter.str_or_none("from")?.unwrap_or(FROM_DEFAULT),
        to: filter.str_or_none("to")?.unwrap_or("now"),
        sort: fields.str_or_none("sort")?.unwrap_or("-timestamp"),
        limit: page.int_or_none("limit")?.unwrap_or(10),
        cursor: page.str_or_none("cursor")?,
    };
    run(&call, &ask).await
}

async fn run(call: &Call, ask: &Ask<'_>) -> Result<Answer> {
    let started = call.state.clock.monotonic();
    let ascending = match ask.sort {
        "timestamp" => true,
        "-timestamp" => false,
        other => {
            let message = format!("sort must be timestamp or -timestamp, not {other:?}");
            return Err(Error::bad_request(message));
        }
    };
    if !(1..=PAGE_MAX as i64).contains(&ask.limit) {
        let message = format!("page.limit must be between 1 and {PAGE_MAX}, not {}", ask.limit);
        return Err(Error::bad_request(message));
    }
    let cursor = ask.cursor.map(Cursor::decode).transpose()?;
    let range = match &cursor {
        Some(cursor) => cursor.range,
        None => TimeRange::new(time(call, "from", ask.from)?, time(call, "to", ask.to)?),
    };
    let search = parse(ask.query)?;
    let mut found = telemetry::events(call, range).await?;
    found.retain(|event| search.matches(event));
    if ascending {
        found.reverse();
    }
    if let Some(Cursor { time, id, .. }) = cursor {
        found.retain(|event| match ascending {
            true => (event.time, event.id) > (time, id),
            false => (event.time, event.id) < (time, id),
        });
    }
    let has_more = found.len() as i64 > ask.limit;
    found.truncate(ask.limit as usize);
    let data: Vec<_> = found.iter().map(show).collect();
    let elapsed = (call.state.clock.monotonic() - started).as_millis() as u64;
    let mut body = json!({"data": data, "meta": {
        "elapsed": elapsed, "request_id": uuid::Uuid::new_v4(), "status": "done", "page": {},
    }});
    if let (true, Some(last)) = (has_more, found.last()) {
        let after = Cursor { time: last.time, id: last.id, range }.encode();
        body["links"] = json!({"next": next_link(call, ask, &after)});
        body["meta"]["page"] = json!({"after": after});
    }
    Ok(Answer::ok(body))
}

pub(crate) fn parse(text: &str) -> Result<SearchMatcher> {
    let (search, diagnostics) = lang::search::parse(text);
    match lang::errors(&diagnostics) {
        Some(errors) => Err(Error::bad_request(format!("Error parsing query: {errors}"))),
        None => Ok(SearchMatcher::new(&search)),
    }
}

fn time(call: &Call, name: &str, text: &str) -> Result<i64> {
    times::parse(text, call.now_ms()).ok_or_else(|| {
        let forms = "expected a date, unix milliseconds, or a time like now-15m";
        Error::bad_request(format!("filter.{name}: {text:?} is not a time: {forms}"))
    })
}

/// The next page as a GET, whichever route was asked.
fn next_link(call: &Call, ask: &Ask<'_>, after: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("filter[query]", ask.query);
    query.append_pair("filter[from]", ask.from);
    query.append_pair("filter[to]", ask.to);
    query.append_pair("sort", ask.sort);
    query.append_pair("page[limit]", &ask.limit.to_string());
    query.append_pair("page[cursor]", after);
    let path = call.uri.path().trim_end_matches("/search");
    format!("{path}?{}", query.finish())
}

/// Where a page ended. It carries the window too, so that "now" stays what it was on the first page
/// and no event is skipped or shown twice.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cursor {
    time: i64,
    id: i64,
    range: TimeRange,
}

impl Cursor {
    fn encode(self) -> String {
        let Self { time, id, range } = self;
        format!("{time:x}.{id:x}.{:x}.{:x}", range.from, range.to)
    }

    fn decode(text: &str) -> Result<Self> {
        let mut parts = text.split('.').map(|part| u64::from_str_radix(part, 16).ok());
        let mut next = || parts.next().flatten().map(u64::cast_signed);
        let cursor = (|| {
            let (time, id) = (next()?, next()?);
            Some(Self { time, id, range: TimeRange::new(next()?, next()?) })
        })();
        cursor.ok_or_else(|| Error::bad_request("page.cursor is not one that this API gave"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back() {
        for (time, id) in [(0, 1), (-5, i64::MAX), (i64::MIN, 3)] {
            let cursor = Cursor { time, id, range: TimeRange::new(-1, 99) };
            assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
        }
        for bad in ["", "x", "1.2", "1.2.3", "1.2.3.zz"] {
            assert!(Cursor::decode(bad).is_err(), "{bad}");
        }
    }
}
