//! A graph in the old form, `{"viz", "requests": [{"q", "type", "style", …}], "events", …}`, as
//! today's definition of a widget.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// Source: openapi core-v1 `WidgetLiveSpan`.
pub(super) const LIVE_SPANS: [&str; 17] = [
    "1m",
    "5m",
    "10m",
    "15m",
    "30m",
    "1h",
    "4h",
    "1d",
    "2d",
    "1w",
    "1mo",
    "3mo",
    "6mo",
    "week_to_date",
    "month_to_date",
    "1y",
    "alert",
];
/// Source: openapi core-v1 `WidgetPalette`.
const PALETTES: [&str; 19] = [
    "blue",
    "custom_bg",
    "custom_image",
    "custom_text",
    "gray_on_white",
    "grey",
    "green",
    "orange",
    "red",
    "red_on_white",
    "white_on_gray",
    "white_on_green",
    "green_on_white",
    "white_on_red",
    "white_on_yellow",
    "yellow_on_white",
    "black_on_light_yellow",
    "black_on_light_green",
    "black_on_light_red",
];

/// A number or text as the text that today's form wants.
pub(super) fn as_text(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    }
}

/// The definition of an old graph; `name` says in messages and notes which one it is.
pub(super) fn definition(
    old: &Value,
    name: &str,
    notes: &mut Vec<String>,
) -> Result<Map<String, Value>> {
    let viz = old["viz"].as_str().unwrap_or("timeseries");
    let kind = match viz {
        "timeseries" | "query_value" | "toplist" | "change" | "heatmap" | "distribution"
        | "hostmap" | "scatterplot" | "treemap" => viz,
        "table" | "query_table" => "query_table",
        other => {
            notes.push(format!("{name}: viz {other:?} is not known, drawn as a timeseries"));
            "timeseries"
        }
    };
    let mut new = Map::new();
    new.insert("type".to_owned(), json!(kind));
    new.insert("requests".to_owned(), requests(old, kind, name)?);
    copy(old, &mut new, &["title", "show_legend", "legend_size", "legend_layout", "custom_links"]);
    match kind {
        "query_value" => {
            copy(old, &mut new, &["autoscale", "precision", "custom_unit", "text_align"]);
        }
        "timeseries" | "heatmap" => {
            add_events(old, &mut new, name)?;
            add_markers(old, &mut new);
        }
        "hostmap" => add_hostmap(old, &mut new),
        "scatterplot" => copy(old, &mut new, &["color_by_groups"]),
        _ => {}
    }
    if matches!(kind, "timeseries" | "heatmap" | "distribution" | "scatterplot") {
        for axis in ["xaxis", "yaxis"].into_iter().filter(|axis| old[axis].is_object()) {
            new.insert(axis.to_owned(), new_axis(&old[axis]));
        }
    }
    notes.push(format!("{name}: {kind} converted"));
    Ok(new)
}

fn copy(old: &Value, new: &mut Map<String, Value>, keys: &[&str]) {
    for key in keys {
        if !old[*key].is_null() {
            new.insert((*key).to_owned(), old[*key].clone());
        }
    }
}

fn requests(old: &Value, kind: &str, name: &str) -> Result<Value> {
    let wrong = |what: &str| Error::bad_request(format!("{name}: {what}"));
    if matches!(kind, "hostmap" | "scatterplot") {
        return paired(old, kind, name);
    }
    let list = old["requests"].as_array().ok_or_else(|| wrong("requests must be a list"))?;
    if list.is_empty() {
        return Err(wrong("requests is empty"));
    }
    let mut new = Vec::new();
    for (at, request) in list.iter().enumerate() {
        let q = request["q"].as_str().filter(|q| !q.trim().is_empty());
        let has_other =
            request.as_object().is_some_and(|r| r.keys().any(|k| k.ends_with("_query")));
        if q.is_none() && !has_other {
            return Err(wrong(&format!("requests[{at}].q is required, a query")));
        }
        new.push(Value::Object(match kind {
            "timeseries" => line(request),
            _ => value(request, kind),
        }));
    }
    Ok(Value::Array(new))
}

/// The queries of a request: the old `q`, and queries over logs and traces as they are.
fn queries(request: &Value) -> Map<String, Value> {
    let mut new = Map::new();
    for (key, value) in request.as_object().into_iter().flatten() {
        if key == "q" || key.ends_with("_query") {
            new.insert(key.clone(), value.clone());
        }
    }
    new
}

fn line(request: &Value) -> Map<String, Value> {
    let mut new = queries(request);
    let stacked = request["stacked"] == true;
    let display = match request["type"].as_str().or(request["display_type"].as_str()) {
        Some("area") => "area",
        Some("bars" | "bar") => "bars",
        Some("line") if stacked => "area",
        _ => "line",
    };
    new.insert("display_type".to_owned(), json!(display));
    let style = &request["style"];
    if style.is_object() {
        let mut look = Map::new();
        copy(style, &mut look, &["palette"]);
        for (then, now, known) in [
            ("type", "line_type", ["solid", "dashed", "dotted"]),
            ("width", "line_width", ["normal", "thick", "thin"]),
        ] {
            let value = style[then].as_str().or(style[now].as_str());
            if let Some(value) = value.filter(|value| known.contains(value)) {
                look.insert(now.to_owned(), json!(value));
            }
        }
        new.insert("style".to_owned(), Value::Object(look));
    }
    if request["on_right_yaxis"].is_boolean() {
        copy(request, &mut new, &["on_right_yaxis"]);
    }
    if let Some(metadata) = request["metadata"].as_object() {
        let aliases = metadata.iter().filter_map(|(expression, value)| {
            let alias = value["alias"].as_str()?;
            Some(json!({"expression": expression, "alias_name": alias}))
        });
        new.insert("metadata".to_owned(), aliases.collect());
    }
    new
}

/// A request of a widget that shows values rather than lines.
fn value(request: &Value, kind: &str) -> Map<String, Value> {
    let mut new = queries(request);
    let palette = &request["style"]["palette"];
    if kind != "query_value" && kind != "query_table" && kind != "change" && palette.is_string() {
        new.insert("style".to_owned(), json!({"palette": palette}));
    }
    let aggregator = request["aggregator"].as_str();
    let known = ["avg", "last", "max", "min", "sum"];
    let aggregates = matches!(kind, "query_value" | "query_table");
    if let Some(name) = aggregator.filter(|name| aggregates && known.contains(name)) {
        new.insert("aggregator".to_owned(), json!(name));
    }
    let formats: Vec<Value> = request["conditional_formats"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(conditional_format)
        .collect();
    if !formats.is_empty() && matches!(kind, "query_value" | "toplist" | "query_table") {
        new.insert("conditional_formats".to_owned(), Value::Array(formats));
    }
    match kind {
        "change" => {
            copy(
                request,
                &mut new,
                &["change_type", "compare_to", "increase_good", "order_by", "order_dir"],
            );
            if request["extra_col"] == "present" {
                new.insert("show_present".to_owned(), json!(true));
            }
        }
        "query_table" => copy(request, &mut new, &["alias", "limit", "order"]),
        _ => {}
    }
    new
}

fn conditional_format(old: &Value) -> Option<Value> {
    let comparator =
        old["comparator"].as_str().filter(|c| ["=", ">", ">=", "<", "<="].contains(c))?;
    let value = old["value"].as_f64().or_else(|| old["value"].as_str()?.trim().parse().ok())?;
    let inverted = old["invert"] == true;
    let palette = old["palette"].as_str().filter(|palette| PALETTES.contains(palette));
    let palette = palette.unwrap_or(match (old["color"].as_str(), inverted) {
        (Some("red"), false) => "white_on_red",
        (Some("red"), true) => "red_on_white",
        (Some("yellow"), false) => "white_on_yellow",
        (Some("yellow"), true) => "yellow_on_white",
        (Some("green"), true) => "green_on_white",
        (_, false) => "white_on_green",
        (_, true) => "gray_on_white",
    });
    let number =
        if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) };
    let mut new = json!({"comparator": comparator, "value": number, "palette": palette});
    for key in ["custom_bg_color", "custom_fg_color", "image_url", "hide_value"] {
        if !old[key].is_null() {
            new[key] = old[key].clone();
        }
    }
    Some(new)
}

/// Requests that are a list then and named parts now: fill and size, x and y.
fn paired(old: &Value, kind: &str, name: &str) -> Result<Value> {
    let names = if kind == "hostmap" { ["fill", "size"] } else { ["x", "y"] };
    let mut new = Map::new();
    let mut put = |part: &str, request: &Value| {
        let mut queries = queries(request);
        if kind == "scatterplot" {
            copy(request, &mut queries, &["aggregator"]);
        }
        new.insert(part.to_owned(), Value::Object(queries));
    };
    match &old["requests"] {
        Value::Array(list) => {
            for (request, default) in list.iter().zip(names) {
                let part = request["type"].as_str().filter(|part| names.contains(part));
                put(part.unwrap_or(default), request);
            }
        }
        Value::Object(parts) => {
            for (part, request) in parts.iter().filter(|(part, _)| names.contains(&part.as_str())) {
                put(part, request);
            }
        }
        _ => {}
    }
    match new.is_empty() {
        true => {
            Err(Error::bad_request(format!("{name}: requests must name {}", names.join(" and "))))
        }
        false => Ok(Value::Object(new)),
    }
}

fn add_events(old: &Value, new: &mut Map<String, Value>, name: &str) -> Result<()> {
    let Some(events) = old["events"].as_array() else { return Ok(()) };
    let mut kept = Vec::new();
    for (at, event) in events.iter().enumerate() {
        // Once an event was its query alone.
        let q = event["q"].as_str().or(event.as_str());
        let Some(q) = q else {
            let message = format!("{name}: events[{at}].q is required, a search for events");
            return Err(Error::bad_request(message));
        };
        let mut overlay = json!({"q": q});
        if let Some(how) = event["tags_execution"].as_str() {
            overlay["tags_execution"] = json!(how);
        }
        kept.push(overlay);
    }
    new.insert("events".to_owned(), Value::Array(kept));
    Ok(())
}

fn add_markers(old: &Value, new: &mut Map<String, Value>) {
    let markers = old["markers"].as_array().into_iter().flatten();
    let kept: Vec<Value> = markers
        .filter_map(|marker| {
            let mut kept = json!({"value": as_text(marker.get("value")?)});
            let display = marker["display_type"].as_str().or(marker["type"].as_str());
            for (key, value) in [("display_type", display), ("label", marker["label"].as_str())] {
                if let Some(value) = value {
                    kept[key] = json!(value);
                }
            }
            kept["value"].is_string().then_some(kept)
        })
        .collect();
    if !kept.is_empty() {
        new.insert("markers".to_owned(), Value::Array(kept));
    }
}

fn new_axis(old: &Value) -> Value {
    let mut new = Map::new();
    for key in ["scale", "min", "max", "label"] {
        if old[key].is_string() || old[key].is_number() {
            new.insert(key.to_owned(), as_text(&old[key]));
        }
    }
    let zero = [&old["include_zero"], &old["includeZero"]].into_iter().find(|v| v.is_boolean());
    if let Some(zero) = zero {
        new.insert("include_zero".to_owned(), zero.clone());
    }
    Value::Object(new)
}

fn add_hostmap(old: &Value, new: &mut Map<String, Value>) {
    for (then, now) in [
        ("noGroupHosts", "no_group_hosts"),
        ("no_group_hosts", "no_group_hosts"),
        ("noMetricHosts", "no_metric_hosts"),
        ("no_metric_hosts", "no_metric_hosts"),
    ] {
        if old[then].is_boolean() {
            new.insert(now.to_owned(), old[then].clone());
        }
    }
    let node = old["nodeType"].as_str().or(old["node_type"].as_str());
    if let Some(node) = node.filter(|node| ["host", "container"].contains(node)) {
        new.insert("node_type".to_owned(), json!(node));
    }
    for key in ["group", "scope"] {
        let strings = |list: &Vec<Value>| list.iter().all(Value::is_string);
        if old[key].as_array().is_some_and(strings) {
            new.insert(key.to_owned(), old[key].clone());
        }
    }
    let style = &old["style"];
    let mut look = Map::new();
    for (then, now) in
        [("palette", "palette"), ("paletteFlip", "palette_flip"), ("palette_flip", "palette_flip")]
    {
        if !style[then].is_null() {
            look.insert(now.to_owned(), style[then].clone());
        }
    }
    for (then, now) in [("fillMin", "fill_min"), ("fillMax", "fill_max")] {
        if style[then].is_number() || style[then].is_string() {
            look.insert(now.to_owned(), as_text(&style[then]));
        }
    }
    if !look.is_empty() {
        new.insert("style".to_owned(), Value::Object(look));
    }
}
