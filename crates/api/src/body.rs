//! Reading the parts of a JSON body, with errors that name the field.

use serde_json::Value;

use crate::error::{Error, Result};

/// A JSON object of a body, with the path to it for error messages.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> Fields<'a> {
    /// The whole body, which has to be an object.
    pub(crate) fn of(body: &'a Value) -> Result<Self> {
        match body {
            Value::Object(_) => Ok(Self { path: String::new(), value: body }),
            _ => Err(Error::bad_request("the body must be a JSON object")),
        }
    }

    /// `data.attributes` of a JSON:API body whose `data.type` is one of the given.
    pub(crate) fn attributes(body: &'a Value, types: &[&str]) -> Result<Self> {
        let data = Self::data(body, types)?;
        data.object("attributes")
    }

    /// `data` of a JSON:API body whose `data.type` is one of the given.
    pub(crate) fn data(body: &'a Value, types: &[&str]) -> Result<Self> {
        let data = Self::of(body)?.object("data")?;
        let kind = data.str("type")?;
        if !types.contains(&kind) {
            let expected = types.join(" or ");
            return Err(Error::bad_request(format!("data.type must be {expected}, not {kind:?}")));
        }
        Ok(data)
    }

    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// The field, unless it is absent or null.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.value.get(name).filter(|value| !value.is_null())
    }

    /// Whether the field is there, be it null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some()
    }

    fn required(&self, name: &str) -> Result<&'a Value> {
        self.get(name).ok_or_else(|| Error::bad_request(format!("{} is required", self.at(name))))
    }

    /// `data.attributes.name`: how messages name a field.
    pub(crate) fn at(&self, name: &str) -> String {
        match self.path.is_empty() {
            true => name.to_owned(),
            false => format!("{}.{name}", self.path),
        }
    }

    pub(crate) fn wrong(&self, name: &str, expected: &str) -> Error {
        Error::bad_request(format!("{} must be {expected}", self.at(name)))
    }

    pub(crate) fn object(&self, name: &str) -> Result<Self> {
        let value = self.required(name)?;
        match value.is_object() {
            true => Ok(Self { path: self.at(name), value }),
            false => Err(self.wrong(name, "an object")),
        }
    }

    pub(crate) fn object_or_none(&self, name: &str) -> Result<Option<Self>> {
        self.get(name).map(|_| self.object(name)).transpose()
    }

    pub(crate) fn str(&self, name: &str) -> Result<&'a str> {
        self.required(name)?.as_str().ok_or_else(|| self.wrong(name, "a string"))
    }

    pub(crate) fn str_or_none(&self, name: &str) -> Result<Option<&'a str>> {
        self.get(name).map(|_| self.str(name)).transpose()
    }

    /// A string that is not blank.
    pub(crate) fn text(&self, name: &str) -> Result<&'a str> {
        let text = self.str(name)?;
        if text.trim().is_empty() { Err(self.wrong(name, "a non-empty string")) } else { Ok(text) }
    }

    pub(crate) fn bool_or_none(&self, name: &str) -> Result<Option<bool>> {
        let value = self.get(name);
        value.map(|v| v.as_bool().ok_or_else(|| self.wrong(name, "true or false"))).transpose()
    }

    pub(crate) fn int(&self, name: &str) -> Result<i64> {
        self.required(name)?.as_i64().ok_or_else(|| self.wrong(name, "a whole number"))
    }

    pub(crate) fn int_or_none(&self, name: &str) -> Result<Option<i64>> {
        self.get(name).map(|_| self.int(name)).transpose()
    }

    /// A list of strings.
    pub(crate) fn strs(&self, name: &str) -> Result<Vec<&'a str>> {
        let wrong = || self.wrong(name, "a list of strings");
        let items = self.required(name)?.as_array().ok_or_else(wrong)?;
        items.iter().map(|item| item.as_str().ok_or_else(wrong)).collect()
    }

    pub(crate) fn strs_or_none(&self, name: &str) -> Result<Option<Vec<&'a str>>> {
        self.get(name).map(|_| self.strs(name)).transpose()
    }

    pub(crate) fn array(&self, name: &str) -> Result<&'a Vec<Value>> {
        self.required(name)?.as_array().ok_or_else(|| self.wrong(name, "a list"))
    }

    /// The ids of `relationships.NAME.data`, be it one object or a list; `None` when absent.
    pub(crate) fn related(&self, name: &str) -> Result<Option<Vec<&'a str>>> {
        let Some(relations) = self.object_or_none("relationships")? else { return Ok(None) };
        let Some(relation) = relations.object_or_none(name)? else { return Ok(None) };
        let wrong = || relation.wrong("data", "a list of objects with an id");
        let id = |item: &'a Value| item.get("id").and_then(Value::as_str).ok_or_else(wrong);
        match relation.get("data") {
            None => Ok(None),
            Some(Value::Array(items)) => items.iter().map(id).collect::<Result<_>>().map(Some),
            Some(item) => Ok(Some(vec![id(item)?])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_name_the_field() {
        let body = json!({"data": {"type": "keys", "attributes": {"name": " ", "n": "x", "t": [1]},
            "relationships": {"roles": {"data": [{"id": "a"}]}, "org": {"data": {"id": "b"}}}}});
        let attributes = Fields::attributes(&body, &["keys"]).unwrap();
        let check = |got: Error, expect: &str| {
            assert!(format!("{got:?}").contains(expect), "{got:?} lacks {expect}");
        };
        check(Fields::data(&body, &["users"]).unwrap_err(), "data.type must be users");
        check(attributes.text("name").unwrap_err(), "data.attributes.name must be a non-empty");
        check(attributes.int("n").unwrap_err(), "data.attributes.n must be a whole number");
        check(attributes.strs("t").unwrap_err(), "data.attributes.t must be a list of strings");
        check(attributes.str("gone").unwrap_err(), "data.attributes.gone is required");
        check(Fields::of(&json!([])).unwrap_err(), "the body must be a JSON object");
        let data = Fields::data(&body, &["keys"]).unwrap();
        assert_eq!(data.related("roles").unwrap(), Some(vec!["a"]));
        assert_eq!(data.related("org").unwrap(), Some(vec!["b"]));
        assert_eq!(data.related("users").unwrap(), None);
    }
}
