//! What is sent as a dashboard, made ready to be stored.
//!
//! Everything stays as it came, but: what only the server says is dropped (ids, author, times),
//! each widget gets a number unless it brings one that no other has, and tabs that name widgets by
//! their place (`@1`) name them by number.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// Keys that answers carry and that a sender does not decide.
const SERVERS_OWN: [&str; 7] =
    ["id", "url", "author_handle", "author_name", "author_info", "created_at", "modified_at"];
/// Ids stay below this, so that JavaScript reads them exactly.
const WIDGET_ID_BITS: u32 = 53;

/// Checks a body and makes it what is stored.
pub(crate) fn prepare(mut body: Map<String, Value>) -> Result<Map<String, Value>> {
    for name in SERVERS_OWN {
        body.shift_remove(name);
    }
    if !body.get("title").is_some_and(Value::is_string) {
        return Err(Error::bad_request("title is required, a string"));
    }
    if body.get("widgets").is_none_or(Value::is_null) {
        return Err(Error::bad_request("widgets is required, a list of widgets"));
    }
    let Some(widgets) = body.get_mut("widgets").and_then(Value::as_array_mut) else {
        return Err(Error::bad_request("widgets must be a list of widgets"));
    };
    number(widgets, &mut HashSet::new());
    let ids: Vec<Value> = widgets.iter().map(|widget| widget["id"].clone()).collect();
    if let Some(tabs) = body.get_mut("tabs").and_then(Value::as_array_mut) {
        point_tabs(tabs, &ids)?;
    }
    Ok(body)
}

/// Gives each widget, also those inside groups, its number.
pub(crate) fn number(widgets: &mut [Value], taken: &mut HashSet<u64>) {
    for widget in widgets {
        let Some(widget) = widget.as_object_mut() else { continue };
        let brought = widget.get("id").and_then(Value::as_u64).filter(|id| *id > 0);
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

    fn prepared(body: Value) -> Result<Map<String, Value>> {
        let Value::Object(body) = body else { panic!("not an object: {body}") };
        prepare(body)
    }

    #[test]
    fn what_comes_in_stays() {
        let sent = json!({"title": "t", "id": "abc", "zzz": {"b": 1, "a": [2.50]},
            "widgets": [{"id": 5, "definition": {"type": "note", "unknown": null}}]});
        let kept = prepared(sent.clone()).unwrap();
        assert!(!kept.contains_key("id"));
        assert_eq!(kept["zzz"].to_string(), sent["zzz"].to_string());
        assert_eq!(kept["widgets"], sent["widgets"]);
    }

    #[test]
    fn each_widget_has_a_number_of_its_own() {
        let group = json!({"type": "group", "widgets": [{"id": 7}, {"id": null}, {}]});
        let sent =
            json!({"title": "t", "widgets": [{"id": 7}, {"id": "x"}, {"definition": group}]});
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
            prepared(json!({"title": "t", "widgets": [{"id": 3}, {"id": 4}],
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
        for (body, words) in [
            (json!({"widgets": []}), "title is required"),
            (json!({"title": 5, "widgets": []}), "title is required"),
            (json!({"title": "t"}), "widgets is required"),
            (json!({"title": "t", "widgets": {}}), "widgets must be a list"),
        ] {
            let error = format!("{:?}", prepared(body).unwrap_err());
            assert!(error.contains(words), "{error}");
        }
    }
}
