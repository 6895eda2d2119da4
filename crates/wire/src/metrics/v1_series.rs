//! `POST /api/v1/series`: `{"series":[{"metric","points":[[secs, value]],"type","host","tags"}]}`.
//!
//! Times may be floats or strings (as `datadogpy` and shell scripts send them); `type` may be
//! missing or empty (gauge) or the old `counter`; tags, host and interval may be null.
//! Source: openapi core-v1 `MetricsPayload`; the Agent's `pkg/metrics/series.go`.

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
    json_series::decode::<PointsBatch, V1>(body, context)
}

/// A body of this route for the points of `batch`; what tests and benchmarks send.
pub fn encode(batch: &PointsBatch) -> String {
    let mut out = String::from("{\"series\":[");
    for (i, (entry, key, times, values)) in batch.iter().enumerate() {
        let points =
            times.iter().zip(values).map(|(time, value)| format!("[{},{value}]", time / 1000));
        write!(
            out,
            "{}{{\"metric\":{},\"points\":[{}],\"type\":\"{}\",\"interval\":{},\"host\":{},\
             \"device\":{},\"tags\":[{}]}}",
            if i == 0 { "" } else { "," },
            super::v2_json::quote(key.metric),
            points.collect::<Vec<_>>().join(","),
            entry.kind.name(),
            entry.interval_secs,
            super::v2_json::quote(key.host),
            super::v2_json::quote(key.device),
            super::v2_json::quote_tags(key.tags),
        )
        .expect("BUG: writing to a string cannot fail");
    }
    out.push_str("]}");
    out
}

struct V1;

impl<'de> Form<'de> for V1 {
    type Value = f64;
    type Point = V1Point<'de>;

    fn kind(sent: &Scalar<'_>) -> Result<MetricKind, String> {
        match sent {
            Scalar::Null => Ok(MetricKind::Gauge),
            Scalar::Text(name) if name.is_empty() => Ok(MetricKind::Gauge),
            Scalar::Text(name) => kind_by_name(name).ok_or_else(|| sent.to_string()),
            _ => Err(sent.to_string()),
        }
    }

    #[inline]
    fn point(point: V1Point<'de>) -> Point<f64> {
        if point.n_parts != 2 {
            let message = "it is not a pair of time and value";
            return Err(Box::new(Problem::new("bad_point", message)));
        }
        json_series::point(&point.time, &point.value)
    }
}

/// `[secs, value]`
#[derive(Default)]
pub(crate) struct V1Point<'de> {
    time: Scalar<'de>,
    value: Scalar<'de>,
    n_parts: usize,
}

impl<'de> Sink<'de> for V1Point<'de> {
    fn scalar(&mut self, _value: Scalar<'de>) {}

    #[inline]
    fn element<D: Deserializer<'de>>(&mut self, idx: usize, element: D) -> Result<(), D::Error> {
        self.n_parts = idx + 1;
        match idx {
            0 => self.time = Scalar::deserialize(element)?,
            1 => self.value = Scalar::deserialize(element)?,
            _ => skip(element)?,
        }
        Ok(())
    }

    /// Some clients mix the versions up and send the points of v2 here: there is no doubt about
    /// what they mean.
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "timestamp" => self.time = map.next_value()?,
            "value" => self.value = map.next_value()?,
            _ => map.next_value::<serde::de::IgnoredAny>().map(|_| ())?,
        }
        self.n_parts = 2;
        Ok(())
    }
}
