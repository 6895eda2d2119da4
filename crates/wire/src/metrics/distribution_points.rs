//! `POST /api/v1/distribution_points`: `{"series":[{"metric","points":[[secs,[values]]],…}]}`.
//!
//! The values of a point become one sketch. Source: openapi core-v1 `DistributionPointsPayload`.

use model::{MetricKind, Sketch, SketchesBatch};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess};

use crate::decoded::Problem;
use crate::json::{Into, Scalar, Sink, skip};
use crate::metrics::builder::Point;
use crate::metrics::json_series::{self, Form};
use crate::{Context, Decoded, Error, SKETCHES_PER_BODY_MAX};

pub fn decode(body: &[u8], context: Context) -> Result<Decoded<SketchesBatch>, Error> {
    json_series::decode::<SketchesBatch, Distribution>(body, context)
}

struct Distribution;

impl<'de> Form<'de> for Distribution {
    type Value = Sketch;
    type Point = DistributionPoint<'de>;

    const POINTS_MAX: usize = SKETCHES_PER_BODY_MAX;
    const POINTS: &'static str = "too many sketches";

    fn kind(sent: &Scalar<'_>) -> Result<MetricKind, String> {
        match sent {
            Scalar::Null => Ok(MetricKind::Distribution),
            Scalar::Text(name) if matches!(&**name, "" | "distribution") => {
                Ok(MetricKind::Distribution)
            }
            _ => Err(format!("{sent} (this route takes distributions)")),
        }
    }

    fn point(point: DistributionPoint<'de>) -> Point<Sketch> {
        if point.n_parts != 2 {
            let message = "it is not a pair of time and values";
            return Err(Box::new(Problem::new("bad_point", message)));
        }
        let secs = json_series::seconds(&point.time)?;
        match point.values.problem {
            Some(problem) => Err(Box::new(problem)),
            None => Ok((secs, Sketch::from_values(point.values.values))),
        }
    }
}

/// `[secs, [value, …]]`
#[derive(Default)]
pub(crate) struct DistributionPoint<'de> {
    time: Scalar<'de>,
    values: Values,
    n_parts: usize,
}

#[derive(Default)]
struct Values {
    values: Vec<f64>,
    problem: Option<Problem>,
}

impl<'de> Sink<'de> for DistributionPoint<'de> {
    fn scalar(&mut self, _value: Scalar<'de>) {}

    fn element<D: Deserializer<'de>>(&mut self, idx: usize, element: D) -> Result<(), D::Error> {
        self.n_parts = idx + 1;
        match idx {
            0 => self.time = Scalar::deserialize(element)?,
            1 => serde::de::DeserializeSeed::deserialize(Into(&mut self.values), element)?,
            _ => skip(element)?,
        }
        Ok(())
    }
}

impl Values {
    fn push(&mut self, idx: usize, value: &Scalar<'_>) {
        match value.number() {
            Some(value) if value.is_finite() => self.values.push(value),
            _ => {
                let message = format!("values[{idx}]: {value} is not a finite number");
                self.problem.get_or_insert(Problem::new("value_not_finite", message));
            }
        }
    }
}

impl<'de> Sink<'de> for Values {
    /// One value without its brackets.
    fn scalar(&mut self, value: Scalar<'de>) {
        self.push(0, &value);
    }

    fn element<D: Deserializer<'de>>(&mut self, idx: usize, element: D) -> Result<(), D::Error> {
        let value = Scalar::deserialize(element)?;
        self.push(idx, &value);
        Ok(())
    }

    fn field<A: MapAccess<'de>>(&mut self, _key: &str, map: &mut A) -> Result<(), A::Error> {
        let message = "the values are an object instead of an array";
        self.problem.get_or_insert(Problem::new("bad_point", message));
        map.next_value::<serde::de::IgnoredAny>().map(|_| ())
    }
}
