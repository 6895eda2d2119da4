//! Bodies for the server, cut by the limits of the intake.
//!
//! Series and sketches are written one after the other into one buffer; when it is full it is
//! closed, and [`Payloads::finish`] compresses what was closed. A body that is too large when
//! compressed is halved at a series' border. Limits: the Agent's `serializer_max_*` settings.

use model::{MetricKind, SeriesRef, Sketch};
use wire::metrics::{sketches, v2_protobuf::SeriesWriter};

use crate::config::SerializerConfig;
use crate::forward::{Endpoint, Payload};

/// zstd's fastest regular level, the Agent's default.
const ZSTD_LEVEL: i32 = 1;
/// Service checks and events in one body.
const ITEMS_PER_BODY: usize = 2000;

/// Collects what one flush sends.
#[derive(Debug)]
pub(crate) struct Payloads {
    limits: SerializerConfig,
    writer: SeriesWriter,
    series: Body,
    sketches: Body,
    full: Vec<Body>,
    ready: Vec<Payload>,
    /// Items larger than a body may be.
    pub(crate) n_dropped: u64,
    pub(crate) n_series: u64,
    pub(crate) n_sketches: u64,
}

/// A body that grows.
#[derive(Debug)]
struct Body {
    endpoint: Endpoint,
    bytes: Vec<u8>,
    /// Where each series begins.
    starts: Vec<u32>,
    n_points: usize,
}

impl Body {
    fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, bytes: Vec::new(), starts: Vec::new(), n_points: 0 }
    }
}

impl Payloads {
    pub(crate) fn new(limits: SerializerConfig) -> Self {
        Self {
            limits,
            writer: SeriesWriter::default(),
            series: Body::new(Endpoint::Series),
            sketches: Body::new(Endpoint::Sketches),
            full: Vec::new(),
            ready: Vec::new(),
            n_dropped: 0,
            n_series: 0,
            n_sketches: 0,
        }
    }

    /// Adds a series with its points: unix seconds and value.
    pub(crate) fn add_series(
        &mut self,
        key: SeriesRef<'_>,
        (kind, interval_secs): (MetricKind, u32),
        points: &[(i64, f64)],
    ) {
        for points in points.chunks(self.limits.series_points_max) {
            let start = self.series.bytes.len();
            let values = points.iter().copied();
            self.writer.put(&mut self.series.bytes, key, (kind, interval_secs), values);
            let max = self.limits.series_uncompressed_max;
            let n_points_max = self.limits.series_points_max;
            if let Some(full) = self.series.added(start, points.len(), (max, n_points_max)) {
                self.full.push(full);
            }
            self.n_series += 1;
        }
    }

    /// Adds a distribution with its sketches, by unix seconds.
    pub(crate) fn add_sketches(&mut self, key: SeriesRef<'_>, points: &[(i64, Sketch)]) {
        let start = self.sketches.bytes.len();
        let values = points.iter().map(|(secs, sketch)| (*secs, sketch));
        sketches::put_series(&mut self.sketches.bytes, key, values);
        let max = self.limits.uncompressed_max;
        if let Some(full) = self.sketches.added(start, points.len(), (max, usize::MAX)) {
            self.full.push(full);
        }
        self.n_sketches += 1;
    }

    /// Everything that was added, compressed, ready to be sent.
    pub(crate) fn finish(&mut self) -> Vec<Payload> {
        for body in [&mut self.series, &mut self.sketches] {
            if !body.starts.is_empty() {
                self.full.push(std::mem::replace(body, Body::new(body.endpoint)));
            }
        }
        self.pack();
        std::mem::take(&mut self.ready)
    }

    /// Compresses the bodies that are full, so that a large flush is never in memory as a whole.
    pub(crate) fn pack(&mut self) {
        for body in std::mem::take(&mut self.full) {
            let max = match body.endpoint {
                Endpoint::Series => self.limits.series_compressed_max,
                _ => self.limits.compressed_max,
            };
            let starts: Vec<usize> = body.starts.iter().map(|&start| start as usize).collect();
            let target = (body.endpoint, max);
            self.n_dropped += compress_into(&mut self.ready, target, &body.bytes, &starts);
        }
    }

    /// New ones with the same limits.
    pub(crate) fn emptied(&self) -> Self {
        Self::new(self.limits.clone())
    }

    /// What the limits turned away since this was last asked.
    pub(crate) fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.n_dropped)
    }
}

impl Body {
    /// Notes the series that begins at `start`; gives the body before it when that one is full.
    fn added(
        &mut self,
        start: usize,
        n_points: usize,
        (bytes_max, points_max): (usize, usize),
    ) -> Option<Self> {
        let is_over = self.bytes.len() > bytes_max || self.n_points + n_points > points_max;
        if !is_over || self.starts.is_empty() {
            self.starts.push(start as u32);
            self.n_points += n_points;
            return None;
        }
        let mut next = Self::new(self.endpoint);
        next.bytes.extend_from_slice(&self.bytes[start..]);
        next.starts.push(0);
        next.n_points = n_points;
        self.bytes.truncate(start);
        Some(std::mem::replace(self, next))
    }
}

/// Compresses a body, in halves while it is too large. Gives how many series were dropped because
/// each alone is larger than a body may be.
fn compress_into(
    out: &mut Vec<Payload>,
    (endpoint, max): (Endpoint, usize),
    bytes: &[u8],
    starts: &[usize],
) -> u64 {
    let (Some(&first), n_items) = (starts.first(), starts.len()) else { return 0 };
    let compressed = compress(&bytes[first..]);
    if compressed.len() <= max {
        let n_items = n_items as u64;
        out.push(Payload { endpoint, body: compressed.into(), is_compressed: true, n_items });
        return 0;
    }
    if n_items == 1 {
        return 1;
    }
    let (left, right) = starts.split_at(n_items / 2);
    let border = right[0];
    compress_into(out, (endpoint, max), &bytes[..border], left)
        + compress_into(out, (endpoint, max), bytes, right)
}

/// One zstd frame.
pub(crate) fn compress(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, ZSTD_LEVEL)
        .expect("BUG: the output buffer of zstd::bulk is as large as its bound")
}

/// Service checks as bodies of `/api/v1/check_run`.
pub(crate) fn service_checks(checks: &[model::ServiceCheck]) -> Vec<Payload> {
    let body = |checks: &[model::ServiceCheck]| {
        let body = compress(wire::check_run::encode(checks).as_bytes());
        let n_items = checks.len() as u64;
        Payload { endpoint: Endpoint::CheckRuns, body: body.into(), is_compressed: true, n_items }
    };
    checks.chunks(ITEMS_PER_BODY).map(body).collect()
}

/// Events as bodies of `/intake/`.
pub(crate) fn events(events: &[model::Event], host: &str) -> Vec<Payload> {
    let body = |events: &[model::Event]| {
        let body = compress(wire::events::encode_intake(events, host).as_bytes());
        let n_items = events.len() as u64;
        Payload { endpoint: Endpoint::Intake, body: body.into(), is_compressed: true, n_items }
    };
    events.chunks(ITEMS_PER_BODY).map(body).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(points: usize, bytes: usize, compressed: usize) -> SerializerConfig {
        SerializerConfig {
            series_compressed_max: compressed,
            series_uncompressed_max: bytes,
            series_points_max: points,
            compressed_max: compressed,
            uncompressed_max: bytes,
        }
    }

    /// Items a body, after 10 series of 3 points each with a name that does not compress.
    fn bodies(limits: SerializerConfig) -> (Vec<u64>, u64) {
        let mut payloads = Payloads::new(limits);
        let mut rng = base::Rng::seeded(1);
        for _ in 0..10 {
            let metric: String = (0..12).map(|_| format!("{:016x}", rng.next_u64())).collect();
            let key = SeriesRef { metric: &metric, host: "h", device: "", tags: "a:1,b:2" };
            payloads.add_series(key, (MetricKind::Gauge, 0), &[(10, 1.0), (20, 2.0), (30, 3.0)]);
        }
        let out = payloads.finish();
        let context = wire::Context { org: model::OrgId(1), now_ms: 20_000 };
        for payload in &out {
            let raw = zstd::bulk::decompress(&payload.body, 1 << 20).unwrap();
            let read = wire::metrics::v2_protobuf::decode(&raw, context).unwrap();
            assert_eq!(read.batch.keys.series.len() as u64, payload.n_items);
            assert_eq!(read.accepted, 3 * payload.n_items);
        }
        (out.iter().map(|p| p.n_items).collect(), payloads.n_dropped)
    }

    #[test]
    fn bodies_keep_the_limits() {
        assert_eq!(bodies(limits(10_000, 1 << 20, 1 << 20)), (vec![10], 0));
        assert_eq!(bodies(limits(9, 1 << 20, 1 << 20)), (vec![3, 3, 3, 1], 0));
        assert_eq!(bodies(limits(10_000, 1200, 1 << 20)).0.iter().sum::<u64>(), 10);
        let (halved, dropped) = bodies(limits(10_000, 1 << 20, 600));
        assert_eq!((halved.iter().sum::<u64>(), dropped), (10, 0));
        assert!(halved.len() > 3, "{halved:?}");
        assert_eq!(bodies(limits(10_000, 1 << 20, 50)), (vec![], 10));
    }
}
