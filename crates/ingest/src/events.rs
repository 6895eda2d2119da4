//! Events of API clients, and the protobuf form of the Agent.

use axum::response::Response;
use http::{StatusCode, header};
use model::{Dataset, Event};
use serde_json::{Value, json};
use storage::{Rows, tables};
use wire::{Context, Decoded, Refusals};

use crate::answer::{self, Result, with_json};
use crate::call::{Call, Sender, Tally};

/// `POST /api/v1/events`
pub(crate) async fn v1(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await?;
    let mut event = sender.decode(wire::events::decode_api).await?;
    event.id = sender.state.event_ids.next(sender.now_ms());
    let rows = rows(&sender, std::slice::from_ref(&event));
    sender.store(vec![rows], Tally::of(1, &Refusals::default())).await?;
    let body = json!({"status": "ok", "event": show(&sender, &event)});
    Ok(with_json(StatusCode::ACCEPTED, &body))
}

/// `POST /api/v2/events`: Event Management as JSON, or the Agent's events as protobuf.
pub(crate) async fn v2(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await.map_err(crate::answer::Failure::json_api)?;
    if sender.header(header::CONTENT_TYPE).contains("protobuf") {
        let decoded = sender.decode(wire::events::decode_protobuf).await?;
        let errors = store(&sender, decoded).await?;
        return Ok(answer::no_errors(&errors));
    }
    let decode = |body: &[u8], context: Context| wire::events::decode_management(body, context);
    let event = sender.decode(decode).await.map_err(crate::answer::Failure::json_api)?;
    let mut event = event;
    event.id = sender.state.event_ids.next(sender.now_ms());
    let rows = rows(&sender, std::slice::from_ref(&event));
    let stored = sender.store(vec![rows], Tally::of(1, &Refusals::default())).await;
    stored.map_err(crate::answer::Failure::json_api)?;
    let id = event.id.to_string();
    let body = json!({
        "data": {"type": "event", "attributes": {"attributes": {"evt": {"id": id, "uid": id}}}},
        "links": {"self": url(&sender, &event)},
    });
    Ok(with_json(StatusCode::ACCEPTED, &body))
}

/// Gives the events ids and stores them.
async fn store(sender: &Sender, mut decoded: Decoded<Vec<Event>>) -> Result<Vec<String>> {
    for event in &mut decoded.batch {
        event.id = sender.state.event_ids.next(sender.now_ms());
    }
    let tally = Tally::of(decoded.accepted, &decoded.refused);
    sender.store(vec![rows(sender, &decoded.batch)], tally).await
}

pub(crate) fn rows(sender: &Sender, events: &[Event]) -> Rows {
    let batch = tables::events::to_batch(events);
    Rows::Table { org: sender.org(), dataset: Dataset::Events, batch }
}

fn url(sender: &Sender, event: &Event) -> String {
    let host = sender.header(header::HOST);
    let path = format!("/event/event?id={}", event.id);
    if host.is_empty() { path } else { format!("http://{host}{path}") }
}

/// The event as it is answered. Source: openapi core-v1 `EventCreateResponse`.
fn show(sender: &Sender, event: &Event) -> Value {
    let or_null = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    let related = event.related_event_id;
    json!({
        "id": event.id,
        "id_str": event.id.to_string(),
        "title": event.title,
        "text": event.text,
        "date_happened": event.time.div_euclid(1000),
        "handle": null,
        "priority": event.priority.name(),
        "alert_type": event.alert_type.name(),
        "related_event_id": if related == 0 { Value::Null } else { json!(related) },
        "tags": event.tags.iter().collect::<Vec<_>>(),
        "url": url(sender, event),
        "host": or_null(&event.host),
        "device_name": or_null(&event.device),
        "source_type_name": or_null(&event.source),
        "aggregation_key": or_null(&event.aggregation_key),
    })
}
