//! A request as handlers see it: who asks, the path's and the query's parameters, the body.
//!
//! Every accessor that can fail answers an [`Error`] that names the parameter or the field.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;

use bytes::Bytes;
use control::{Actor, Principal};
use http::{HeaderMap, Uri};
use model::OrgId;
use serde_json::Value;
use uuid::Uuid;

use crate::State;
use crate::error::{Error, Result};

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) state: Arc<State>,
    pub(crate) caller: Option<Arc<Principal>>,
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: Params,
    pub(crate) headers: HeaderMap,
    pub(crate) uri: Uri,
    pub(crate) body: Bytes,
    /// The client's address, when the server that took the connection has told it.
    pub(crate) address: Option<IpAddr>,
}

impl Call {
    /// Who asks. Only handlers behind a door that lets nobody else in may use it.
    pub(crate) fn principal(&self) -> &Principal {
        self.caller.as_ref().expect("BUG: the door of this route lets in only known callers")
    }

    pub(crate) fn org(&self) -> OrgId {
        self.principal().org
    }

    pub(crate) fn actor(&self) -> Actor {
        self.principal().actor()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.state.clock.now_ms()
    }

    /// A parameter of the path, decoded.
    pub(crate) fn segment(&self, name: &str) -> &str {
        let found = self.path.iter().find(|(key, _)| key == name);
        &found.expect("BUG: the route's path has this parameter").1
    }

    /// A parameter of the path that has to be a UUID; what is none names no object.
    pub(crate) fn id(&self, name: &str, kind: &str) -> Result<Uuid> {
        let text = self.segment(name);
        text.parse().map_err(|_not_a_uuid| Error::not_found(format!("{kind} {text} not found")))
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Value> {
        if self.body.is_empty() {
            return Err(Error::bad_request("the request has no body, JSON is expected"));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Error::bad_request(format!("the body is not valid JSON: {error}")))
    }

    /// The body as JSON, `null` when there is none.
    pub(crate) fn json_or_null(&self) -> Result<Value> {
        if self.body.is_empty() { Ok(Value::Null) } else { self.json() }
    }
}

/// The query string's parameters, decoded, in their order.
#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Self(pairs.map(|(key, value)| (key.into_owned(), value.into_owned())).collect())
    }

    /// The last one of the name; empty values count as absent, as clients send them for "not set".
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str> {
        self.get(name)
            .ok_or_else(|| Error::bad_request(format!("the parameter {name} is required")))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>> {
        match self.get(name) {
            None => Ok(None),
            Some("true" | "True" | "1") => Ok(Some(true)),
            Some("false" | "False" | "0") => Ok(Some(false)),
            Some(other) => Err(Error::bad_request(format!(
                "the parameter {name} must be true or false, not {other:?}"
            ))),
        }
    }

    pub(crate) fn int(&self, name: &str) -> Result<Option<i64>> {
        let Some(text) = self.get(name) else { return Ok(None) };
        // Some clients send whole seconds as floats.
        let number = text.parse().ok().or_else(|| {
            let float: f64 = text.parse().ok()?;
            (float.is_finite() && float.abs() < 9e18).then_some(float as i64)
        });
        number.map(Some).ok_or_else(|| {
            Error::bad_request(format!("the parameter {name} must be a whole number, not {text:?}"))
        })
    }

    /// A number within bounds, or the default.
    pub(crate) fn int_in(
        &self,
        name: &str,
        range: RangeInclusive<i64>,
        default: i64,
    ) -> Result<i64> {
        let number = self.int(name)?.unwrap_or(default);
        if range.contains(&number) {
            return Ok(number);
        }
        let (low, high) = (range.start(), range.end());
        Err(Error::bad_request(format!(
            "the parameter {name} must be between {low} and {high}, not {number}"
        )))
    }

    /// A page as `page[size]` and `page[number]` ask for it.
    pub(crate) fn page(&self, size_default: i64, size_max: i64) -> Result<Page> {
        let size = self.int_in("page[size]", 1..=size_max, size_default)?;
        let number = self.int_in("page[number]", 0..=i64::from(u32::MAX), 0)?;
        Ok(Page { size: size as usize, number: number as usize })
    }
}

/// A slice of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) size: usize,
    /// From 0.
    pub(crate) number: usize,
}

impl Page {
    pub(crate) fn of<T>(self, items: Vec<T>) -> Vec<T> {
        let skip = self.number.saturating_mul(self.size);
        items.into_iter().skip(skip).take(self.size).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_checked() {
        let params = Params::parse("a=1&b=x%20y&filter%5Btags%5D=env%3Aci&f=1.0&e=&t=true&n=x&a=2");
        assert_eq!(params.get("filter[tags]"), Some("env:ci"));
        assert_eq!(params.get("b"), Some("x y"));
        assert_eq!(params.get("a"), Some("2"));
        assert_eq!(params.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(params.get("e"), None);
        assert_eq!(params.int("f").unwrap(), Some(1));
        assert_eq!(params.flag("t").unwrap(), Some(true));
        assert!(params.int("n").is_err() && params.flag("n").is_err());
        assert!(params.int_in("a", 3..=9, 5).is_err());
        assert_eq!(params.int_in("zzz", 3..=9, 5).unwrap(), 5);
    }

    #[test]
    fn pages_slice_lists() {
        let page = |number| Page { size: 2, number }.of(vec![1, 2, 3]);
        assert_eq!((page(0), page(1), page(2)), (vec![1, 2], vec![3], vec![]));
        assert!(Page { size: 2, number: usize::MAX }.of(vec![1]).is_empty());
    }
}
