//! Checks a body against the schema of dashboards, and names the wrong key by its path.
//!
//! `schema.json` is made by `cargo xtask gen`, which also says what its nodes mean. What is refused:
//! a wrong type, an unknown value of an enum, a missing required key, an unknown type of widget.
//! What passes: keys that the schema does not know, and `null` wherever a key may be absent.
//!
//! The first mistake ends the check. Of several possible shapes the mistake of the likeliest is
//! told: the one that went well furthest into the body.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde_json::Value;

use crate::error::{Error, Result};

/// Values of an enum that a message lists at most.
const LISTED_MAX: usize = 60;
/// Characters of the wrong value that a message shows.
const SHOWN_CHARS_MAX: usize = 60;

static SCHEMA: LazyLock<HashMap<String, Node>> = LazyLock::new(|| {
    let json: Value = serde_json::from_slice(include_bytes!("schema.json"))
        .expect("BUG: schema.json is made by a program");
    let names = json.as_object().expect("BUG: schema.json is an object");
    names.iter().map(|(name, node)| (name.clone(), Node::read(node))).collect()
});

#[derive(Debug)]
enum Node {
    Any,
    Text { chars_min: usize },
    Int,
    Number,
    Bool,
    AnyObject,
    Named(String),
    OneOf(Vec<String>),
    List { item: Box<Self>, items_min: usize },
    Object { keys: Vec<(String, Self)>, required: Vec<String> },
    Tagged { key: String, cases: HashMap<String, Vec<Self>>, open: bool },
    Either(Vec<Self>),
}

impl Node {
    fn read(json: &Value) -> Self {
        if let Some(text) = json.as_str() {
            return match text {
                "s" => Self::Text { chars_min: 0 },
                "i" => Self::Int,
                "n" => Self::Number,
                "b" => Self::Bool,
                "o" => Self::AnyObject,
                _ => text.strip_prefix('#').map_or(Self::Any, |name| Self::Named(name.to_owned())),
            };
        }
        let texts = |value: &Value| -> Vec<String> {
            value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let nodes = |value: &Value| -> Vec<Self> {
            value.as_array().into_iter().flatten().map(Self::read).collect()
        };
        let count = |value: &Value| value.as_u64().unwrap_or(0) as usize;
        if json["e"].is_array() {
            return Self::OneOf(texts(&json["e"]));
        }
        if let Some(keys) = json["p"].as_object() {
            let keys = keys.iter().map(|(key, node)| (key.clone(), Self::read(node))).collect();
            return Self::Object { keys, required: texts(&json["r"]) };
        }
        if let Some(cases) = json["m"].as_object() {
            let cases = cases.iter().map(|(value, of)| (value.clone(), nodes(of))).collect();
            let key = json["d"].as_str().unwrap_or_default().to_owned();
            return Self::Tagged { key, cases, open: json["open"] == true };
        }
        if json["w"].is_array() {
            return Self::Either(nodes(&json["w"]));
        }
        match json.get("a") {
            Some(item) => {
                Self::List { item: Box::new(Self::read(item)), items_min: count(&json["min"]) }
            }
            None => Self::Text { chars_min: count(&json["l"]) },
        }
    }
}

/// A mistake: where, innermost part first, and what is wrong there.
#[derive(Debug)]
struct Wrong {
    path: Vec<String>,
    message: String,
}

impl Wrong {
    fn new(message: impl Into<String>) -> Self {
        Self { path: Vec::new(), message: message.into() }
    }

    fn expected(what: &str, got: &Value) -> Self {
        Self::new(format!("expected {what}; got {}", shortened(got)))
    }

    fn below(mut self, part: String) -> Self {
        self.path.push(part);
        self
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for part in self.path.iter().rev() {
            let dot = if path.is_empty() || part.starts_with('[') { "" } else { "." };
            let _infallible = write!(path, "{dot}{part}");
        }
        path
    }
}

fn shortened(value: &Value) -> String {
    let text = match value {
        Value::Array(_) => return "a list".to_owned(),
        Value::Object(_) => return "an object".to_owned(),
        scalar => scalar.to_string(),
    };
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn one_of<'a>(values: impl Iterator<Item = &'a String>) -> String {
    let mut values: Vec<&str> = values.map(String::as_str).collect();
    values.sort_unstable();
    let more = if values.len() > LISTED_MAX { ", …" } else { "" };
    values.truncate(LISTED_MAX);
    match values.as_slice() {
        [only] => (*only).to_owned(),
        _ => format!("one of {}{more}", values.join(", ")),
    }
}

/// Checks a body; `root` names the schema (`Dashboard`, `Widget`, …), `at` the body in messages.
pub(crate) fn check(root: &str, at: &str, body: &Value) -> Result<()> {
    let node = SCHEMA.get(root).expect("BUG: a test checks that all roots are in the schema");
    walk(node, body).map_err(|wrong| {
        let wrong = if at.is_empty() { wrong } else { wrong.below(at.to_owned()) };
        match wrong.path.is_empty() {
            true => Error::bad_request(wrong.message),
            false => Error::bad_request(format!("{}: {}", wrong.path(), wrong.message)),
        }
    })
}

fn walk(node: &Node, value: &Value) -> Result<(), Wrong> {
    let must = |good: bool, what: &str| match good {
        true => Ok(()),
        false => Err(Wrong::expected(what, value)),
    };
    match node {
        Node::Any => Ok(()),
        Node::Named(name) => match SCHEMA.get(name) {
            Some(node) => walk(node, value),
            None => Ok(()),
        },
        Node::Text { chars_min } => {
            must(value.is_string(), "a string")?;
            let long_enough = value.as_str().is_some_and(|text| text.chars().count() >= *chars_min);
            must(long_enough, "a string that is not empty")
        }
        // Real layouts hold the rests of a division: 3.0e-16 stands for 0.
        Node::Int => must(value.is_number(), "a whole number"),
        Node::Number => must(value.is_number(), "a number"),
        Node::Bool => must(value.is_boolean(), "true or false"),
        Node::AnyObject => must(value.is_object(), "an object"),
        Node::OneOf(values) => {
            let good = value.as_str().is_some_and(|text| values.iter().any(|v| v == text));
            must(good, &one_of(values.iter()))
        }
        Node::List { item, items_min } => walk_list(item, *items_min, value),
        Node::Object { keys, required } => walk_object(keys, required, value),
        Node::Tagged { key, cases, open } => walk_tagged(key, cases, *open, value),
        Node::Either(options) => either(options.iter(), value),
    }
}

fn walk_list(item: &Node, items_min: usize, value: &Value) -> Result<(), Wrong> {
    let Some(items) = value.as_array() else { return Err(Wrong::expected("a list", value)) };
    if items.len() < items_min {
        return Err(Wrong::new(format!("expected at least {items_min} in the list")));
    }
    for (at, value) in items.iter().enumerate() {
        walk(item, value).map_err(|wrong| wrong.below(format!("[{at}]")))?;
    }
    Ok(())
}

fn walk_object(keys: &[(String, Node)], required: &[String], value: &Value) -> Result<(), Wrong> {
    let Some(object) = value.as_object() else {
        return Err(Wrong::expected("an object", value));
    };
    let present = |key: &str| object.get(key).filter(|value| !value.is_null());
    // What tells shapes apart goes first, so that a wrong shape fails early.
    let tells = |node: &Node| match node {
        Node::Named(name) => matches!(SCHEMA.get(name), Some(Node::OneOf(v)) if v.len() == 1),
        Node::OneOf(values) => values.len() == 1,
        _ => false,
    };
    let (first, then): (Vec<_>, Vec<_>) = keys.iter().partition(|(_, node)| tells(node));
    for (key, node) in first.into_iter().chain(then) {
        match present(key) {
            Some(value) => walk(node, value).map_err(|wrong| wrong.below(key.clone()))?,
            None if required.contains(key) => {
                return Err(Wrong::new("is required").below(key.clone()));
            }
            None => {}
        }
    }
    match required.iter().find(|key| present(key).is_none()) {
        Some(key) => Err(Wrong::new("is required").below(key.clone())),
        None => Ok(()),
    }
}

fn walk_tagged(
    key: &str,
    cases: &HashMap<String, Vec<Node>>,
    open: bool,
    value: &Value,
) -> Result<(), Wrong> {
    let Some(object) = value.as_object() else {
        return Err(Wrong::expected("an object", value));
    };
    let Some(tag) = object.get(key).filter(|tag| !tag.is_null()) else {
        let optional = either(cases.values().flatten(), value);
        return match optional {
            Ok(()) => Ok(()),
            Err(_) => Err(Wrong::new("is required").below(key.to_owned())),
        };
    };
    match tag.as_str().and_then(|tag| cases.get(tag)) {
        Some(options) => either(options.iter(), value),
        None if open && tag.is_string() => Ok(()),
        None => {
            let what = one_of(cases.keys());
            Err(Wrong::expected(&what, tag).below(key.to_owned()))
        }
    }
}

fn either<'a>(options: impl Iterator<Item = &'a Node>, value: &Value) -> Result<(), Wrong> {
    let mut nearest: Option<Wrong> = None;
    for option in options {
        match walk(option, value) {
            Ok(()) => return Ok(()),
            Err(wrong) => {
                let deeper = nearest.as_ref().is_none_or(|best| wrong.path.len() > best.path.len());
                if deeper {
                    nearest = Some(wrong);
                }
            }
        }
    }
    nearest.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(body: &Value) -> String {
        let error = check("Dashboard", "", body).expect_err("is refused");
        format!("{error:?}")
    }

    fn board(definition: Value) -> Value {
        json!({"title": "t", "layout_type": "ordered", "widgets": [{"definition": definition}]})
    }

    #[test]
    fn the_schema_names_what_it_uses() {
        fn named(node: &Node, all: &mut Vec<String>) {
            match node {
                Node::Named(name) => all.push(name.clone()),
                Node::List { item, .. } => named(item, all),
                Node::Object { keys, .. } => keys.iter().for_each(|(_, node)| named(node, all)),
                Node::Tagged { cases, .. } => {
                    cases.values().flatten().for_each(|node| named(node, all));
                }
                Node::Either(nodes) => nodes.iter().for_each(|node| named(node, all)),
                _ => {}
            }
        }
        let mut all: Vec<String> =
            ["Dashboard", "Widget", "NotebookCreateRequest"].map(str::to_owned).to_vec();
        SCHEMA.values().for_each(|node| named(node, &mut all));
        for name in all {
            assert!(SCHEMA.contains_key(&name), "{name}");
        }
        let Node::Tagged { cases, .. } = &SCHEMA["WidgetDefinition"] else { panic!("no types") };
        assert!(cases.len() >= 40, "{}", cases.len());
    }

    #[test]
    fn mistakes_are_named_by_path() {
        let line = |request: Value| board(json!({"type": "timeseries", "requests": [request]}));
        let metrics =
            |query: Value| line(json!({"queries": [query], "response_format": "timeseries"}));
        for (body, expected) in [
            (json!({"title": 5, "layout_type": "free"}), "title: expected a string; got 5"),
            (json!({"title": "t", "widgets": []}), "layout_type: is required"),
            (
                board(json!({"type": "nothing"})),
                "widgets[0].definition.type: expected one of alert_graph",
            ),
            (board(json!({"requests": []})), "widgets[0].definition.type: is required"),
            (board(json!([])), "widgets[0].definition: expected an object; got a list"),
            (board(json!({"type": "timeseries"})), "widgets[0].definition.requests: is required"),
            (
                board(json!({"type": "timeseries", "requests": []})),
                "widgets[0].definition.requests: expected at least 1",
            ),
            (
                line(json!({"q": "a", "display_type": "lines"})),
                r#"widgets[0].definition.requests[0].display_type: expected one of area, bars, line, overlay; got \"lines\""#,
            ),
            (
                line(json!({"q": 5})),
                "widgets[0].definition.requests[0].q: expected a string; got 5",
            ),
            (
                metrics(json!({"data_source": "metrics", "name": "a"})),
                "widgets[0].definition.requests[0].queries[0].query: is required",
            ),
            (board(json!({"type": "note", "content": "c", "time": {"live_span": "1 hour"}})), ""),
            (
                board(json!({"type": "group", "layout_type": "ordered",
                    "widgets": [{"definition": {"type": "note"}}]})),
                "widgets[0].definition.widgets[0].definition.content: is required",
            ),
            (
                board(json!({"type": "query_value", "requests": [{"q": "a"}],
                    "time": {"live_span": "1 hour"}})),
                "widgets[0].definition.time.live_span: expected one of",
            ),
        ] {
            match expected {
                "" => check("Dashboard", "", &body).expect("keys that are not known pass"),
                _ => {
                    let got = refused(&body);
                    assert!(got.contains(expected), "{got} lacks {expected}");
                }
            }
        }
    }

    #[test]
    fn what_real_dashboards_do_passes() {
        for definition in [
            json!({"type": "note", "content": "c", "zzz": [1], "background_color": null}),
            json!({"type": "timeseries", "requests": [{"response_format": "timeseries",
                "queries": [{"data_source": "database_queries", "name": "q", "anything": 1}]}]}),
            json!({"type": "timeseries", "time": {}, "requests": [{"q": "avg:a{*}"}]}),
            json!({"type": "timeseries", "time": {"type": "live", "unit": "hour", "value": 2},
                "requests": [{"q": "avg:a{*}"}]}),
            json!({"type": "hostmap", "requests": {"fill": {"q": "avg:a{*} by {host}"}}}),
        ] {
            check("Dashboard", "", &board(definition)).unwrap();
        }
        let mut body = board(json!({"type": "note", "content": "c"}));
        body["widgets"][0]["layout"] = json!({"x": 3.5e-16, "y": 0, "width": 1, "height": 1});
        check("Dashboard", "", &body).unwrap();
    }
}
