//! `POST /api/v2/series` as protobuf, as the Agent sends it.
//!
//! Message `MetricPayload` of agent-payload `proto/metrics/agent_payload.proto`; unknown fields
//! are stepped over (the Agent itself writes a reserved one into the origin). Neighbouring series
//! mostly carry the same tags: these are normalised once, as long as their bytes do not change.

use model::{MetricKind, PointsBatch, SeriesRef};

use crate::decoded::Problem;
use crate::metrics::builder::{Builder, Head, Point};
use crate::metrics::v2_json::{kind_by_number, number_of_kind};
use crate::protobuf::{Reader, Value, put_bytes, put_double, put_int};
use crate::{Context, Decoded, Error, POINTS_PER_BODY_MAX, TEXT_BYTES_MAX};

pub fn decode(body: &[u8], context: Context) -> Result<Decoded<PointsBatch>, Error> {
    if body.is_empty() {
        return Err(Error::Empty);
    }
    let mut decoder = Decoder {
        builder: Builder::new(context, "series"),
        points: Vec::new(),
        n_points: 0,
        tags_before: &[],
    };
    let mut reader = Reader::new(body);
    let mut idx = 0;
    while let Some((field, value)) = reader.next()? {
        if let (1, Some(series)) = (field, value.bytes()) {
            decoder.series(idx, series)?;
            idx += 1;
        }
    }
    Ok(decoder.builder.finish())
}

/// A body of this route for the points of `batch`; what tests and benchmarks send.
pub fn encode(batch: &PointsBatch) -> Vec<u8> {
    let (mut out, mut writer) = (Vec::new(), SeriesWriter::default());
    for (entry, key, times, values) in batch.iter() {
        let points = times.iter().zip(values).map(|(time, value)| (time / 1000, *value));
        writer.put(&mut out, key, (entry.kind, entry.interval_secs), points);
    }
    out
}

/// Writes bodies of this route series by series; what the agent sends.
///
/// Bodies may be joined: series after series is one message.
#[derive(Debug, Default)]
pub struct SeriesWriter {
    series: Vec<u8>,
    part: Vec<u8>,
}

impl SeriesWriter {
    /// Adds a series with its points (unix seconds, value) at the end of `out`.
    pub fn put(
        &mut self,
        out: &mut Vec<u8>,
        key: SeriesRef<'_>,
        (kind, interval_secs): (MetricKind, u32),
        points: impl IntoIterator<Item = (i64, f64)>,
    ) {
        let (series, part) = (&mut self.series, &mut self.part);
        series.clear();
        for (kind, name) in [("host", key.host), ("device", key.device)] {
            if !name.is_empty() {
                part.clear();
                put_bytes(part, 1, kind.as_bytes());
                put_bytes(part, 2, name.as_bytes());
                put_bytes(series, 1, part);
            }
        }
        put_bytes(series, 2, key.metric.as_bytes());
        for tag in key.tags.split(',').filter(|t| !t.is_empty()) {
            put_bytes(series, 3, tag.as_bytes());
        }
        for (secs, value) in points {
            part.clear();
            put_double(part, 1, value);
            put_int(part, 2, secs);
            put_bytes(series, 4, part);
        }
        put_int(series, 5, number_of_kind(kind));
        put_int(series, 8, i64::from(interval_secs));
        put_bytes(out, 1, series);
    }
}

struct Decoder<'a> {
    builder: Builder<PointsBatch>,
    points: Vec<Point<f64>>,
    n_points: usize,
    /// The tag fields that `builder.tags` was made of, while they alone decide what it holds.
    tags_before: &'a [u8],
}

/// Text fields of a series; `None` where the bytes are no UTF-8.
struct Texts<'a> {
    metric: Option<&'a str>,
    host: Option<&'a str>,
    device: Option<&'a str>,
    tags_are_utf8: bool,
}

impl<'a> Decoder<'a> {
    fn series(&mut self, idx: usize, mut reader: Reader<'a>) -> Result<(), Error> {
        let mut texts =
            Texts { metric: Some(""), host: Some(""), device: Some(""), tags_are_utf8: true };
        let (mut kind, mut interval_secs) = (0, 0);
        let mut has_tags = false;
        self.points.clear();
        loop {
            if !has_tags && reader.rest().first() == Some(&TAG_KEY) {
                has_tags = true;
                self.first_tags(&mut reader, &mut texts)?;
            }
            let Some((field, value)) = reader.next()? else { break };
            match (field, value) {
                (1, Value::Bytes(resource)) => {
                    has_tags |= self.resource(resource, &mut texts, has_tags)?;
                }
                (2, Value::Bytes(metric)) => texts.metric = str::from_utf8(metric.rest()).ok(),
                (3, Value::Bytes(tag)) => self.more_tags(&mut texts, tag),
                (4, Value::Bytes(point)) => self.point(point)?,
                (5, Value::Varint(number)) => kind = number as i64,
                (8, Value::Varint(secs)) => interval_secs = secs as i64,
                _ => {}
            }
        }
        if !has_tags {
            self.forget_tags();
        }
        let (Some(metric), Some(host), Some(device), true) =
            (texts.metric, texts.host, texts.device, texts.tags_are_utf8)
        else {
            let problem = Problem::new("bad_utf8", ": a text is not valid UTF-8");
            self.builder.refuse(idx, self.points.len().max(1) as u64, problem);
            self.forget_tags();
            return Ok(());
        };
        let kind = kind_by_number(kind).ok_or_else(|| kind.to_string());
        let head = Head { metric, host, device, kind, interval_secs };
        let added = self.builder.add(idx, &head, self.points.drain(..));
        if !self.builder.tags.is_plain() {
            self.forget_tags();
        }
        added.map_err(|_full| Error::TooLarge {
            what: "bytes of names and tags",
            max: TEXT_BYTES_MAX,
        })
    }

    fn forget_tags(&mut self) {
        self.tags_before = &[];
        self.builder.tags.clear();
    }

    /// The first run of tag fields of a series.
    #[inline]
    fn first_tags(&mut self, reader: &mut Reader<'a>, texts: &mut Texts<'a>) -> Result<(), Error> {
        let run = reader.rest();
        if !self.tags_before.is_empty() && run.starts_with(self.tags_before) {
            let after = run.get(self.tags_before.len());
            if after != Some(&TAG_KEY) {
                return reader.take(self.tags_before.len() as u64).map(|_| ());
            }
        }
        self.builder.tags.clear();
        while reader.rest().first() == Some(&TAG_KEY) {
            if let Some((_, Value::Bytes(tag))) = reader.next()? {
                match str::from_utf8(tag.rest()) {
                    Ok(tag) => self.builder.tags.push(tag),
                    Err(_) => texts.tags_are_utf8 = false,
                }
            }
        }
        self.tags_before = &run[..run.len() - reader.rest().len()];
        Ok(())
    }

    /// A tag field apart from the first run: what `tags` holds is no longer that run alone.
    fn more_tags(&mut self, texts: &mut Texts<'a>, tag: Reader<'a>) {
        self.tags_before = &[];
        match str::from_utf8(tag.rest()) {
            Ok(tag) => self.builder.tags.push(tag),
            Err(_) => texts.tags_are_utf8 = false,
        }
    }

    /// Gives whether the resource has gone to the tags; these are then emptied before, unless they
    /// are already those of this series.
    fn resource(
        &mut self,
        mut reader: Reader<'a>,
        texts: &mut Texts<'a>,
        has_tags: bool,
    ) -> Result<bool, Error> {
        let (mut kind, mut name) = (Some(""), Some(""));
        while let Some((field, value)) = reader.next()? {
            match (field, value) {
                (1, Value::Bytes(text)) => kind = str::from_utf8(text.rest()).ok(),
                (2, Value::Bytes(text)) => name = str::from_utf8(text.rest()).ok(),
                _ => {}
            }
        }
        match (kind, name) {
            (Some("host"), name) => texts.host = name,
            (Some("device"), name) => texts.device = name,
            (Some(_), Some("")) => {}
            (Some(kind), Some(name)) => {
                if !has_tags {
                    self.builder.tags.clear();
                }
                self.tags_before = &[];
                self.builder.tags.push_resource(kind, name);
                return Ok(true);
            }
            _ => texts.tags_are_utf8 = false,
        }
        Ok(false)
    }

    #[inline]
    fn point(&mut self, mut reader: Reader<'a>) -> Result<(), Error> {
        self.n_points += 1;
        if self.n_points > POINTS_PER_BODY_MAX {
            return Err(Error::TooLarge { what: "points", max: POINTS_PER_BODY_MAX });
        }
        let (mut value, mut secs) = (0.0, 0);
        while let Some((field, part)) = reader.next()? {
            match (field, part) {
                (1, Value::Fixed64(bits)) => value = f64::from_bits(bits),
                (2, Value::Varint(number)) => secs = number as i64,
                _ => {}
            }
        }
        self.points.push(Ok((secs, value)));
        Ok(())
    }
}

/// The byte before each tag: field 3, length-delimited.
const TAG_KEY: u8 = 3 << 3 | 2;
