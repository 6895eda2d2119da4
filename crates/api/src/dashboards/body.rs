//! What is sent as a dashboard, made ready to be stored.
//!
//! Everything stays as it came, but: what only the server says is dropped (ids, author, times),
//! each widget gets a number unless it brings one (0 counts) that no other has, and tabs that name
//! widgets by their place (`@1`) name them by number.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::check;
use crate::error::{Error, Result};

/// Keys that answers carry and that a sender does not decide.
const SERVERS_OWN: [&str; 7] =
    ["id", "url", "author_handle", "author_name", "author_info", "created_at", "modified_at"];
/// Source: openapi core-v1 `Dashboard.tags`.
const TAGS_MAX: usize = 5;
/// Ids stay below this, so that JavaScript reads them exactly.
const WIDGET_ID_BITS: u32 = 53;

/// Checks a body and makes it what is stored.
pub(crate) fn prepare(mut body: Map<String, Value>) -> Result<Map<String, Value>> {
    for name in SERVERS_OWN {
        body.shift_remove(name);
    }
    let whole = Value::Object(body);
    check::check("Dashboard", "", &whole)?;
    check_rules(&whole)?;
    let Value::Object(mut body) = whole else { return Ok(Map::new()) };
    let mut ids = Vec::new();
    if let Some(widgets) = body.get_mut("widgets").and_then(Value::as_array_mut) {
        number(widgets, &mut HashSet::new());
        ids.extend(widgets.iter().map(|widget| widget["id"].clone()));
    }
    if let Some(tabs) = body.get_mut("tabs").and_then(Value::as_array_mut) {
        point_tabs(tabs, &ids)?;
    }
    Ok(body)
}

/// What the schema cannot say.
fn check_rules(body: &Value) -> Result<()> {
    let items = |name: &str| body[name].as_array().map(Vec::as_slice).unwrap_or_default();
    for (at, variable) in items("template_variables").iter().enumerate() {
        exclude(variable, ["default", "defaults"], || format!("template_variables[{at}]"))?;
    }
    for (preset, value) in items("template_variable_presets").iter().enumerate() {
        for (at, variable) in
            value["template_variables"].as_array().into_iter().flatten().enumerate()
        {
            let path = || format!("template_variable_presets[{preset}].template_variables[{at}]");
            exclude(variable, ["value", "values"], path)?;
        }
    }
    let tags = items("tags");
    if tags.len() > TAGS_MAX {
        return Err(Error::bad_request(format!("tags: at most {TAGS_MAX} tags")));
    }
    let is_team = |tag: &Value| tag.as_str().is_some_and(|t| t.starts_with("team:"));
    if let Some(at) = tags.iter().position(|tag| !is_team(tag)) {
        let message = format!("tags[{at}]: expected team:NAME; got {}", tags[at]);
        return Err(Error::bad_request(message));
    }
    let is_free = body["layout_type"] == "free";
    for (at, widget) in items("widgets").iter().enumerate() {
        if is_free && widget["layout"].is_null() {
            let message = "layout: is required in a dashboard of layout_type free";
            return Err(Error::bad_request(format!("widgets[{at}].{message}")));
        }
        let inner = widget["definition"]["widgets"].as_array().into_iter().flatten();
        if let Some(within) = inner.map(is_group).position(|group| group) {
            let path = format!("widgets[{at}].definition.widgets[{within}].definition.type");
            return Err(Error::bad_request(format!("{path}: a group cannot hold a group")));
        }
    }
    Ok(())
}

fn is_group(widget: &Value) -> bool {
    widget["definition"]["type"] == "group"
}

/// Refuses an object that has both keys.
fn exclude(value: &Value, keys: [&str; 2], path: impl Fn() -> String) -> Result<()> {
    match keys.iter().all(|key| !value[*key].is_null()) {
        true => {
            let [one, other] = keys;
            Err(Error::bad_request(format!("{}: has both {one} and {other}", path())))
        }
        false => Ok(()),
    }
}

/// Gives each widget, also those inside groups, its number.
pub(crate) fn number(widgets: &mut [Value], taken: &mut HashSet<u64>) {
    for widget in widgets {
        let Some(widget) = widget.as_object_mut() else { continue };
        let brought = widget.get("id").and_then(Value::as_u64);
        match brought {
            Some(id) if taken.insert(id) => {}
            _ => {
                let id = new_id(taken);
                // At its place when it was there, at the end when not.
                widget.insert("id".to_owned(), json!(id));
            }
        }
        if let Some(inner) = inner_widgets(widget) {
            number(inner, taken);
        }
    }
}

fn inner_widgets(widget: &mut Map<String, Value>) -> Option<&mut Vec<Value>> {
    widget.get_mut("definition")?.get_mut("widgets")?.as_array_mut()
}

fn new_id(taken: &mut HashSet<u64>) -> u64 {
    loop {
        let random = u64::from_le_bytes(base::secure_bytes());
        let id = random >> (u64::BITS - WIDGET_ID_BITS);
        if id > 0 && taken.insert(id) {
            return id;
        }
    }
}

fn point_tabs(tabs: &mut [Value], ids: &[Value]) -> Result<()> {
    for (tab, value) in tabs.iter_mut().enumerate() {
        let Some(listed) = value.get_mut("widget_ids").and_then(Value::as_array_mut) else {
            continue;
        };
        for (at, id) in listed.iter_mut().enumerate() {
            let place = id.as_str().and_then(|text| text.strip_prefix('@')?.parse::<usize>().ok());
            let named = match place {
                Some(place) => place.checked_sub(1).and_then(|place| ids.get(place)),
                None => ids.iter().find(|known| **known == *id),
            };
            let message = || format!("tabs[{tab}].widget_ids[{at}]: no widget is {id}");
            let found = named.cloned().ok_or_else(|| Error::bad_request(message()))?;
            *id = found;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(mut body: Value) -> Result<Map<String, Value>> {
        body["layout_type"] = json!("ordered");
        let Value::Object(body) = body else { panic!("not an object: {body}") };
        prepare(body)
    }

    #[test]
    fn what_comes_in_stays() {
        let sent = json!({"title": "t", "id": "abc", "zzz": {"b": 1, "a": [2.50]},
            "widgets": [{"id": 5, "definition": {"type": "note", "content": "", "unknown": null}}]});
        let kept = prepared(sent.clone()).unwrap();
        assert!(!kept.contains_key("id"));
        assert_eq!(kept["zzz"].to_string(), sent["zzz"].to_string());
        assert_eq!(kept["widgets"], sent["widgets"]);
    }

    #[test]
    fn each_widget_has_a_number_of_its_own() {
        let widget = |id: Value| json!({"definition": {"type": "note", "content": ""}, "id": id});
        let inner = [widget(json!(7)), widget(Value::Null), widget(json!(7.5))];
        let group = json!({"type": "group", "layout_type": "ordered", "widgets": inner});
        let outer = [widget(json!(7)), widget(json!(-4)), json!({"definition": group})];
        let sent = json!({"title": "t", "widgets": outer});
        let kept = prepared(sent).unwrap();
        let widgets = kept["widgets"].as_array().unwrap();
        let inner = widgets[2]["definition"]["widgets"].as_array().unwrap();
        let ids: HashSet<u64> =
            widgets.iter().chain(inner).map(|w| w["id"].as_u64().unwrap()).collect();
        assert_eq!(ids.len(), 6);
        assert_eq!(widgets[0]["id"], 7);
        assert!(ids.iter().all(|id| *id < 1 << WIDGET_ID_BITS));
    }

    #[test]
    fn tabs_name_widgets() {
        let tabs = |ids: Value| {
            let widget = |id: u32| json!({"definition": {"type": "note", "content": ""}, "id": id});
            prepared(json!({"title": "t", "widgets": [widget(3), widget(4)],
                "tabs": [{"id": "u", "name": "n", "widget_ids": ids}]}))
        };
        let kept = tabs(json!(["@2", 3])).unwrap();
        assert_eq!(kept["tabs"][0]["widget_ids"], json!([4, 3]));
        for bad in [json!(["@0"]), json!(["@3"]), json!([5]), json!([null])] {
            let error = format!("{:?}", tabs(bad).unwrap_err());
            assert!(error.contains("tabs[0].widget_ids[0]"), "{error}");
        }
    }

    #[test]
    fn refused() {
        let with = |key: &str, value: Value| json!({"title": "t", "widgets": [], key: value});
        let group = json!({"definition": {"type": "group", "layout_type": "ordered",
            "widgets": []}});
        let mut outer = group.clone();
        outer["definition"]["widgets"] = json!([group]);
        for (body, words) in [
            (json!({"widgets": []}), "title: is required"),
            (json!({"title": 5, "widgets": []}), "title: expected a string"),
            (json!({"title": "t"}), "widgets: is required"),
            (json!({"title": "t", "widgets": {}}), "widgets: expected a list"),
            (json!({"title": "t", "widgets": [outer]}), "widgets[0].definition.widgets[0]"),
            (with("tags", json!(["team:a", "b"])), "tags[1]: expected team:NAME"),
            (with("tags", json!(vec!["team:a"; 6])), "at most 5"),
            (
                with(
                    "template_variables",
                    json!([{"name": "v", "default": "*", "defaults": ["*"]}]),
                ),
                "template_variables[0]: has both default and defaults",
            ),
            (
                with("template_variables", json!([{"name": "v", "defaults": [""]}])),
                "template_variables[0].defaults[0]: expected a string that is not empty",
            ),
            (
                with(
                    "template_variable_presets",
                    json!([{"name": "p", "template_variables":
                    [{"name": "v", "value": "*", "values": ["*"]}]}]),
                ),
                "template_variable_presets[0].template_variables[0]: has both value and values",
            ),
        ] {
            let error = format!("{:?}", prepared(body).unwrap_err());
            assert!(error.contains(words), "{error}");
        }
    }
}
