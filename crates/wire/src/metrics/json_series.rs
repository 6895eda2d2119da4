//! The JSON forms of series: `{"series": [{"metric": …, "points": […], …}]}`, streamed.
//!
//! What differs between the routes is a [`Form`]: how a point is written and how a type is named.

use std::marker::PhantomData;

use model::MetricKind;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess};

use crate::decoded::Problem;
use crate::json::{self, Into, Scalar, Sink, skip};
use crate::metrics::builder::{Batch, Builder, Head, Point};
use crate::metrics::tags::TagScratch;
use crate::{Context, Decoded, Error, POINTS_PER_BODY_MAX};

/// What is particular to a route.
pub(crate) trait Form<'de> {
    type Value;
    type Point: Sink<'de> + Default;

    /// The kind of a series by its `type`, or the words for what stands there instead.
    fn kind(sent: &Scalar<'_>) -> Result<MetricKind, String>;
    /// The point, once it has been read.
    fn point(point: Self::Point) -> Point<Self::Value>;
    /// How many of them one body may hold, and what they are called in the error.
    const POINTS_MAX: usize = POINTS_PER_BODY_MAX;
    const POINTS: &'static str = "too many points";
}

pub(crate) fn decode<B, F>(body: &[u8], context: Context) -> Result<Decoded<B>, Error>
where
    B: Batch,
    F: for<'de> Form<'de, Value = B::Value>,
{
    json::decode(body, |bytes| {
        let mut sink = BodySink::<B, F>::new(context);
        json::read(bytes, &mut sink)?;
        Ok(sink.finish())
    })?
}

/// The kind by the name that v1 uses.
pub(crate) fn kind_by_name(name: &str) -> Option<MetricKind> {
    let names = [
        ("gauge", MetricKind::Gauge),
        ("count", MetricKind::Count),
        ("counter", MetricKind::Count),
        ("rate", MetricKind::Rate),
    ];
    names.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, kind)| kind)
}

/// Time and value as they are sent, checked: seconds, cut to whole ones as Datadog does.
#[inline]
pub(crate) fn point(time: &Scalar<'_>, value: &Scalar<'_>) -> Point<f64> {
    let secs = seconds(time)?;
    match value.number() {
        Some(value) => Ok((secs, value)),
        None if value.is_unwritable() => {
            let message = format!("value {value} is not a finite number");
            Err(Box::new(Problem::new("value_not_finite", message)))
        }
        None => Err(Box::new(Problem::new("bad_value", format!("value {value} is no number")))),
    }
}

#[inline]
pub(crate) fn seconds(time: &Scalar<'_>) -> Result<i64, Box<Problem>> {
    time.int().ok_or_else(|| {
        Box::new(Problem::new("bad_timestamp", format!("timestamp {time} is no number")))
    })
}

/// The document.
struct BodySink<B: Batch, F> {
    builder: Builder<B>,
    points: Vec<Point<B::Value>>,
    n_points: usize,
    has_series: bool,
    n_keys: usize,
    shape: Option<Error>,
    form: PhantomData<F>,
}

impl<B: Batch, F> BodySink<B, F> {
    fn new(context: Context) -> Self {
        Self {
            builder: Builder::new(context, "series"),
            points: Vec::new(),
            n_points: 0,
            has_series: false,
            n_keys: 0,
            shape: None,
            form: PhantomData,
        }
    }

    fn wrong_shape(&mut self, message: &str) {
        self.shape = Some(Error::invalid("bad_payload", message));
    }

    /// The Agent's connectivity check posts `{}`: that is no error, but a misspelt key is one.
    fn finish(mut self) -> Result<Decoded<B>, Error> {
        if self.n_keys > 0 && !self.has_series {
            self.wrong_shape("the body has no `series`");
        }
        match self.shape {
            Some(error) => Err(error),
            None => Ok(self.builder.finish()),
        }
    }
}

impl<'de, B: Batch, F: Form<'de, Value = B::Value>> Sink<'de> for BodySink<B, F> {
    fn scalar(&mut self, value: Scalar<'de>) {
        self.wrong_shape(&format!("the body is {value} instead of an object with `series`"));
    }

    fn element<D: Deserializer<'de>>(&mut self, _idx: usize, element: D) -> Result<(), D::Error> {
        skip(element)
    }

    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        self.n_keys += 1;
        if key == "series" {
            self.has_series = true;
            return map.next_value_seed(Into(&mut SeriesList(self)));
        }
        map.next_value::<serde::de::IgnoredAny>().map(|_| ())
    }

    fn end(&mut self, is_object: bool) {
        if !is_object {
            self.wrong_shape("the body is an array instead of an object with `series`");
        }
    }
}

/// The value of `series`.
struct SeriesList<'x, B: Batch, F>(&'x mut BodySink<B, F>);

impl<'de, B: Batch, F: Form<'de, Value = B::Value>> Sink<'de> for SeriesList<'_, B, F> {
    fn scalar(&mut self, value: Scalar<'de>) {
        // A Go client writes an empty slice as null.
        if value != Scalar::Null {
            self.0.wrong_shape(&format!("`series` is {value} instead of an array"));
        }
    }

    fn end(&mut self, is_object: bool) {
        if is_object {
            self.0.wrong_shape("`series` is an object instead of an array");
        }
    }

    #[inline]
    fn element<D: Deserializer<'de>>(&mut self, idx: usize, element: D) -> Result<(), D::Error> {
        let body = &mut *self.0;
        body.builder.tags.clear();
        body.points.clear();
        let mut series = SeriesSink::<F> {
            tags: &mut body.builder.tags,
            points: &mut body.points,
            n_points: &mut body.n_points,
            metric: Scalar::Null,
            host: Scalar::Null,
            device: Scalar::Null,
            kind: Scalar::Null,
            interval: Scalar::Null,
            is_object: false,
        };
        serde::de::DeserializeSeed::deserialize(Into(&mut series), element)?;
        let SeriesSink { metric, host, device, kind, interval, is_object, .. } = series;
        let mut parts = [("metric", metric), ("host", host), ("device", device)];
        if let Some((name, _)) = parts.iter().find(|(_, part)| *part == Scalar::Compound) {
            let problem = Problem::new("bad_series", format!(".{name}: is no string"));
            body.builder.refuse(idx, body.points.len().max(1) as u64, problem);
            return Ok(());
        }
        if !is_object {
            let problem = Problem::new("bad_series", ": is no object");
            body.builder.refuse(idx, 1, problem);
            return Ok(());
        }
        let [metric, host, device] = parts.each_mut().map(|(_, part)| std::mem::take(part).text());
        let head = Head {
            metric: &metric.unwrap_or_default(),
            host: &host.unwrap_or_default(),
            device: &device.unwrap_or_default(),
            kind: F::kind(&kind),
            interval_secs: interval.int().unwrap_or(0),
        };
        let added = body.builder.add(idx, &head, body.points.drain(..));
        added.map_err(|_full| D::Error::custom("too many bytes of names and tags"))
    }
}

/// One series.
struct SeriesSink<'x, 'de, F: Form<'de>> {
    tags: &'x mut TagScratch,
    points: &'x mut Vec<Point<F::Value>>,
    n_points: &'x mut usize,
    metric: Scalar<'de>,
    host: Scalar<'de>,
    device: Scalar<'de>,
    kind: Scalar<'de>,
    interval: Scalar<'de>,
    is_object: bool,
}

impl<'de, F: Form<'de>> Sink<'de> for SeriesSink<'_, 'de, F> {
    fn scalar(&mut self, _value: Scalar<'de>) {}

    #[inline]
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "metric" => self.metric = map.next_value()?,
            "points" => map.next_value_seed(Into(&mut PointList::<F> {
                points: self.points,
                n_points: self.n_points,
            }))?,
            "tags" => map.next_value_seed(Into(&mut TagList(self.tags)))?,
            "type" => self.kind = map.next_value()?,
            "host" => self.host = map.next_value()?,
            "device" | "device_name" => self.device = map.next_value()?,
            "interval" => self.interval = map.next_value()?,
            "resources" => {
                let mut list = ResourceList { tags: self.tags, host: None, device: None };
                map.next_value_seed(Into(&mut list))?;
                let ResourceList { host, device, .. } = list;
                self.host = host.unwrap_or(std::mem::take(&mut self.host));
                self.device = device.unwrap_or(std::mem::take(&mut self.device));
            }
            _ => map.next_value::<serde::de::IgnoredAny>().map(|_| ())?,
        }
        Ok(())
    }

    fn end(&mut self, is_object: bool) {
        self.is_object = is_object;
    }
}

struct PointList<'x, 'de, F: Form<'de>> {
    points: &'x mut Vec<Point<F::Value>>,
    n_points: &'x mut usize,
}

impl<'de, F: Form<'de>> Sink<'de> for PointList<'_, 'de, F> {
    fn scalar(&mut self, value: Scalar<'de>) {
        if value != Scalar::Null {
            let message = format!("points is {value} instead of an array");
            self.points.push(Err(Box::new(Problem::new("bad_points", message))));
        }
    }

    fn end(&mut self, is_object: bool) {
        if is_object {
            let message = "points is an object instead of an array";
            self.points.push(Err(Box::new(Problem::new("bad_points", message))));
        }
    }

    #[inline]
    fn element<D: Deserializer<'de>>(&mut self, _idx: usize, element: D) -> Result<(), D::Error> {
        *self.n_points += 1;
        if *self.n_points > F::POINTS_MAX {
            return Err(D::Error::custom(F::POINTS));
        }
        let mut point = F::Point::default();
        serde::de::DeserializeSeed::deserialize(Into(&mut point), element)?;
        self.points.push(F::point(point));
        Ok(())
    }
}

/// An array of tags; a string with commas does as well, some clients send that.
struct TagList<'x>(&'x mut TagScratch);

impl<'de> Sink<'de> for TagList<'_> {
    fn scalar(&mut self, value: Scalar<'de>) {
        if let Some(text) = value.text() {
            text.split(',').for_each(|tag| self.0.push(tag));
        }
    }

    #[inline]
    fn element<D: Deserializer<'de>>(&mut self, _idx: usize, element: D) -> Result<(), D::Error> {
        if let Some(tag) = Scalar::deserialize(element)?.text() {
            self.0.push(&tag);
        }
        Ok(())
    }
}

/// `[{"type": "host", "name": …}, …]`
struct ResourceList<'x, 'de> {
    tags: &'x mut TagScratch,
    host: Option<Scalar<'de>>,
    device: Option<Scalar<'de>>,
}

impl<'de> Sink<'de> for ResourceList<'_, 'de> {
    fn scalar(&mut self, _value: Scalar<'de>) {}

    fn element<D: Deserializer<'de>>(&mut self, _idx: usize, element: D) -> Result<(), D::Error> {
        let mut resource = Resource::default();
        serde::de::DeserializeSeed::deserialize(Into(&mut resource), element)?;
        let (Some(kind), Some(name)) = (resource.kind.text(), resource.name.text()) else {
            return Ok(());
        };
        match &*kind {
            "host" if self.host.is_none() => self.host = Some(Scalar::Text(name)),
            "device" if self.device.is_none() => self.device = Some(Scalar::Text(name)),
            _ if name.is_empty() => {}
            kind => self.tags.push_resource(kind, &name),
        }
        Ok(())
    }
}

#[derive(Default)]
struct Resource<'de> {
    kind: Scalar<'de>,
    name: Scalar<'de>,
}

impl<'de> Sink<'de> for Resource<'de> {
    fn scalar(&mut self, _value: Scalar<'de>) {}

    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "type" => self.kind = map.next_value()?,
            "name" => self.name = map.next_value()?,
            _ => map.next_value::<serde::de::IgnoredAny>().map(|_| ())?,
        }
        Ok(())
    }
}
