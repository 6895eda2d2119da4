//! `POST /api/v2/series` as JSON, as API clients send it.
//!
//! `{"series":[{"metric","type":0-3,"points":[{"timestamp","value"}],"resources":[{"type","name"}],
//! "tags","interval"}]}`. Source: openapi core-v2 `MetricPayload`.

use std::fmt::Write;

use model::{MetricKind, PointsBatch};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess};

use crate::decoded::Problem;
use crate::json::{Scalar, Sink, skip};
use crate::metrics::builder::Point;
use crate::metrics::json_series::{self, Form, kind_by_name};
use crate::{Context, Decoded, Error};

pub fn decode(body: &[u8], context: Context) -> Result<Decoded<PointsBatch>, Error> {
    json_series::decode::<PointsBatch, V2>(body, context)
}

/// The number of a kind on the wire, and back. 0 is *unspecified*, which Datadog takes for a gauge.
pub(crate) fn kind_by_number(number: i64) -> Option<MetricKind> {
    Some(match number {
        0 | 3 => MetricKind::Gauge,
        1 => MetricKind::Count,
        2 => MetricKind::Rate,
        _ => return None,
    })
}

pub(crate) fn number_of_kind(kind: MetricKind) -> i64 {
    match kind {
        MetricKind::Count => 1,
        MetricKind::Rate => 2,
        MetricKind::Gauge => 3,
        MetricKind::Distribution => 0,
    }
}

/// A body of this route for the points of `batch`; what tests and benchmarks send.
pub fn encode(batch: &PointsBatch) -> String {
    let mut out = String::from("{\"series\":[");
    for (i, (entry, key, times, values)) in batch.iter().enumerate() {
        let points = times
            .iter()
            .zip(values)
            .map(|(time, value)| format!("{{\"timestamp\":{},\"value\":{value}}}", time / 1000));
        let resources = [("host", key.host), ("device", key.device)]
            .into_iter()
            .filter(|(_, name)| !name.is_empty())
            .map(|(kind, name)| format!("{{\"type\":\"{kind}\",\"name\":{}}}", quote(name)));
        write!(
            out,
            "{}{{\"metric\":{},\"type\":{},\"points\":[{}],\"resources\":[{}],\"tags\":[{}],\
             \"interval\":{}}}",
            if i == 0 { "" } else { "," },
            quote(key.metric),
            number_of_kind(entry.kind),
            points.collect::<Vec<_>>().join(","),
            resources.collect::<Vec<_>>().join(","),
            quote_tags(key.tags),
            entry.interval_secs,
        )
        .expect("BUG: writing to a string cannot fail");
    }
    out.push_str("]}");
    out
}

pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub(crate) fn quote_tags(tags: &str) -> String {
    let tags = tags.split(',').filter(|t| !t.is_empty());
    tags.map(quote).collect::<Vec<_>>().join(",")
}

struct V2;

impl<'de> Form<'de> for V2 {
    type Value = f64;
    type Point = V2Point<'de>;

    fn kind(sent: &Scalar<'_>) -> Result<MetricKind, String> {
        match sent {
            Scalar::Null => Some(MetricKind::Gauge),
            Scalar::Text(name) => kind_by_name(name),
            _ => sent.int().and_then(kind_by_number),
        }
        .ok_or_else(|| sent.to_string())
    }

    #[inline]
    fn point(point: V2Point<'de>) -> Point<f64> {
        if !point.is_point {
            let message = "it has not `timestamp` and `value`";
            return Err(Box::new(Problem::new("bad_point", message)));
        }
        json_series::point(&point.time, &point.value)
    }
}

/// `{"timestamp": secs, "value": number}`
#[derive(Default)]
pub(crate) struct V2Point<'de> {
    time: Scalar<'de>,
    value: Scalar<'de>,
    is_point: bool,
}

impl<'de> Sink<'de> for V2Point<'de> {
    fn scalar(&mut self, _value: Scalar<'de>) {}

    #[inline]
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        self.is_point = true;
        match key {
            "timestamp" => self.time = map.next_value()?,
            "value" => self.value = map.next_value()?,
            _ => map.next_value::<serde::de::IgnoredAny>().map(|_| ())?,
        }
        Ok(())
    }

    /// The pairs of v1: there is no doubt about what they mean.
    fn element<D: Deserializer<'de>>(&mut self, idx: usize, element: D) -> Result<(), D::Error> {
        match idx {
            0 => self.time = Scalar::deserialize(element)?,
            1 => self.value = Scalar::deserialize(element)?,
            _ => return skip(element),
        }
        self.is_point = true;
        Ok(())
    }
}
