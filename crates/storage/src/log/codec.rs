//! Rows ⇄ the body of a log record (docs/formats/log.md).
//!
//! Numbers are LEB128 varints (signed ones in zigzag), times are deltas to the one before, floats are
//! 8 bytes little-endian. Tables are Arrow IPC streams. A body that passed its checksum can still be
//! from a faulty writer, so decoding checks every length.

use arrow::array::RecordBatch;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use model::{Bin, Dataset, MetricKind, OrgId, PointsBatch, SeriesRef, Sketch, SketchesBatch};

use crate::error::{Error, Result};
use crate::storage::Rows;

const POINTS: u8 = 1;
const SKETCHES: u8 = 2;
const TABLE: u8 = 3;

pub(crate) fn encode(rows: &[Rows]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for rows in rows {
        match rows {
            Rows::Points(batch) => encode_points(&mut out, batch),
            Rows::Sketches(batch) => encode_sketches(&mut out, batch),
            Rows::Table { org, dataset, batch } => encode_table(&mut out, *org, *dataset, batch)?,
        }
    }
    Ok(out)
}

fn encode_points(out: &mut Vec<u8>, batch: &PointsBatch) {
    out.reserve(batch.keys.text.len() + batch.keys.series.len() * 12 + batch.times.len() * 11 + 32);
    out.push(POINTS);
    put_uint(out, u64::from(batch.org.0));
    put_series(out, &batch.keys);
    put_times(out, &batch.times);
    for value in &batch.values {
        out.extend_from_slice(&value.to_le_bytes());
    }
}

fn encode_sketches(out: &mut Vec<u8>, batch: &SketchesBatch) {
    out.push(SKETCHES);
    put_uint(out, u64::from(batch.org.0));
    put_series(out, &batch.keys);
    put_times(out, &batch.times);
    for sketch in &batch.sketches {
        put_sketch(out, sketch);
    }
}

fn encode_table(
    out: &mut Vec<u8>,
    org: OrgId,
    dataset: Dataset,
    batch: &RecordBatch,
) -> Result<()> {
    let invalid = |e: arrow::error::ArrowError| Error::Invalid {
        place: dataset.to_string(),
        what: e.to_string(),
    };
    let mut stream = Vec::new();
    let mut writer = StreamWriter::try_new(&mut stream, &batch.schema()).map_err(invalid)?;
    writer.write(batch).and_then(|()| writer.finish()).map_err(invalid)?;
    drop(writer);
    out.push(TABLE);
    put_uint(out, u64::from(org.0));
    put_bytes(out, dataset.name().as_bytes());
    put_bytes(out, &stream);
    Ok(())
}

fn put_series(out: &mut Vec<u8>, keys: &model::SeriesTexts) {
    put_bytes(out, keys.text.as_bytes());
    put_uint(out, keys.series.len() as u64);
    for entry in &keys.series {
        out.push(entry.kind as u8);
        put_uint(out, u64::from(entry.interval_secs));
        for len in [
            u32::from(entry.metric_len),
            u32::from(entry.host_len),
            u32::from(entry.device_len),
            entry.tags_len,
            entry.n_points,
        ] {
            put_uint(out, u64::from(len));
        }
    }
}

fn put_times(out: &mut Vec<u8>, times: &[i64]) {
    put_uint(out, times.len() as u64);
    let mut last = 0i64;
    for time in times {
        put_int(out, time.wrapping_sub(last));
        last = *time;
    }
}

pub(crate) fn put_sketch(out: &mut Vec<u8>, sketch: &Sketch) {
    put_uint(out, sketch.count);
    for value in [sketch.sum, sketch.min, sketch.max] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    put_uint(out, sketch.bins.len() as u64);
    let mut last = 0;
    for bin in &sketch.bins {
        put_int(out, i64::from(bin.key) - last);
        put_uint(out, bin.count);
        last = i64::from(bin.key);
    }
}

pub(crate) fn put_uint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

pub(crate) fn put_int(out: &mut Vec<u8>, n: i64) {
    put_uint(out, ((n << 1) ^ (n >> 63)) as u64);
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(crate) fn decode(body: &[u8]) -> Result<Vec<Rows>> {
    let mut input = Input(body);
    let mut rows = Vec::new();
    while !input.0.is_empty() {
        let kind = input.byte()?;
        let org = OrgId(input.uint()? as u32);
        rows.push(match kind {
            POINTS => Rows::Points(decode_points(&mut input, org)?),
            SKETCHES => Rows::Sketches(decode_sketches(&mut input, org)?),
            TABLE => decode_table(&mut input, org)?,
            other => return Err(bad(&format!("unknown kind of rows {other}"))),
        });
    }
    Ok(rows)
}

fn bad(what: &str) -> Error {
    Error::corrupt("a log record", what)
}

/// A cursor over encoded bytes; every read is checked.
#[derive(Debug)]
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn byte(&mut self) -> Result<u8> {
        let (&first, rest) = self.0.split_first().ok_or_else(|| bad("it ends early"))?;
        self.0 = rest;
        Ok(first)
    }

    pub(crate) fn uint(&mut self) -> Result<u64> {
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(bad("a number is too long"))
    }

    pub(crate) fn int(&mut self) -> Result<i64> {
        let n = self.uint()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or_else(|| bad("it ends early"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8]> {
        let len = self.uint()? as usize;
        self.take(len)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str> {
        std::str::from_utf8(self.bytes()?).map_err(|_not_utf8| bad("a text is not UTF-8"))
    }

    fn float(&mut self) -> Result<f64> {
        let bytes = self.take(8)?;
        Ok(f64::from_le_bytes(std::array::from_fn(|i| bytes[i])))
    }

    /// A number of items that each take at least a byte: never more than what is left.
    pub(crate) fn count(&mut self) -> Result<usize> {
        let n = self.uint()? as usize;
        if n > self.0.len() {
            return Err(bad("it counts more items than it has bytes"));
        }
        Ok(n)
    }

    fn times(&mut self) -> Result<Vec<i64>> {
        let n = self.count()?;
        let mut last = 0i64;
        (0..n)
            .map(|_| {
                last = last.wrapping_add(self.int()?);
                Ok(last)
            })
            .collect()
    }

    pub(crate) fn sketch(&mut self) -> Result<Sketch> {
        let count = self.uint()?;
        let (sum, min, max) = (self.float()?, self.float()?, self.float()?);
        let n_bins = self.count()?;
        let mut last = 0i64;
        let bins = (0..n_bins)
            .map(|_| {
                last = last.wrapping_add(self.int()?);
                Ok(Bin { key: last as i32, count: self.uint()? })
            })
            .collect::<Result<_>>()?;
        Ok(Sketch { count, sum, min, max, bins })
    }
}

struct Series<'a> {
    key: SeriesRef<'a>,
    kind: MetricKind,
    interval_secs: u32,
    n_points: usize,
}

fn take_series<'a>(input: &mut Input<'a>) -> Result<Vec<Series<'a>>> {
    let text = input.text()?;
    let n_series = input.count()?;
    let mut at = 0;
    let mut part = |len: usize| {
        let part = text.get(at..at + len).ok_or_else(|| bad("a text lies outside"))?;
        at += len;
        Ok::<_, Error>(part)
    };
    (0..n_series)
        .map(|_| {
            let kind = MetricKind::from_u8(input.byte()?).ok_or_else(|| bad("unknown kind"))?;
            let interval_secs = input.uint()? as u32;
            let metric = part(input.uint()? as usize)?;
            let host = part(input.uint()? as usize)?;
            let device = part(input.uint()? as usize)?;
            let tags = part(input.uint()? as usize)?;
            let n_points = input.uint()? as usize;
            Ok(Series {
                key: SeriesRef { metric, host, device, tags },
                kind,
                interval_secs,
                n_points,
            })
        })
        .collect()
}

fn check_counts(series: &[Series<'_>], n_times: usize) -> Result<()> {
    let n_points: usize = series.iter().map(|s| s.n_points).sum();
    if n_points != n_times {
        return Err(bad("the points do not add up"));
    }
    Ok(())
}

fn decode_points(input: &mut Input<'_>, org: OrgId) -> Result<PointsBatch> {
    let series = take_series(input)?;
    let times = input.times()?;
    check_counts(&series, times.len())?;
    let mut batch = PointsBatch::new(org);
    let mut times = times.into_iter();
    for s in &series {
        batch.push_series(s.key, s.kind, s.interval_secs);
        for time in times.by_ref().take(s.n_points) {
            batch.push_point(time, input.float()?);
        }
    }
    Ok(batch)
}

fn decode_sketches(input: &mut Input<'_>, org: OrgId) -> Result<SketchesBatch> {
    let series = take_series(input)?;
    let times = input.times()?;
    check_counts(&series, times.len())?;
    let mut batch = SketchesBatch::new(org);
    let mut times = times.into_iter();
    for s in &series {
        batch.push_series(s.key, s.interval_secs);
        for time in times.by_ref().take(s.n_points) {
            batch.push_sketch(time, input.sketch()?);
        }
    }
    Ok(batch)
}

fn decode_table(input: &mut Input<'_>, org: OrgId) -> Result<Rows> {
    let name = input.text()?;
    let dataset =
        Dataset::from_name(name).ok_or_else(|| bad(&format!("unknown dataset {name}")))?;
    let corrupt = |e: arrow::error::ArrowError| Error::corrupt("a log record", e);
    let reader = StreamReader::try_new(input.bytes()?, None).map_err(corrupt)?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(corrupt)?;
    let batch = arrow::compute::concat_batches(&schema, &batches).map_err(corrupt)?;
    Ok(Rows::Table { org, dataset, batch })
}
