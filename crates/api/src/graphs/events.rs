//! The events that a graph marks, found by today's search or by the older one.

use model::{AlertType, Event, TimeRange};
use render::{Colour, EventMark};

use crate::call::Call;
use crate::error::Result;
use crate::{events, telemetry};

/// Events marked on one graph; more would hide it.
const EVENTS_MAX: usize = 1000;

/// The moments of the events that any of the searches finds, in the order of their time.
pub(crate) async fn marks(
    call: &Call,
    searches: &[String],
    window: TimeRange,
) -> Result<Vec<EventMark>> {
    if searches.is_empty() {
        return Ok(Vec::new());
    }
    let searches = searches.iter().map(|text| events::parse(&modern(text)));
    let searches = searches.collect::<Result<Vec<_>>>()?;
    let mut found = telemetry::events(call, window).await?;
    found.retain(|event| searches.iter().any(|search| search.matches(event)));
    found.truncate(EVENTS_MAX);
    found.reverse();
    Ok(found.iter().map(mark).collect())
}

fn mark(event: &Event) -> EventMark {
    let colour = match event.alert_type {
        AlertType::Error => Some(0xd92f29),
        AlertType::Warning => Some(0xd08700),
        AlertType::Success => Some(0x23854f),
        _ => None,
    };
    EventMark { time_ms: event.time, colour: colour.map(Colour::rgb) }
}

/// The older search in today's words: `sources:a,b tags:env:prod priority:all deploy` becomes
/// `source:(a OR b) env:prod deploy`.
pub(crate) fn modern(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let Some((key, values)) = word.split_once(':') else { return word.to_owned() };
        let values: Vec<&str> = values.split(',').filter(|value| !value.is_empty()).collect();
        let any = |key: &str| match values[..] {
            [only] => format!("{key}:{only}"),
            _ => format!("{key}:({})", values.join(" OR ")),
        };
        match (key, values.is_empty()) {
            ("priority" | "status", _) if values == ["all"] => String::new(),
            ("sources", false) => any("source"),
            ("hosts", false) => any("host"),
            ("tags", false) => match values[..] {
                [only] => only.to_owned(),
                _ => format!("({})", values.join(" OR ")),
            },
            _ => word.to_owned(),
        }
    });
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "*".to_owned() } else { words.join(" ") }
}
