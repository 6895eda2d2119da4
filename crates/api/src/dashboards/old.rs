//! The forms that dashboards had before: timeboards (`graphs`), screenboards (`board_title`, tiles),
//! a graph on its own (`viz`), and single widgets; all become today's dashboard.
//!
//! Source of the old forms: the documentation of the former timeboard and screenboard APIs and of
//! "Graphing with JSON", and exported files. What has no counterpart becomes a note that says so.

use serde_json::{Map, Value, json};

use super::graph;
use crate::error::{Error, Result};

/// Graphs and tiles of one old dashboard.
const WIDGETS_MAX: usize = 2000;

/// A converted dashboard, and what is to be said about it.
#[derive(Debug, Default)]
pub(super) struct Converted {
    pub(super) body: Map<String, Value>,
    pub(super) notes: Vec<String>,
}

/// Whether a body is in an old form.
pub(super) fn is_old(body: &Map<String, Value>) -> bool {
    let has = |key: &str| body.get(key).is_some_and(|value| !value.is_null());
    let tiles = body.get("widgets").and_then(Value::as_array);
    has("graphs")
        || has("board_title")
        || has("dash")
        || has("viz")
        || (has("requests") && !has("widgets"))
        || (has("definition") && !has("widgets"))
        || tiles.is_some_and(|t| {
            t.iter().any(|tile| tile["definition"].is_null() && tile["type"].is_string())
        })
}

/// Makes today's dashboard of an old form.
pub(super) fn convert(mut body: Map<String, Value>) -> Result<Converted> {
    if let Some(Value::Object(inner)) = body.remove("dash") {
        return convert(inner);
    }
    if body.get("graphs").is_some_and(Value::is_array) {
        return timeboard(body);
    }
    if body.get("widgets").is_some_and(Value::is_array) {
        return screenboard(body);
    }
    if body.get("graphs").or(body.get("board_title")).is_some() {
        return Err(Error::bad_request("graphs and widgets must be lists"));
    }
    single(body)
}

/// A dashboard of a list of widgets or graphs.
pub(super) fn of_list(items: Vec<Value>) -> Result<Converted> {
    let mut converted = Converted::default();
    let mut widgets = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        let name = format!("graph {}", at + 1);
        widgets.push(widget(item, &name, &mut converted.notes)?);
    }
    finish(&mut converted, "ordered", widgets)?;
    Ok(converted)
}

fn finish(converted: &mut Converted, layout_type: &str, widgets: Vec<Value>) -> Result<()> {
    if widgets.len() > WIDGETS_MAX {
        return Err(Error::bad_request(format!("at most {WIDGETS_MAX} graphs")));
    }
    let body = &mut converted.body;
    body.entry("title").or_insert_with(|| json!("Imported dashboard"));
    body.insert("layout_type".to_owned(), json!(layout_type));
    body.insert("widgets".to_owned(), Value::Array(widgets));
    Ok(())
}

fn single(body: Map<String, Value>) -> Result<Converted> {
    let mut converted = Converted::default();
    let title = ["title", "title_text"].iter().find_map(|key| body.get(*key)?.as_str());
    let inner = body.get("definition").and_then(|d| d["title"].as_str());
    if let Some(title) = title.or(inner).filter(|title| !title.is_empty()) {
        converted.body.insert("title".to_owned(), json!(title));
    }
    let widget = widget(Value::Object(body), "graph 1", &mut converted.notes)?;
    finish(&mut converted, "ordered", vec![widget])?;
    Ok(converted)
}

/// One graph or widget in whichever form.
fn widget(item: Value, name: &str, notes: &mut Vec<String>) -> Result<Value> {
    let Value::Object(object) = item else {
        return Err(Error::bad_request(format!("{name}: must be an object")));
    };
    let is_graph = |value: &Value| !value["viz"].is_null();
    let definition = object.get("definition");
    if definition.is_some_and(|definition| !is_graph(definition)) {
        return Ok(Value::Object(object));
    }
    let title = object.get("title").and_then(Value::as_str).map(str::to_owned);
    let graph = match definition {
        Some(definition) => definition.clone(),
        None if object.contains_key("type") && !object.contains_key("viz") => {
            return Ok(json!({"definition": object}));
        }
        None => Value::Object(object),
    };
    let mut definition = graph::definition(&graph, name, notes)?;
    if let Some(title) = title {
        definition.insert("title".to_owned(), json!(title));
    }
    Ok(json!({"definition": definition}))
}

/// What stays as it is: everything but the parts that change form.
fn rest(body: &Map<String, Value>, without: &[&str]) -> Map<String, Value> {
    let kept = body.iter().filter(|(key, _)| !without.contains(&key.as_str()));
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

const OLD_KEYS: [&str; 14] = [
    "graphs",
    "board_title",
    "board_bgtype",
    "widgets",
    "original_title",
    "read_only",
    "width",
    "height",
    "resource",
    "created",
    "modified",
    "created_by",
    "shared",
    "new_id",
];

fn start(body: &Map<String, Value>) -> Converted {
    let mut converted = Converted { body: rest(body, &OLD_KEYS), notes: Vec::new() };
    if body.get("read_only") == Some(&Value::Bool(true)) {
        converted.body.insert("is_read_only".to_owned(), json!(true));
    }
    if let Some(title) = body.get("board_title").and_then(Value::as_str) {
        converted.body.insert("title".to_owned(), json!(title));
    }
    converted
}

fn timeboard(mut body: Map<String, Value>) -> Result<Converted> {
    let mut converted = start(&body);
    let Some(Value::Array(graphs)) = body.remove("graphs") else { return Ok(converted) };
    let mut widgets = Vec::new();
    for (at, graph) in graphs.into_iter().enumerate() {
        widgets.push(widget(graph, &format!("graph {}", at + 1), &mut converted.notes)?);
    }
    finish(&mut converted, "ordered", widgets)?;
    Ok(converted)
}

fn screenboard(mut body: Map<String, Value>) -> Result<Converted> {
    let mut converted = start(&body);
    let Some(Value::Array(tiles)) = body.remove("widgets") else { return Ok(converted) };
    let mut widgets = Vec::new();
    for (at, value) in tiles.into_iter().enumerate() {
        let name = format!("widget {}", at + 1);
        let Value::Object(object) = &value else {
            return Err(Error::bad_request(format!("{name}: must be an object")));
        };
        if object.get("definition").is_some_and(Value::is_object) {
            widgets.push(value);
        } else {
            widgets.push(tile(object, &name, &mut converted.notes)?);
        }
    }
    finish(&mut converted, "free", widgets)?;
    Ok(converted)
}

/// A tile of a screenboard.
fn tile(old: &Map<String, Value>, name: &str, notes: &mut Vec<String>) -> Result<Value> {
    let mut definition = match old.get("tile_def").filter(|graph| graph.is_object()) {
        Some(graph) => {
            let mut graph = graph.clone();
            if graph["viz"].is_null() {
                graph["viz"] = old.get("type").cloned().unwrap_or(Value::Null);
            }
            graph::definition(&graph, name, notes)?
        }
        None => plain_tile(old, name, notes),
    };
    let has_title =
        !matches!(definition["type"].as_str(), Some("note" | "free_text" | "image" | "iframe"));
    if has_title && old.get("title") != Some(&Value::Bool(false)) {
        let text = |key: &str| old.get(key).filter(|value| value.is_string() || value.is_number());
        for (from, to) in
            [("title_text", "title"), ("title_size", "title_size"), ("title_align", "title_align")]
        {
            if let Some(value) = text(from) {
                definition.insert(to.to_owned(), graph::as_text(value));
            }
        }
    }
    if let Some(span) = live_span(old).filter(|_| has_title) {
        definition.insert("time".to_owned(), json!({"live_span": span}));
    }
    if let Some(shown) = old.get("legend").filter(|_| definition["type"] == "timeseries") {
        definition.insert("show_legend".to_owned(), json!(shown == &Value::Bool(true)));
    }
    let number = |key: &str, default: f64| {
        let value = old.get(key).and_then(Value::as_f64).unwrap_or(default);
        json!(value.max(0.0).round() as i64)
    };
    let layout = json!({"x": number("x", 0.0), "y": number("y", 0.0),
        "width": number("width", 47.0), "height": number("height", 15.0)});
    Ok(json!({"definition": definition, "layout": layout}))
}

fn live_span(old: &Map<String, Value>) -> Option<&str> {
    let time = old.get("time").and_then(|time| time["live_span"].as_str());
    let span = time.or(old.get("timeframe").and_then(Value::as_str))?;
    graph::LIVE_SPANS.contains(&span).then_some(span)
}

/// Old key, new key.
type Keys = &'static [(&'static str, &'static str)];

/// The tiles that hold no graph: their type then and now, and what their keys became.
const TILES: [(&str, &str, Keys); 12] = [
    (
        "note",
        "note",
        &[
            ("html", "content"),
            ("bgcolor", "background_color"),
            ("font_size", "font_size"),
            ("text_align", "text_align"),
            ("tick", "show_tick"),
            ("tick_pos", "tick_pos"),
            ("tick_edge", "tick_edge"),
        ],
    ),
    (
        "free_text",
        "free_text",
        &[
            ("text", "text"),
            ("color", "color"),
            ("font_size", "font_size"),
            ("text_align", "text_align"),
        ],
    ),
    ("image", "image", &[("url", "url"), ("sizing", "sizing"), ("margin", "margin")]),
    ("iframe", "iframe", &[("url", "url")]),
    (
        "event_stream",
        "event_stream",
        &[("query", "query"), ("event_size", "event_size"), ("tags_execution", "tags_execution")],
    ),
    (
        "event_timeline",
        "event_timeline",
        &[("query", "query"), ("tags_execution", "tags_execution")],
    ),
    ("alert_graph", "alert_graph", &[("alert_id", "alert_id"), ("viz_type", "viz_type")]),
    (
        "alert_value",
        "alert_value",
        &[
            ("alert_id", "alert_id"),
            ("precision", "precision"),
            ("unit", "unit"),
            ("text_align", "text_align"),
        ],
    ),
    (
        "check_status",
        "check_status",
        &[
            ("check", "check"),
            ("group", "group"),
            ("grouping", "grouping"),
            ("tags", "tags"),
            ("group_by", "group_by"),
        ],
    ),
    (
        "trace_service",
        "trace_service",
        &[
            ("env", "env"),
            ("serviceService", "service"),
            ("serviceName", "span_name"),
            ("mustShowHits", "show_hits"),
            ("mustShowErrors", "show_errors"),
            ("mustShowLatency", "show_latency"),
            ("mustShowBreakdown", "show_breakdown"),
            ("mustShowDistribution", "show_distribution"),
            ("mustShowResourceList", "show_resource_list"),
            ("sizeVersion", "size_format"),
            ("layoutVersion", "display_format"),
        ],
    ),
    (
        "manage_status",
        "manage_status",
        &[
            ("query", "query"),
            ("display_format", "display_format"),
            ("color_preference", "color_preference"),
            ("hide_zero_counts", "hide_zero_counts"),
            ("sort", "sort"),
        ],
    ),
    (
        "log_stream",
        "log_stream",
        &[("query", "query"), ("columns", "columns"), ("logset", "logset")],
    ),
];

/// What holds when an old tile does not say: keys that today's schema asks for.
fn required(kind: &str) -> Value {
    match kind {
        "note" => json!({"content": ""}),
        "free_text" => json!({"text": ""}),
        "image" | "iframe" => json!({"url": ""}),
        "event_stream" | "event_timeline" | "manage_status" => json!({"query": ""}),
        "alert_graph" => json!({"alert_id": "", "viz_type": "timeseries"}),
        "alert_value" => json!({"alert_id": ""}),
        "check_status" => json!({"check": "", "grouping": "cluster"}),
        "trace_service" => json!({"env": "", "service": "", "span_name": ""}),
        _ => json!({}),
    }
}

fn plain_tile(old: &Map<String, Value>, name: &str, notes: &mut Vec<String>) -> Map<String, Value> {
    let kind = old.get("type").and_then(Value::as_str).unwrap_or_default();
    let mut definition = Map::new();
    let Some((_, now, keys)) = TILES.iter().find(|(then, _, _)| *then == kind) else {
        notes
            .push(format!("{name}: the old type {kind:?} has no counterpart, a note stands there"));
        definition.insert("type".to_owned(), json!("note"));
        let content = format!("A widget of the old type `{kind}` stood here.");
        definition.insert("content".to_owned(), json!(content));
        return definition;
    };
    definition.insert("type".to_owned(), json!(now));
    for (key, default) in required(now).as_object().into_iter().flatten() {
        definition.insert(key.clone(), default.clone());
    }
    for (then, now) in *keys {
        let Some(value) = old.get(*then).filter(|value| !value.is_null()) else { continue };
        let value = match *now {
            "alert_id" | "font_size" | "text_align" | "tick_pos" | "unit" => graph::as_text(value),
            _ => value.clone(),
        };
        definition.insert((*now).to_owned(), value);
    }
    notes.push(format!("{name}: {now} converted"));
    definition
}

#[cfg(test)]
mod tests;
