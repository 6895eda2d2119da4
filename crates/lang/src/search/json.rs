//! Attributes kept as JSON, seen through dotted paths.

use serde_json::Value as Json;

use super::Value;

/// How deeply objects and arrays are walked; what lies deeper is not found.
const DEPTH_MAX: usize = 20;

/// The attributes of an event.
#[derive(Clone, Copy, Debug)]
pub struct JsonFields<'a>(pub &'a Json);

impl JsonFields<'_> {
    /// Calls `f` with each value at the path until it answers `true`; says whether it did.
    ///
    /// `a.b` is the member `b` of the object `a`, or the member `a.b`; an array stands for each of
    /// its members.
    pub fn any(&self, path: &str, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        any_at(self.0, path, DEPTH_MAX, f)
    }

    /// Calls `f` with every value until it answers `true`; says whether it did.
    pub fn every(&self, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        every(self.0, DEPTH_MAX, f)
    }
}

fn any_at(json: &Json, path: &str, depth: usize, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    if depth == 0 {
        return false;
    }
    match json {
        Json::Array(items) => items.iter().any(|item| any_at(item, path, depth - 1, f)),
        Json::Object(map) => {
            if map.get(path).is_some_and(|found| leaf(found, depth - 1, f)) {
                return true;
            }
            path.match_indices('.').any(|(dot, _)| {
                map.get(&path[..dot])
                    .is_some_and(|inner| any_at(inner, &path[dot + 1..], depth - 1, f))
            })
        }
        _ => false,
    }
}

fn leaf(json: &Json, depth: usize, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    match json {
        Json::Null => false,
        Json::Bool(b) => f(Value::Bool(*b)),
        Json::Number(n) => n.as_f64().is_some_and(|n| f(Value::Number(n))),
        Json::String(s) => f(Value::Text(s)),
        Json::Array(items) => depth > 0 && items.iter().any(|item| leaf(item, depth - 1, f)),
        // There is something, though nothing to compare with.
        Json::Object(_) => f(Value::Text("")),
    }
}

fn every(json: &Json, depth: usize, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    match json {
        _ if depth == 0 => false,
        Json::Array(items) => items.iter().any(|item| every(item, depth - 1, f)),
        Json::Object(map) => map.values().any(|item| every(item, depth - 1, f)),
        leaf_value => leaf(leaf_value, depth, f),
    }
}
