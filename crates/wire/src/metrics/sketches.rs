//! `POST /api/beta/sketches`: distributions that the Agent has summed up into sketches.
//!
//! Message `SketchPayload` of agent-payload `proto/metrics/agent_payload.proto`. A bin's count is at
//! most 65 535 on the wire; larger ones come as the same key again. The obsolete field 3
//! (`distributions`, another algorithm) is stepped over.

use model::{Bin, MetricKind, SeriesRef, Sketch, SketchesBatch};

use crate::decoded::Problem;
use crate::metrics::builder::{Builder, Head, Point};
use crate::protobuf::{Reader, Value, put_bytes, put_double, put_int, put_varint, zigzag};
use crate::{
    BINS_PER_BODY_MAX, BINS_PER_SKETCH_MAX, Context, Decoded, Error, SKETCHES_PER_BODY_MAX,
    TEXT_BYTES_MAX,
};

/// Seconds between the sketches of a series. Source: the Agent's `bucketSize`.
const INTERVAL_SECS: i64 = 10;
/// The largest key, that of +infinity; the smallest is its negative.
const KEY_MAX: i64 = 32_767;

pub fn decode(body: &[u8], context: Context) -> Result<Decoded<SketchesBatch>, Error> {
    if body.is_empty() {
        return Err(Error::Empty);
    }
    let mut decoder = Decoder {
        builder: Builder::new(context, "sketches"),
        points: Vec::new(),
        bounds: Bounds::default(),
        keys: Vec::new(),
        counts: Vec::new(),
    };
    let mut reader = Reader::new(body);
    let mut idx = 0;
    while let Some((field, value)) = reader.next()? {
        if let (1, Value::Bytes(sketch)) = (field, value) {
            decoder.series(idx, sketch)?;
            idx += 1;
        }
    }
    Ok(decoder.builder.finish())
}

/// A body of this route for the sketches of `batch`; what tests and benchmarks send.
pub fn encode(batch: &SketchesBatch) -> Vec<u8> {
    let mut out = Vec::new();
    for (_, key, times, sketches) in batch.iter() {
        let sketches = times.iter().map(|time| time / 1000).zip(sketches);
        put_series(&mut out, key, sketches);
    }
    out
}

/// Adds a series with its sketches (by unix seconds) at the end of a body; what the agent sends.
///
/// Bodies may be joined: series after series is one message. The format has no place for a device.
pub fn put_series<'a>(
    out: &mut Vec<u8>,
    key: SeriesRef<'_>,
    sketches: impl IntoIterator<Item = (i64, &'a Sketch)>,
) {
    const COUNT_MAX: u64 = 65_535;
    let mut series = Vec::new();
    put_bytes(&mut series, 1, key.metric.as_bytes());
    put_bytes(&mut series, 2, key.host.as_bytes());
    for tag in key.tags.split(',').filter(|t| !t.is_empty()) {
        put_bytes(&mut series, 4, tag.as_bytes());
    }
    for (secs, sketch) in sketches {
        let (mut keys, mut counts, mut part) = (Vec::new(), Vec::new(), Vec::new());
        for bin in &sketch.bins {
            let mut left = bin.count;
            while left > 0 {
                put_varint(&mut keys, zigzag(i64::from(bin.key)));
                put_varint(&mut counts, left.min(COUNT_MAX));
                left -= left.min(COUNT_MAX);
            }
        }
        put_int(&mut part, 1, secs);
        put_int(&mut part, 2, sketch.count as i64);
        for (field, value) in [(3, sketch.min), (4, sketch.max), (5, sketch.avg()), (6, sketch.sum)]
        {
            put_double(&mut part, field, value);
        }
        put_bytes(&mut part, 7, &keys);
        put_bytes(&mut part, 8, &counts);
        put_bytes(&mut series, 7, &part);
    }
    put_bytes(out, 1, &series);
}

/// What a body has unfolded into so far.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    n_sketches: usize,
    n_bins: usize,
}

impl Bounds {
    pub(crate) fn count(&mut self, sketch: &Sketch) -> Result<(), Error> {
        self.n_sketches += 1;
        self.n_bins += sketch.bins.len();
        if self.n_sketches > SKETCHES_PER_BODY_MAX {
            return Err(Error::TooLarge { what: "sketches", max: SKETCHES_PER_BODY_MAX });
        }
        if self.n_bins > BINS_PER_BODY_MAX {
            return Err(Error::TooLarge { what: "bins of sketches", max: BINS_PER_BODY_MAX });
        }
        Ok(())
    }
}

/// A sketch of what was sent: count, sum, minimum and maximum, and the bins in any order.
pub(crate) fn sketch(
    (count, sum, min, max): (i64, f64, f64, f64),
    bins: impl ExactSizeIterator<Item = (i64, u64)>,
) -> Result<Sketch, Box<Problem>> {
    let bad = |message: String| Box::new(Problem::new("bad_sketch", message));
    if bins.len() > BINS_PER_SKETCH_MAX {
        let n_bins = bins.len();
        return Err(bad(format!("bad sketch: {n_bins} bins, the limit is {BINS_PER_SKETCH_MAX}")));
    }
    let Ok(count) = u64::try_from(count) else {
        return Err(bad(format!("bad sketch: count {count}")));
    };
    let mut out = Vec::with_capacity(bins.len());
    for (key, n) in bins {
        if !(-KEY_MAX..=KEY_MAX).contains(&key) {
            return Err(bad(format!("bad sketch: bin {key} is not within ±{KEY_MAX}")));
        }
        if n > 0 {
            out.push(Bin { key: key as i32, count: n });
        }
    }
    Ok(Sketch::from_parts((count, sum, min, max), out))
}

struct Decoder {
    builder: Builder<SketchesBatch>,
    points: Vec<Point<Sketch>>,
    bounds: Bounds,
    keys: Vec<i64>,
    counts: Vec<u64>,
}

impl Decoder {
    fn series(&mut self, idx: usize, mut reader: Reader<'_>) -> Result<(), Error> {
        let (mut metric, mut host, mut tags_are_utf8) = (Some(""), Some(""), true);
        self.points.clear();
        self.builder.tags.clear();
        while let Some((field, value)) = reader.next()? {
            match (field, value) {
                (1, Value::Bytes(text)) => metric = str::from_utf8(text.rest()).ok(),
                (2, Value::Bytes(text)) => host = str::from_utf8(text.rest()).ok(),
                (4, Value::Bytes(text)) => match str::from_utf8(text.rest()) {
                    Ok(tag) => self.builder.tags.push(tag),
                    Err(_) => tags_are_utf8 = false,
                },
                (7, Value::Bytes(dogsketch)) => {
                    let point = self.dogsketch(dogsketch)?;
                    self.points.push(point);
                }
                _ => {}
            }
        }
        let (Some(metric), Some(host), true) = (metric, host, tags_are_utf8) else {
            let problem = Problem::new("bad_utf8", ": a text is not valid UTF-8");
            self.builder.refuse(idx, self.points.len().max(1) as u64, problem);
            return Ok(());
        };
        let head = Head {
            metric,
            host,
            device: "",
            kind: Ok(MetricKind::Distribution),
            interval_secs: INTERVAL_SECS,
        };
        let added = self.builder.add(idx, &head, self.points.drain(..));
        added.map_err(|_full| Error::TooLarge {
            what: "bytes of names and tags",
            max: TEXT_BYTES_MAX,
        })
    }

    fn dogsketch(&mut self, mut reader: Reader<'_>) -> Result<Point<Sketch>, Error> {
        let (mut secs, mut count, mut min, mut max, mut sum) = (0, 0, 0.0, 0.0, 0.0);
        self.keys.clear();
        self.counts.clear();
        while let Some((field, value)) = reader.next()? {
            match (field, value) {
                (1, Value::Varint(number)) => secs = number as i64,
                (2, Value::Varint(number)) => count = number as i64,
                (3, Value::Fixed64(bits)) => min = f64::from_bits(bits),
                (4, Value::Fixed64(bits)) => max = f64::from_bits(bits),
                (6, Value::Fixed64(bits)) => sum = f64::from_bits(bits),
                (7, Value::Varint(number)) => self.keys.push(crate::protobuf::unzigzag(number)),
                (7, Value::Bytes(mut packed)) => {
                    while !packed.is_empty() {
                        self.keys.push(packed.zigzag()?);
                    }
                }
                (8, Value::Varint(number)) => self.counts.push(number),
                (8, Value::Bytes(mut packed)) => {
                    while !packed.is_empty() {
                        self.counts.push(packed.varint()?);
                    }
                }
                _ => {}
            }
        }
        if self.keys.len() != self.counts.len() {
            let (n_keys, n_counts) = (self.keys.len(), self.counts.len());
            let message = format!("bad sketch: {n_keys} bins with {n_counts} counts");
            return Ok(Err(Box::new(Problem::new("bad_sketch", message))));
        }
        let bins = self.keys.iter().copied().zip(self.counts.iter().copied());
        let sketch = match sketch((count, sum, min, max), bins) {
            Ok(sketch) => sketch,
            Err(problem) => return Ok(Err(problem)),
        };
        self.bounds.count(&sketch)?;
        Ok(Ok((secs, sketch)))
    }
}
